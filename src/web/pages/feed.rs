//! `/c/{name}/feed.atom` (RFC 4287): the public posts of a public community of this node, for everybody alike.

use atom_syndication::{
    CategoryBuilder, ContentBuilder, Entry, EntryBuilder, FeedBuilder, FixedDateTime, LinkBuilder,
    PersonBuilder, Text,
};
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

use crate::app::App;
use crate::error::{Error, Result};
use crate::model::time::Time;
use crate::model::viewer::Viewer;
use crate::store::page::Page;
use crate::store::timelines;
use crate::web::parts::card::{self, Card};
use crate::web::parts::community::{Head, head};
use crate::web::parts::scene::Scene;
use crate::web::reply;
use crate::web::visitor::Visitor;

/// Entries of a feed.
const ENTRIES: i64 = 30;

/// The feed. What a visitor may not read is not in it, whoever asks.
pub(crate) async fn show(
    State(app): State<App>,
    visitor: Visitor,
    Path(name): Path<String>,
) -> Response {
    match try_show(&app, &visitor, name).await {
        Ok(answer) => answer,
        Err(error) => reply::error(&visitor, &error),
    }
}

async fn try_show(app: &App, visitor: &Visitor, name: String) -> Result<Response> {
    let scene = Scene {
        viewer: Viewer::Anonymous,
        ..Scene::of(visitor)
    };
    let (head, cards, times) = app
        .db
        .read(move |conn| {
            let head = head(conn, &scene, &name)?;
            if !head.has_feed {
                return Err(Error::NotFound);
            }
            let page = Page::first(ENTRIES);
            let entries =
                timelines::community(conn, &scene.viewer, head.account.id, None, None, &page)?;
            let ids: Vec<_> = entries.iter().map(|entry| entry.post).collect();
            let mut posts = crate::store::posts::list_visible(conn, &scene.viewer, &ids)?;
            posts.sort_by_key(|post| std::cmp::Reverse(post.id));
            let times: Vec<(Time, Time)> = posts
                .iter()
                .map(|post| (post.created_at, post.edited_at.unwrap_or(post.created_at)))
                .collect();
            Ok((head, card::of_posts(conn, &scene, posts, true)?, times))
        })
        .await?;
    let base = app.config.base_url();
    let text = feed(&base, &head, &cards, &times);
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/atom+xml; charset=utf-8"),
        ),
        (
            header::CACHE_CONTROL,
            HeaderValue::from_static("public, max-age=300"),
        ),
        (
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ),
    ];
    Ok((headers, text).into_response())
}

fn zoned(time: Time) -> FixedDateTime {
    time.and_utc().fixed_offset()
}

fn link(href: String, rel: &str, mime: &str) -> atom_syndication::Link {
    LinkBuilder::default()
        .href(href)
        .rel(rel.to_owned())
        .mime_type(mime.to_owned())
        .build()
}

fn feed(base: &str, head: &Head, cards: &[Card], times: &[(Time, Time)]) -> String {
    let own = format!("{base}{}", head.path);
    let updated = times
        .iter()
        .map(|(_, updated)| *updated)
        .max()
        .unwrap_or(head.account.created_at);
    FeedBuilder::default()
        .id(head.account.uri.clone())
        .title(Text::plain(head.title.clone()))
        .subtitle(Text::plain(head.purpose.clone()))
        .updated(zoned(updated))
        .link(link(
            format!("{own}/feed.atom"),
            "self",
            "application/atom+xml",
        ))
        .link(link(own, "alternate", "text/html"))
        .entries(
            cards
                .iter()
                .zip(times)
                .map(|(card, times)| entry(base, card, *times))
                .collect::<Vec<_>>(),
        )
        .build()
        .to_string()
}

fn entry(base: &str, card: &Card, (created, updated): (Time, Time)) -> Entry {
    let author = PersonBuilder::default()
        .name(card.author.name.clone())
        .build();
    let mut content = String::new();
    for (label, value) in &card.fields {
        let escaped = crate::model::text::html::escape(value);
        content.push_str(&format!("<p><strong>{label}</strong><br>{escaped}</p>"));
    }
    content.push_str(&card.html);
    let html = ContentBuilder::default()
        .content_type("html".to_owned())
        .value(content)
        .lang(card.lang.clone())
        .build();
    EntryBuilder::default()
        .id(card.uri.clone())
        .title(Text::plain(card.heading.clone()))
        .updated(zoned(updated))
        .published(zoned(created))
        .author(author)
        .category(
            CategoryBuilder::default()
                .term(card.kind.as_str().to_owned())
                .label(card.kind_label.clone())
                .build(),
        )
        .link(link(
            format!("{base}{}", card.path),
            "alternate",
            "text/html",
        ))
        .content(html)
        .build()
}
