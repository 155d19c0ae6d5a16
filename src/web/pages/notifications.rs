//! `/notifications`: what others did that concerns the signed-in person.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;

use crate::app::App;
use crate::error::{Error, Result};
use crate::i18n::{self, Lang, Value};
use crate::model::ids::{AccountId, PostId};
use crate::store::conn::Conn;
use crate::store::notifications::{self, Filter, Notification};
use crate::store::page::Page;
use crate::store::severances::{self, Severance};
use crate::store::strikes::{self, Strike};
use crate::store::{accounts, duties, posts};
use crate::web::parts::card;
use crate::web::parts::person::Person;
use crate::web::parts::scene::Scene;
use crate::web::reply;
use crate::web::ui::Ui;
use crate::web::visitor::Visitor;

/// Lines of one page.
const LINES: i64 = 40;

/// Where the page begins.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Before {
    before: Option<i64>,
}

struct Line {
    person: Person,
    sentence: String,
    /// Page and heading of the post it is about.
    post: Option<(String, String)>,
    /// What moderators wrote.
    words: String,
    time: String,
}

#[derive(Template)]
#[template(path = "pages/notifications.html")]
struct Notifications {
    ui: Ui,
    lines: Vec<Line>,
    next: Option<String>,
}

/// The page.
pub(crate) async fn show(
    State(app): State<App>,
    visitor: Visitor,
    Query(wanted): Query<Before>,
) -> Response {
    let Some(me) = visitor.viewer().account() else {
        return reply::sign_in_first(&visitor);
    };
    let (scene, ui) = (Scene::of(&visitor), Ui::of(&visitor));
    let page = app
        .db
        .read(move |conn| {
            let page = Page {
                max_id: wanted.before,
                ..Page::first(LINES)
            };
            let found = notifications::list(conn, me, &Filter::default(), &page)?;
            let full = i64::try_from(found.len()).is_ok_and(|count| count >= LINES);
            let next = found
                .last()
                .filter(|_| full)
                .map(|last| format!("/notifications?before={}", last.id));
            Ok(Notifications {
                lines: lines(conn, &scene, &found)?,
                ui,
                next,
            })
        })
        .await;
    match page {
        Ok(page) => reply::ok(&visitor, &page),
        Err(error) => reply::error(&visitor, &error),
    }
}

/// Where a post is decided about that waits for the reader as a steward, with the name of that page.
fn waiting(conn: &mut Conn, scene: &Scene, id: PostId) -> Result<Option<(String, String)>> {
    let Some(me) = scene.viewer.account() else {
        return Ok(None);
    };
    if !duties::waits_for(conn, me, id)? {
        return Ok(None);
    }
    let post = posts::get(conn, id)?;
    let community = accounts::get(conn, post.community_id.ok_or(Error::NotFound)?)?;
    let name = Value::from(community.shown_name().to_owned());
    let label = i18n::text(scene.lang, "held-heading", &[("title", name)]);
    Ok(Some((format!("/c/{}/held", community.name), label)))
}

/// What nobody in particular did: follows that were cut, and decisions of moderators.
struct Decisions {
    severances: Vec<Severance>,
    strikes: Vec<Strike>,
}

impl Decisions {
    fn of(conn: &mut Conn, all: &[Notification]) -> Result<Self> {
        let cut: Vec<i64> = all.iter().filter_map(|row| row.severance_id).collect();
        let decided: Vec<i64> = all.iter().filter_map(|row| row.strike_id).collect();
        Ok(Self {
            severances: severances::list_by_ids(conn, &cut)?,
            strikes: strikes::list_by_ids(conn, &decided)?,
        })
    }

    /// What is said of a notification about either, and what a moderator wrote.
    fn told(&self, lang: Lang, row: &Notification) -> Option<(String, String)> {
        let mut cuts = self.severances.iter();
        if let Some(cut) = cuts.find(|cut| Some(cut.id) == row.severance_id) {
            let (followers, following) = (cut.followers_count, cut.following_count);
            let said = i18n::severed(lang, cut.kind, &cut.target_name, followers, following);
            return Some((said, String::new()));
        }
        let mut decided = self.strikes.iter();
        let strike = decided.find(|strike| Some(strike.id) == row.strike_id)?;
        let said = i18n::text(lang, i18n::warned(strike.action), &[]);
        Some((said, strike.text.clone()))
    }
}

fn lines(conn: &mut Conn, scene: &Scene, all: &[Notification]) -> Result<Vec<Line>> {
    let people: Vec<AccountId> = all.iter().map(|row| row.from_id).collect();
    let ids: Vec<PostId> = all.iter().filter_map(|row| row.post_id).collect();
    let people = accounts::map(conn, &people)?;
    let visible = posts::list_visible(conn, &scene.viewer, &ids)?;
    let cards = card::of_posts(conn, scene, visible, false)?;
    let mut held = Vec::new();
    let decisions = Decisions::of(conn, all)?;
    for id in ids
        .iter()
        .filter(|id| !cards.iter().any(|card| card.id == **id))
    {
        held.extend(waiting(conn, scene, *id)?.map(|link| (*id, link)));
    }
    Ok(all
        .iter()
        .filter_map(|row| {
            let person = Person::of(people.get(&row.from_id)?, &scene.authority);
            let post = row
                .post_id
                .and_then(|id| cards.iter().find(|card| card.id == id));
            let waiting = held.iter().find(|(post, _)| row.post_id == Some(*post));
            let report = row.report_id.map(|id| {
                let path = format!("/mod/reports/{id}");
                (path, i18n::text(scene.lang, "reports-heading", &[]))
            });
            let name = Value::from(person.name.clone());
            let (sentence, words) = decisions.told(scene.lang, row).unwrap_or_else(|| {
                let said = i18n::text(scene.lang, i18n::told(row.kind), &[("name", name)]);
                (said, String::new())
            });
            Some(Line {
                sentence,
                words,
                post: post
                    .map(|card| (card.path.clone(), card.heading.clone()))
                    .or(waiting.map(|(_, link)| link.clone()))
                    .or(report),
                time: scene.moment(row.created_at),
                person,
            })
        })
        .collect())
}
