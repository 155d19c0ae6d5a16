//! People who go: an account that ends is gone on other nodes too, and one that moves takes its followers along.

use cordee::actions::end_account::end_own;
use cordee::actions::follow::{self, Wish};
use cordee::actions::lists::{ListChanges, create_list, fill_list};
use cordee::actions::move_account::{add_alias, move_to, return_home};
use cordee::error::Error;
use cordee::model::ids::AccountId;
use cordee::model::refusal::Refusal;
use cordee::model::words::{AccountState, FollowState, PeerMode};
use cordee::store::accounts::{self, Account};
use cordee::store::{follows, lists, moves, page::Page};

use super::nodes::{Node, run, until};
use super::text;

async fn pair() -> (Node, Node) {
    let (north, south) = tokio::join!(Node::start("north"), Node::start("south"));
    north.admit(&south, PeerMode::Member).await;
    south.admit(&north, PeerMode::Member).await;
    (north, south)
}

/// Somebody follows a handle and waits for the yes; the followed account's id there.
async fn follows(node: &Node, by: AccountId, handle: &str) -> AccountId {
    let target = node.app.resolve_handle(handle).await.unwrap().unwrap();
    node.write(move |tx| follow::follow(tx, by, target, Wish::default(), None).map(drop))
        .await;
    until(&format!("the follow of {handle}"), async || {
        let found = node.read(move |conn| follows::find(conn, by, target)).await;
        found
            .filter(|row| row.state == FollowState::Accepted)
            .map(drop)
    })
    .await;
    target
}

async fn account(node: &Node, id: AccountId) -> Account {
    node.read(move |conn| accounts::get(conn, id)).await
}

#[test]
fn an_account_that_ends_is_gone_everywhere_and_shows_its_tombstone() {
    run(async {
        let (north, south) = pair().await;
        let (karim, mei) = (north.person("karim").await, south.person("mei").await);
        let handle = format!("@karim@{}", north.domain);
        let there = follows(&south, mei, &handle).await;
        let post = north.publish(karim, text("Before I go")).await;
        south.awaits(&post.uri).await;
        north.write(move |tx| end_own(tx, karim, &[])).await;
        until("the end at south", async || {
            let gone = account(&south, there).await.state == AccountState::Deleted;
            gone.then_some(())
        })
        .await;
        let left = until("the post's end at south", async || {
            let found = south.find(&post.uri).await?;
            found.deleted_at.map(|_| found)
        })
        .await;
        assert!(left.source.is_empty() && left.html.is_empty());
        until("the follow's end at south", async || {
            let row = south
                .read(move |conn| follows::find(conn, mei, there))
                .await;
            row.is_none().then_some(())
        })
        .await;
        assert_eq!(account(&south, mei).await.following_count, 0);
        assert_eq!(south.app.resolve_handle(&handle).await.unwrap(), None);
        let url = format!(
            "http://127.0.0.1:{}/users/karim",
            north.domain.rsplit(':').next().unwrap()
        );
        let answer = get(&url, &north.domain).await;
        assert!(answer.starts_with("HTTP/1.1 410"), "{answer}");
        assert!(answer.contains("\"Tombstone\""));
    });
}

/// The answer to a bare GET of a document, head and all.
async fn get(url: &str, host: &str) -> String {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let rest = url.strip_prefix("http://").unwrap();
    let (authority, path) = rest.split_once('/').unwrap();
    let mut stream = tokio::net::TcpStream::connect(authority).await.unwrap();
    let head = format!(
        "GET /{path} HTTP/1.1\r\nHost: {host}\r\nAccept: application/activity+json\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[test]
#[expect(clippy::too_many_lines, reason = "one journey, told in order")]
fn a_move_takes_followers_here_and_elsewhere_along_and_can_be_taken_back() {
    run(async {
        let (north, south) = pair().await;
        let (old, near) = (north.person("karim").await, north.person("lotte").await);
        let (new, far, noor) = (
            south.person("karim2").await,
            south.person("mei").await,
            south.person("noor").await,
        );
        let (old_handle, new_handle) = (
            format!("@karim@{}", north.domain),
            format!("@karim2@{}", south.domain),
        );
        follows(&north, near, &old_handle).await;
        let old_there = follows(&south, far, &old_handle).await;
        let list = south
            .write(move |tx| {
                let wanted = ListChanges {
                    title: Some("Pumps".into()),
                    ..ListChanges::default()
                };
                let list = create_list(tx, far, wanted)?;
                fill_list(tx, &list, &[old_there])?;
                follow::mute(tx, noor, old_there, true, 0)?;
                Ok(list.id)
            })
            .await;
        let new_here = north
            .app
            .resolve_handle(&new_handle)
            .await
            .unwrap()
            .unwrap();
        let known = north.app.also_known_as(new_here).await.unwrap();
        let early = north
            .app
            .db
            .write(move |tx| move_to(tx, old, new_here, &known))
            .await;
        assert!(matches!(
            early,
            Err(Error::Invalid {
                why: Refusal::NoAlias,
                ..
            })
        ));
        south.write(move |tx| add_alias(tx, new, old_there)).await;
        let known = north.app.also_known_as(new_here).await.unwrap();
        assert_eq!(known, [account(&north, old).await.uri]);
        north
            .write(move |tx| move_to(tx, old, new_here, &known))
            .await;
        until("mei follows the new one", async || {
            south
                .read(move |conn| {
                    let came = follows::find(conn, far, new)?.is_some();
                    let left = follows::find(conn, far, old_there)?.is_none();
                    Ok((came && left).then_some(()))
                })
                .await
        })
        .await;
        until("lotte follows the new one", async || {
            north
                .read(move |conn| {
                    let row = follows::find(conn, near, new_here)?;
                    let left = follows::find(conn, near, old)?.is_none();
                    Ok(row
                        .filter(|row| left && row.state == FollowState::Accepted)
                        .map(drop))
                })
                .await
        })
        .await;
        until("noor mutes the new one", async || {
            south
                .read(move |conn| {
                    let now = chrono::DateTime::UNIX_EPOCH.naive_utc();
                    let muted = follows::mutes_of(conn, noor, &[new], now)?;
                    Ok((!muted.is_empty()).then_some(()))
                })
                .await
        })
        .await;
        south
            .read(move |conn| {
                let members = lists::list_members(conn, list, &Page::first(9))?;
                assert_eq!(members.len(), 1);
                assert_eq!(members[0].1, new);
                assert_eq!(moves::target(conn, old_there)?, Some(new));
                Ok(())
            })
            .await;
        let refused = north
            .app
            .db
            .write(move |tx| cordee::actions::create_post::create_post(tx, old, text("Still here")))
            .await;
        assert!(matches!(refused, Err(Error::Forbidden(Refusal::Moved))));
        north.write(move |tx| return_home(tx, old)).await;
        north.publish(old, text("Back again")).await;
        let known = north.app.also_known_as(new_here).await.unwrap();
        let again = north
            .app
            .db
            .write(move |tx| move_to(tx, old, new_here, &known))
            .await;
        assert!(matches!(
            again,
            Err(Error::Invalid {
                why: Refusal::MovedLately(30),
                ..
            })
        ));
    });
}
