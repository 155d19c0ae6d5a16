//! Journeys over several nodes.

mod answers;
mod boosts;
mod ending;
mod hidden;
mod leaving;
mod limits;
mod links;
pub(crate) mod narrowing;
mod nodes;
mod pictures;
mod polls;
mod quotes;
mod reports;

use cordee::actions::accept_answer::accept_answer;
use cordee::actions::create_post::NewPost;
use cordee::actions::delete_post::delete_post;
use cordee::actions::edit_post::{Changes, edit_post};
use cordee::actions::{follow, react, receive_post};
use cordee::model::words::{
    Boundary, FollowState, JoinPolicy, Kind, PeerMode, QuestionState, Reaction,
};
use cordee::store::posts::Post;
use cordee::store::{accounts, follows};
use nodes::{Node, run, until};

fn text(source: impl Into<String>) -> NewPost {
    NewPost {
        source: source.into(),
        ..NewPost::default()
    }
}

fn reply(parent: &Post, source: &str) -> NewPost {
    NewPost {
        parent: Some(parent.id),
        ..text(source)
    }
}

/// North hosts `pumps` (stewards karim and lotte); mei of south and sofia of partner are members.
struct Three {
    north: Node,
    south: Node,
    partner: Node,
    karim: cordee::model::ids::AccountId,
    mei: cordee::model::ids::AccountId,
    sofia: cordee::model::ids::AccountId,
    handle: String,
}

impl Three {
    async fn start() -> Self {
        let (north, south, partner) = tokio::join!(
            Node::start("north"),
            Node::start("south"),
            Node::start("partner")
        );
        for one in [&north, &south, &partner] {
            for other in [&north, &south, &partner] {
                if one.domain != other.domain {
                    one.admit(other, PeerMode::Member).await;
                }
            }
        }
        let (karim, lotte) = (north.person("karim").await, north.person("lotte").await);
        let (mei, sofia) = (south.person("mei").await, partner.person("sofia").await);
        north
            .community("pumps", JoinPolicy::Open, [karim, lotte])
            .await;
        let handle = format!("@pumps@{}", north.domain);
        south.joins(mei, &handle).await;
        partner.joins(sofia, &handle).await;
        Self {
            north,
            south,
            partner,
            karim,
            mei,
            sofia,
            handle,
        }
    }
}

#[test]
fn a_question_travels_is_answered_and_its_acceptance_is_seen_everywhere() {
    run(async {
        let w = Three::start().await;
        let asked = w
            .south
            .publish(
                w.mei,
                text(format!("{} #question Why does the seal leak?", w.handle)),
            )
            .await;
        assert_eq!(asked.kind, Kind::Question);
        let on_north = w.north.awaits(&asked.uri).await;
        let on_partner = w.partner.awaits(&asked.uri).await;
        for seen in [&on_north, &on_partner] {
            assert_eq!(
                (seen.kind, seen.question_state, seen.title.as_str()),
                (
                    Kind::Question,
                    Some(QuestionState::Open),
                    "Why does the seal leak?"
                )
            );
            assert!(seen.community_id.is_some());
        }
        let answer = w
            .north
            .publish(w.karim, reply(&on_north, "Change the ring."))
            .await;
        assert_eq!(answer.kind, Kind::Answer);
        let on_south = w.south.awaits(&answer.uri).await;
        w.partner.awaits(&answer.uri).await;
        let mei = w.mei;
        w.south
            .write(move |tx| accept_answer(tx, mei, on_south.id, "it worked", None))
            .await;
        for (node, id) in [(&w.north, on_north.id), (&w.partner, on_partner.id)] {
            until("the acceptance", async || {
                (node.post(id).await.question_state == Some(QuestionState::Accepted)).then_some(())
            })
            .await;
        }
        let ours = w.south.find(&asked.uri).await.unwrap();
        until("the announce of our own post", async || {
            w.south.post(ours.id).await.announce_id
        })
        .await;
    });
}

#[test]
fn a_steward_elsewhere_is_believed_because_the_host_names_it() {
    run(async {
        let w = Three::start().await;
        let asked = w
            .south
            .publish(w.mei, text(format!("{} #question Which grease?", w.handle)))
            .await;
        let on_north = w.north.awaits(&asked.uri).await;
        let answer = w.north.publish(w.karim, reply(&on_north, "Lithium.")).await;
        let on_partner = w.partner.awaits(&answer.uri).await;
        w.south.awaits(&answer.uri).await;
        let (karim, id) = (w.karim, answer.id);
        w.north
            .write(move |tx| accept_answer(tx, karim, id, "", None))
            .await;
        let question = on_partner.parent_id.unwrap();
        until("the steward's acceptance", async || {
            let state = w.partner.post(question).await.question_state;
            (state == Some(QuestionState::Accepted)).then_some(())
        })
        .await;
        until("the same at the asker's", async || {
            let state = w.south.post(asked.id).await.question_state;
            (state == Some(QuestionState::Accepted)).then_some(())
        })
        .await;
    });
}

