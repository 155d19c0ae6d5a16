//! A report travels to the node of whoever is reported, without the name of whoever reported.

use cordee::actions::report::{Complaint, report};
use cordee::model::ids::AccountId;
use cordee::model::viewer::Viewer;
use cordee::model::words::{ActorKind, ReportCategory, Role};
use cordee::store::page::Page;
use cordee::store::reports::{self, Report, Wanted};
use cordee::store::{accounts, users};

use super::nodes::{Node, run, until};
use super::{Three, reply, text};

async fn filed(node: &Node, target: AccountId) -> Vec<Report> {
    let wanted = Wanted {
        target: Some(target),
        ..Wanted::default()
    };
    node.read(move |conn| reports::list(conn, AccountId(0), &wanted, &Page::first(9)))
        .await
}

#[test]
fn a_forwarded_report_names_the_node_and_not_the_reporter() {
    run(async {
        let w = Three::start().await;
        let asked = w
            .south
            .publish(
                w.mei,
                text(format!("{} #question Why does it leak?", w.handle)),
            )
            .await;
        let on_north = w.north.awaits(&asked.uri).await;
        let answer = w
            .north
            .publish(w.karim, reply(&on_north, "Because of you."))
            .await;
        let on_partner = w.partner.awaits(&answer.uri).await;
        let karim = w.karim;
        w.north
            .write(move |tx| users::set_role(tx, karim, Role::Admin))
            .await;
        let complaint = Complaint {
            target: on_partner.author_id,
            posts: vec![on_partner.id],
            category: ReportCategory::Violation,
            rules: Vec::new(),
            comment: "rude".into(),
            forward: true,
        };
        let sofia = Viewer::Person {
            id: w.sofia,
            role: Role::Member,
        };
        let sent = w
            .partner
            .write(move |tx| report(tx, &sofia, &complaint))
            .await;
        assert!(sent.forwarded);
        let there = until("the report", async || {
            filed(&w.north, w.karim).await.into_iter().next()
        })
        .await;
        assert_eq!((there.comment.as_str(), there.uri), ("rude", sent.uri));
        let reporter = there.reporter_id;
        let named = w
            .north
            .read(move |conn| {
                let posts = reports::list_posts(conn, &[there.id])?;
                Ok((accounts::get(conn, reporter)?, posts))
            })
            .await;
        assert_eq!(named.0.kind, ActorKind::Application);
        assert_eq!(named.0.domain, w.partner.domain);
        assert_eq!(named.1, [(there.id, answer.id)]);
        let own = filed(&w.partner, on_partner.author_id).await;
        assert_eq!(own.len(), 1, "the own moderators have it too");
    });
}

#[test]
fn the_host_of_a_community_hears_of_what_stands_there() {
    run(async {
        let w = Three::start().await;
        let asked = w
            .partner
            .publish(
                w.sofia,
                text(format!("{} #question Who is to blame?", w.handle)),
            )
            .await;
        let on_north = w.north.awaits(&asked.uri).await;
        let paul = Viewer::Person {
            id: w.partner.person("paul").await,
            role: Role::Member,
        };
        let complaint = Complaint {
            target: w.sofia,
            posts: vec![asked.id],
            category: ReportCategory::Other,
            rules: Vec::new(),
            comment: "blame".into(),
            forward: true,
        };
        let sent = w
            .partner
            .write(move |tx| report(tx, &paul, &complaint))
            .await;
        assert!(sent.forwarded, "its community lives elsewhere");
        let there = until("the report", async || {
            filed(&w.north, on_north.author_id).await.into_iter().next()
        })
        .await;
        let named = w
            .north
            .read(move |conn| reports::list_posts(conn, &[there.id]))
            .await;
        assert_eq!(named, [(there.id, on_north.id)]);
    });
}
