//! Consents to quotes that lie with a node which does not always answer.

use super::effects::{follow, person, work_on};
use super::*;
use crate::model::words::QuoteState;
use crate::store::quotes::{self, Quote};
use crate::store::{jobs, posts};

const EVERYBODY: &str = "https://www.w3.org/ns/activitystreams#Public";

/// Mei of one peer, who is followed here, and bob of another, whom she quotes.
struct Stage {
    world: World,
    south: Peer,
    partner: Peer,
    mei: String,
    bob: String,
}

impl Stage {
    async fn new() -> Self {
        let world = World::new().await;
        let (south, partner) = (Peer::new("south").await, Peer::new("partner").await);
        let (mei, bob) = (south.person("mei"), partner.person("bob"));
        let reader = person(&world, "karim").await;
        let known =
            actors_in::store_value(&world.fed, &south.document("mei", &keys_of::PAIR.1)).await;
        follow(&world, reader, known.unwrap()).await;
        Self {
            world,
            south,
            partner,
            mei,
            bob,
        }
    }

    /// The post that is quoted.
    fn serve_quoted(&self) {
        let note = json!({"id": self.quoted(), "type": "Note", "attributedTo": self.bob, "content": "the words",
                          "to": [EVERYBODY], "published": "2026-11-01T00:00:00Z"});
        self.partner.serve("/users/bob/n", &note);
    }

    fn quoted(&self) -> String {
        format!("{}/n", self.bob)
    }

    fn stamp(&self) -> String {
        format!("{}/stamp", self.bob)
    }

    fn quoting(&self) -> String {
        format!("{}/q", self.mei)
    }

    fn serve_stamp(&self) {
        let stamp = json!({"id": self.stamp(), "type": "QuoteAuthorization", "attributedTo": self.bob,
                           "interactingObject": self.quoting(), "interactionTarget": self.quoted()});
        self.partner.serve("/users/bob/stamp", &stamp);
    }

    /// An address of the peer that answers with an error.
    fn fails(&self, path: &str, status: u16) {
        let page = Page {
            status,
            kind: ACTIVITY,
            body: "{}".into(),
            location: None,
        };
        let mut pages = self.partner.shared.pages.lock().unwrap();
        pages.insert(path.into(), page);
    }

    /// Mei's post, new or changed.
    async fn says(&self, kind: &str, n: u32) {
        let note = json!({"id": self.quoting(), "type": "Note", "attributedTo": self.mei, "to": [EVERYBODY],
                          "content": format!("look {n}"), "published": "2026-11-02T00:00:00Z",
                          "updated": format!("2026-11-02T00:00:{n:02}Z"),
                          "quote": self.quoted(), "quoteAuthorization": self.stamp()});
        let activity = json!({"id": format!("{}/{kind}/{n}", self.mei), "type": kind, "actor": self.mei,
                              "to": [EVERYBODY], "object": note});
        let done = work_on(&self.world, &self.south, &activity).await;
        assert!(
            done.as_deref()
                .is_some_and(|word| !word.contains("refused")),
            "{done:?}"
        );
    }

    async fn row(&self) -> Quote {
        let uri = self.quoting();
        let find = move |conn: &mut crate::store::conn::Conn| {
            let post = posts::find_by_uri(conn, &uri)?.expect("taken in");
            Ok(quotes::find_of_post(conn, post.id)?.expect("a quote"))
        };
        self.world.read(find).await
    }

    /// Looks at the quote again, as the job does; whether that is over.
    async fn looks_again(&self) -> bool {
        let row = self.row().await;
        activities::look_at_quote(&self.world.fed, &row.post_id.to_string())
            .await
            .is_ok()
    }

