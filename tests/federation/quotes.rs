//! Quotes between nodes: asked for, stamped, shown, taken back (FEP-044f).

use cordee::actions::create_post::{NewPost, Outcome, create_post};
use cordee::actions::follow::{Wish, follow};
use cordee::actions::quotes::{revoke, set_policy};
use cordee::model::ids::{AccountId, PostId};
use cordee::model::quote::Terms;
use cordee::model::words::{FollowState, NotificationKind, PeerMode, QuotePolicy, QuoteState};
use cordee::store::page::Page;
use cordee::store::quotes::{self, Quote};
use cordee::store::{follows, notifications};
use serde_json::{Value, json};

use super::nodes::{Node, run, until};
use super::text;

/// Karim of north, and mei of south who follows him.
struct Two {
    north: Node,
    south: Node,
    karim: AccountId,
    mei: AccountId,
}

impl Two {
    async fn start() -> Self {
        let (north, south) = tokio::join!(Node::start("north"), Node::start("south"));
        north.admit(&south, PeerMode::Member).await;
        south.admit(&north, PeerMode::Member).await;
        let (karim, mei) = (north.person("karim").await, south.person("mei").await);
        let two = Self {
            north,
            south,
            karim,
            mei,
        };
        two.follow(&two.south, mei, &format!("@karim@{}", two.north.domain))
            .await;
        two
    }

    async fn follow(&self, node: &Node, by: AccountId, handle: &str) {
        let target = until("the other node", async || {
            node.app.resolve_handle(handle).await.ok().flatten()
        })
        .await;
        node.write(move |tx| follow(tx, by, target, Wish::default(), None))
            .await;
        until("the follow", async || {
            node.read(move |conn| {
                let row = follows::find(conn, by, target)?;
                let agreed = FollowState::Accepted;
                Ok(row.filter(|row| row.state == agreed).map(drop))
            })
            .await
        })
        .await;
    }
}

impl Two {
    /// Whether karim was told of a post that quotes him.
    async fn is_told_of(&self, post: PostId) -> bool {
        let karim = self.karim;
        let told = self
            .north
            .read(move |conn| {
                let all = notifications::Filter::default();
                notifications::list(conn, karim, &all, &Page::first(10))
            })
            .await;
        told.iter()
            .any(|row| row.kind == NotificationKind::Quote && row.post_id == Some(post))
    }
}

async fn quote_at(node: &Node, post: PostId, state: QuoteState) -> Quote {
    until(&format!("a quote that is {state}"), async || {
        node.read(
            move |conn| Ok(quotes::find_of_post(conn, post)?.filter(|row| row.state == state)),
        )
        .await
    })
    .await
}

fn quoting(post: PostId) -> NewPost {
    NewPost {
        quoted: Some(post),
        ..text("look at this")
    }
}

async fn fetched(uri: &str) -> (u16, Value) {
    drop(rustls::crypto::ring::default_provider().install_default());
    let url = url::Url::parse(uri).unwrap();
    let client = reqwest::Client::builder()
        .resolve(
            url.host_str().unwrap(),
            ([127, 0, 0, 1], url.port().unwrap()).into(),
        )
        .build()
        .unwrap();
    let answer = client
        .get(url)
        .header("accept", "application/activity+json")
        .send()
        .await
        .unwrap();
    let status = answer.status().as_u16();
    (status, answer.json().await.unwrap_or(Value::Null))
}

#[test]
fn a_quote_is_asked_for_stamped_and_taken_back() {
    run(async {
        let w = Two::start().await;
        let first = w.north.publish(w.karim, text("the words")).await;
        let there = w.south.awaits(&first.uri).await;
        let second = w.south.publish(w.mei, quoting(there.id)).await;
        let ours = quote_at(&w.south, second.id, QuoteState::Accepted).await;
        let stamp = ours.stamp_uri.clone().unwrap();
        assert!(
            stamp.contains(&format!("://{}/quotes/", w.north.domain)),
            "{stamp}"
        );
        let on_north = w.north.awaits(&second.uri).await;
        let theirs = quote_at(&w.north, on_north.id, QuoteState::Accepted).await;
        assert_eq!(theirs.stamp_uri.as_deref(), Some(stamp.as_str()));
        let (status, document) = fetched(&stamp).await;
        assert_eq!(status, 200);
        assert_eq!(
            (
                &document["type"],
                &document["interactingObject"],
                &document["interactionTarget"]
            ),
            (
                &json!("QuoteAuthorization"),
                &json!(second.uri),
                &json!(first.uri)
            )
        );
        let (_, note) = fetched(&second.uri).await;
        for key in ["quote", "quoteUri", "quoteUrl", "_misskey_quote"] {
            assert_eq!(note[key], first.uri, "{key}");
        }
        assert_eq!(note["quoteAuthorization"], stamp);
        let content = note["content"].as_str().unwrap();
        assert!(content.contains("class=\"quote-inline\">RE: "), "{content}");
        assert!(w.is_told_of(on_north.id).await);
        let (karim, quoted, by) = (w.karim, first.id, on_north.id);
        w.north
            .write(move |tx| revoke(tx, karim, quoted, by).map(drop))
            .await;
        quote_at(&w.south, second.id, QuoteState::Revoked).await;
        assert_eq!(fetched(&stamp).await.0, 404);
        until("the note without its quote", async || {
            let (_, note) = fetched(&second.uri).await;
            (note.get("quote").is_none() && !note["content"].as_str()?.contains("RE: "))
                .then_some(())
        })
        .await;
    });
}