#[test]
fn edits_likes_and_deletions_follow_a_post() {
    run(async {
        let w = Three::start().await;
        let post = w
            .south
            .publish(w.mei, text(format!("{} Watch the pressure.", w.handle)))
            .await;
        let (on_north, on_partner) = (
            w.north.awaits(&post.uri).await,
            w.partner.awaits(&post.uri).await,
        );
        let (mei, sofia, id) = (w.mei, w.sofia, post.id);
        let liked = on_partner.id;
        w.partner
            .write(move |tx| react::mark(tx, sofia, liked, Reaction::Favourite, None))
            .await;
        until("the like at the author's", async || {
            (w.south.post(id).await.favourites_count == 1).then_some(())
        })
        .await;
        until("the like at the host", async || {
            (w.north.post(on_north.id).await.favourites_count == 1).then_some(())
        })
        .await;
        let changes = Changes {
            source: Some("Watch the temperature.".into()),
            ..Changes::default()
        };
        w.south
            .write(move |tx| edit_post(tx, mei, id, changes))
            .await;
        until("the edit", async || {
            let post = w.partner.post(liked).await;
            post.html.contains("temperature").then_some(())
        })
        .await;
        w.south.write(move |tx| delete_post(tx, mei, id)).await;
        for (node, id) in [(&w.north, on_north.id), (&w.partner, on_partner.id)] {
            until("the deletion", async || node.post(id).await.deleted_at).await;
        }
    });
}

#[test]
fn what_stays_on_the_node_stays_there() {
    run(async {
        let w = Three::start().await;
        let pumps = w
            .north
            .read(|conn| accounts::find_local(conn, "pumps"))
            .await
            .unwrap()
            .id;
        let secret = NewPost {
            community: Some(pumps),
            boundary: Some(Boundary::Node),
            ..text("Ours alone.")
        };
        let secret = w.north.publish(w.karim, secret).await;
        let control = NewPost {
            community: Some(pumps),
            ..text("For all.")
        };
        let control = w.north.publish(w.karim, control).await;
        for node in [&w.south, &w.partner] {
            node.awaits(&control.uri).await;
            assert!(node.find(&secret.uri).await.is_none());
            let looked = node.app.resolve_url(&secret.uri).await;
            assert!(!matches!(looked, Ok(Some(_))), "{looked:?}");
        }
    });
}

#[test]
fn people_follow_each_other_across_nodes() {
    run(async {
        let (north, south) = tokio::join!(Node::start("north"), Node::start("south"));
        north.admit(&south, PeerMode::Member).await;
        south.admit(&north, PeerMode::Member).await;
        let (karim, mei) = (north.person("karim").await, south.person("mei").await);
        let handle = format!("@karim@{}", north.domain);
        let there = south.app.resolve_handle(&handle).await.unwrap().unwrap();
        south
            .write(move |tx| follow::follow(tx, mei, there, follow::Wish::default(), None))
            .await;
        until("the yes", async || {
            let row = south
                .read(move |conn| follows::find(conn, mei, there))
                .await;
            row.filter(|row| row.state == FollowState::Accepted)
        })
        .await;
        let post = north.publish(karim, text("Hello out there.")).await;
        let seen = south.awaits(&post.uri).await;
        assert_eq!((seen.author_id, seen.html), (there, post.html));
        south
            .write(move |tx| follow::unfollow(tx, mei, there))
            .await;
        until("the end of the follow", async || {
            let account = north.read(move |conn| accounts::get(conn, karim)).await;
            (account.followers_count == 0).then_some(())
        })
        .await;
    });
}

#[test]
fn a_reply_that_waited_is_passed_on_once_a_steward_lets_it_through() {
    run(async {
        let w = Three::start().await;
        w.north.admit(&w.partner, PeerMode::ReplyModerated).await;
        let opening = text(format!("{} What did you see?", w.handle));
        let opening = w.north.publish(w.karim, opening).await;
        let (on_partner, on_south) = (
            w.partner.awaits(&opening.uri).await,
            w.south.awaits(&opening.uri).await,
        );
        let said = w
            .partner
            .publish(w.sofia, reply(&on_partner, "A worn ring."))
            .await;
        let held = w.north.awaits(&said.uri).await;
        assert!(held.held);
        let (karim, id) = (w.karim, held.id);
        let shown = w
            .north
            .write(move |tx| receive_post::release(tx, karim, id))
            .await;
        assert!(!shown.held);
        let passed_on = w.south.awaits(&said.uri).await;
        assert_eq!(passed_on.parent_id, Some(on_south.id));
        assert!(!passed_on.held);
        assert_eq!(w.north.post(opening.id).await.replies_count, 1);
    });
}
