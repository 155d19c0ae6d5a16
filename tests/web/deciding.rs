//! Stewards decide about replies that wait.

use cordee::actions::create_post::NewPost;
use cordee::model::ids::{AccountId, PostId};
use cordee::model::words::{Boundary, JoinPolicy, NotificationKind};
use cordee::store::notifications::{self, Notification};
use cordee::store::posts;

use crate::support::browser::Browser;
use crate::support::world::{World, text};

/// An answer that waits, as that of a node whose replies are looked at first; the stewards are told.
fn waits(world: &World, by: AccountId, question: PostId, words: &str, told: AccountId) -> PostId {
    let answer = NewPost {
        parent: Some(question),
        ..text(words)
    };
    let id = world.publish(by, answer).unwrap().id;
    world
        .write(move |tx| {
            posts::set_held(tx, id, true)?;
            let row = Notification {
                id: tx.new_id(),
                account_id: told,
                kind: NotificationKind::Status,
                from_id: by,
                post_id: Some(id),
                created_at: tx.now(),
                group_key: None,
                filtered: false,
                report_id: None,
                severance_id: None,
                strike_id: None,
            };
            notifications::add(tx, &row)
        })
        .unwrap();
    id
}

fn decide(browser: &Browser<'_>, post: PostId, decision: &str) -> u16 {
    let id = post.to_string();
    let fields = [("post", id.as_str()), ("decision", decision)];
    let done = browser.submit("/c/pumps/held", "/c/pumps/held", &fields);
    done.status.as_u16()
}

#[test]
#[expect(clippy::too_many_lines, reason = "one journey, told in order")]
fn a_steward_lets_through_or_turns_down_and_nobody_else_does() {
    World::each(|world| {
        let [karim, lotte, bart, mallory] =
            ["karim", "lotte", "bart", "mallory"].map(|name| world.person_with_password(name));
        world.community("pumps", Boundary::Public, JoinPolicy::Open, [karim, lotte]);
        world.community(
            "valves",
            Boundary::Public,
            JoinPolicy::Open,
            [mallory, bart],
        );
        let question = world
            .publish(
                lotte,
                text("@pumps #question Why does it leak? Since Monday."),
            )
            .unwrap()
            .id;
        let [good, bad, other] = ["Change the ring", "You are all wrong", "Later"]
            .map(|words| waits(world, bart, question, words, karim));
        let steward = world.signed_in("karim");
        let page = steward.open("/c/pumps").text;
        assert!(page.contains("3 posts wait for a steward"), "{page}");
        let page = steward.open("/notifications").text;
        assert!(page.contains("href=\"/c/pumps/held\""), "{page}");
        let page = steward.open("/c/pumps/held").text;
        for words in [
            "Change the ring",
            "You are all wrong",
            "Let through",
            "Turn down",
        ] {
            assert!(page.contains(words), "{words} in {page}");
        }
        assert!(
            page.contains(&format!("href=\"/posts/{question}\"")),
            "{page}"
        );
        for name in ["bart", "mallory"] {
            let browser = world.signed_in(name);
            assert_eq!(browser.get("/c/pumps/held").status, 403, "{name}");
            let notes = browser.open("/notifications").text;
            assert!(!notes.contains("/c/pumps/held"), "{name}: {notes}");
        }
        assert_eq!(world.browser().get("/c/pumps/held").status, 303);
        let foreign = world.signed_in("mallory");
        let mut fields = foreign.open("/home").form("/logout");
        fields.insert("post".into(), good.to_string());
        fields.insert("decision".into(), "accept".into());
        for action in ["/c/pumps/held", "/c/valves/held"] {
            let origin = [("origin", "http://localhost:7400")];
            let said = foreign.post_with(action, &fields, &origin);
            assert!([403, 404].contains(&said.status.as_u16()), "{action}");
        }
        let held = |id: PostId| world.read(move |conn| posts::find(conn, id)).unwrap();
        assert!(held(good).held, "{}", world.kind);
        assert_eq!(decide(&steward, good, "accept"), 303);
        assert_eq!(decide(&steward, bad, "refuse"), 303);
        assert!(!held(good).held && held(bad).deleted_at.is_some());
        assert!(held(other).held, "not decided");
        assert_eq!(decide(&steward, good, "accept"), 404, "once");
        let shown = world.browser().open(&format!("/posts/{question}")).text;
        assert!(shown.contains("Change the ring") && !shown.contains("You are all wrong"));
        decide(&steward, other, "refuse");
        for (language, words) in [("fr", "Rien n’attend"), ("nl", "Er wacht niets")] {
            let browser = world.browser_in(language);
            browser.sign_in("lotte", crate::support::browser::PASSWORD);
            let page = browser.open("/c/pumps/held").text;
            assert!(page.contains(words), "{page}");
        }
    });
}