#[test]
fn whoever_may_not_quote_is_turned_down() {
    run(async {
        let w = Two::start().await;
        let first = w.north.publish(w.karim, text("the words")).await;
        let there = w.south.awaits(&first.uri).await;
        let (karim, id) = (w.karim, first.id);
        // The other node does not know yet that it may not.
        w.north
            .write(move |tx| quotes::set_terms(tx, id, Terms::of(QuotePolicy::Nobody)))
            .await;
        let second = w.south.publish(w.mei, quoting(there.id)).await;
        quote_at(&w.south, second.id, QuoteState::Rejected).await;
        let on_north = w.north.awaits(&second.uri).await;
        quote_at(&w.north, on_north.id, QuoteState::Rejected).await;
        let (_, note) = fetched(&second.uri).await;
        assert!(note.get("quote").is_none(), "{note}");
        // What the author says is told, and then nobody asks any more.
        let post = w
            .north
            .write(move |tx| {
                quotes::set_terms(tx, id, Terms::of(QuotePolicy::Public))?;
                set_policy(tx, karim, id, QuotePolicy::Nobody)
            })
            .await;
        assert_eq!(post.id, first.id);
        until("the terms", async || {
            let terms = w
                .south
                .read(move |conn| quotes::terms_of(conn, there.id, false))
                .await;
            (terms == Terms::NOBODY).then_some(())
        })
        .await;
        let mei = w.mei;
        let refused = w
            .south
            .app
            .db
            .write(move |tx| create_post(tx, mei, quoting(there.id)).map(drop))
            .await;
        assert!(refused.is_err());
    });
}

#[test]
fn a_stranger_sees_a_quote_only_with_its_stamp() {
    run(async {
        let w = Two::start().await;
        let partner = Node::start("partner").await;
        for node in [&w.north, &w.south] {
            node.admit(&partner, PeerMode::Member).await;
            partner.admit(node, PeerMode::Member).await;
        }
        let first = w.north.publish(w.karim, text("the words")).await;
        let there = w.south.awaits(&first.uri).await;
        let second = w.south.publish(w.mei, quoting(there.id)).await;
        quote_at(&w.south, second.id, QuoteState::Accepted).await;
        let found = partner.app.resolve_url(&second.uri).await.unwrap();
        assert!(found.is_some());
        let seen = partner.awaits(&second.uri).await;
        let row = quote_at(&partner, seen.id, QuoteState::Accepted).await;
        let quoted = partner.awaits(&first.uri).await;
        assert_eq!(row.quoted_id, Some(quoted.id));
        // Without consent it is a link and no quote.
        let bare = w
            .south
            .write({
                let mei = w.mei;
                move |tx| {
                    let made = create_post(tx, mei, text("nobody was asked"))?;
                    let Outcome::Posted(post) = made else {
                        panic!("a command");
                    };
                    let row = Quote {
                        id: tx.new_id(),
                        post_id: post.id,
                        quoted_id: Some(there.id),
                        quoted_uri: there.uri.clone(),
                        state: QuoteState::Accepted,
                        request_uri: None,
                        stamp_uri: Some(format!("{}#stamp", there.uri)),
                        created_at: tx.now(),
                    };
                    quotes::insert(tx, &row)?;
                    Ok(*post)
                }
            })
            .await;
        partner.app.resolve_url(&bare.uri).await.unwrap();
        let seen = partner.awaits(&bare.uri).await;
        let row = partner
            .read(move |conn| quotes::find_of_post(conn, seen.id))
            .await
            .unwrap();
        assert_eq!(row.state, QuoteState::Pending);
        assert!(seen.html.contains("quote-inline"), "{}", seen.html);
    });
}