    /// Whether a job is to look at a quote again.
    async fn is_waiting(&self) -> bool {
        let lanes = self.world.read(jobs::lanes).await;
        lanes.iter().any(|lane| lane.starts_with("quote "))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_consent_holds_while_its_node_does_not_answer() {
    let stage = Stage::new().await;
    stage.serve_quoted();
    stage.serve_stamp();
    stage.says("Create", 1).await;
    let before = stage.row().await;
    assert_eq!(before.state, QuoteState::Accepted);
    assert!(!stage.is_waiting().await);
    stage.fails("/users/bob/stamp", 503);
    stage.says("Update", 2).await;
    assert_eq!(stage.row().await, before, "kept as it was");
    assert!(stage.is_waiting().await, "looked at again");
    assert!(!stage.looks_again().await, "it still does not answer");
    stage.fails("/users/bob/stamp", 410);
    assert!(stage.looks_again().await);
    let after = stage.row().await;
    assert_eq!((after.state, after.stamp_uri), (QuoteState::Revoked, None));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_consent_that_could_not_be_looked_at_is_looked_at_again() {
    let stage = Stage::new().await;
    stage.serve_quoted();
    stage.fails("/users/bob/stamp", 503);
    stage.says("Create", 1).await;
    let row = stage.row().await;
    assert_eq!(row.state, QuoteState::Pending);
    assert_eq!(row.stamp_uri, Some(stage.stamp()));
    assert!(!stage.looks_again().await);
    stage.serve_stamp();
    assert!(stage.looks_again().await);
    assert_eq!(stage.row().await.state, QuoteState::Accepted);
    // Consent for another quote is none.
    stage.partner.serve(
        "/users/bob/stamp",
        &json!({"id": stage.stamp(), "type": "QuoteAuthorization", "attributedTo": stage.bob,
                "interactingObject": format!("{}/other", stage.mei), "interactionTarget": stage.quoted()}),
    );
    assert!(stage.looks_again().await);
    assert_eq!(stage.row().await.state, QuoteState::Revoked);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_quoted_is_fetched_once_its_node_answers() {
    let stage = Stage::new().await;
    stage.fails("/users/bob/n", 503);
    stage.serve_stamp();
    stage.says("Create", 1).await;
    assert_eq!(stage.row().await.quoted_id, None);
    assert!(!stage.looks_again().await);
    stage.serve_quoted();
    assert!(stage.looks_again().await);
    let row = stage.row().await;
    assert_eq!(row.state, QuoteState::Accepted);
    assert!(row.quoted_id.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quote_of_what_came_later_is_linked_then() {
    let stage = Stage::new().await;
    stage.serve_stamp();
    stage.says("Create", 1).await;
    let row = stage.row().await;
    assert_eq!((row.state, row.quoted_id), (QuoteState::Pending, None));
    stage.serve_quoted();
    let visit = stage.world.fed.visit();
    let value = crate::federation::fetch::object(&visit, &stage.quoted())
        .await
        .unwrap();
    let post = activities::take_in_fetched(&stage.world.fed, &visit, &value)
        .await
        .unwrap();
    assert!(post.is_some());
    assert_eq!(stage.row().await.quoted_id, post, "linked");
    assert!(stage.is_waiting().await, "and looked at again");
    assert!(stage.looks_again().await);
    assert_eq!(stage.row().await.state, QuoteState::Accepted);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quote_of_ones_own_post_that_came_later_needs_no_consent() {
    let stage = Stage::new().await;
    let own = format!("{}/own", stage.mei);
    let note = |id: String, quote: Option<&str>| {
        json!({"id": id, "type": "Note", "attributedTo": stage.mei,
        "to": [EVERYBODY], "content": "x", "published": "2026-11-02T00:00:00Z", "quote": quote})
    };
    for object in [note(stage.quoting(), Some(&own)), note(own.clone(), None)] {
        let activity = json!({"id": format!("{}#create", object["id"].as_str().unwrap()), "type": "Create",
                              "actor": stage.mei, "to": [EVERYBODY], "object": object});
        let done = work_on(&stage.world, &stage.south, &activity).await;
        assert_eq!(done.as_deref(), Some("post taken in"));
    }
    let row = stage.row().await;
    assert_eq!(row.state, QuoteState::Accepted);
    assert!(row.quoted_id.is_some());
}
