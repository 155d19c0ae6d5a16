//! First spike of the union connection: what works on both databases through one query text.
use std::sync::Arc;
use diesel::prelude::*;
use super::conn::{Conn, Target, on_backend};
use super::db::{Db, NoObserver, Options};
use super::schema::{accounts, posts, reactions};
use crate::model::ids::{AccountId, PostId};
use crate::model::time::{Clock, Time};
use crate::model::words::*;

#[derive(Debug)]
struct Fixed;
impl Clock for Fixed {
    fn now(&self) -> Time { chrono::DateTime::from_timestamp(1_700_000_000, 0).unwrap().naive_utc() }
}

#[derive(Insertable)]
#[diesel(table_name = accounts)]
struct New<'a> { id: AccountId, kind: ActorKind, name: &'a str, name_key: &'a str, uri: &'a str, url: &'a str, inbox_url: &'a str, created_at: Time }

#[derive(Queryable, Selectable, Debug)]
#[diesel(table_name = accounts, check_for_backend(super::conn::MultiBackend))]
struct Row { id: AccountId, kind: ActorKind, name: String, avatar: Option<String>, rev: i32, created_at: Time, fetched_at: Option<Time> }

#[tokio::test(flavor = "multi_thread")]
async fn both_databases_run_one_query_text() {
    let dir = tempfile::tempdir().unwrap();
    let mut targets = vec![Target::Sqlite(dir.path().join("x.db").to_str().unwrap().to_owned())];
    if let Ok(url) = std::env::var("CORDEE_TEST_POSTGRES") { targets.push(Target::Postgres(url)); }
    for target in targets {
        let options = Options { target, readers: 2, clock: Arc::new(Fixed), observer: Arc::new(NoObserver), migrate: true };
        let handle = tokio::runtime::Handle::current();
        let db = tokio::task::spawn_blocking(move || Db::open(options, &handle)).await.unwrap().unwrap();
        let id = db.write(|tx| {
            let id = AccountId(tx.new_id());
            let now = tx.now();
            let uri = format!("u{id}");
            diesel::insert_into(accounts::table).values(&New { id, kind: ActorKind::Person, name: "a", name_key: &uri, uri: &uri, url: "u", inbox_url: "i", created_at: now }).execute(&mut **tx)?;
            let n = on_backend!(&mut **tx, |c| diesel::insert_into(accounts::table).values(&New { id, kind: ActorKind::Person, name: "a", name_key: &uri, uri: &uri, url: "u", inbox_url: "i", created_at: now }).on_conflict_do_nothing().execute(c))?;
            assert_eq!(n, 0);
            let rev: i32 = diesel::update(accounts::table.find(id)).set(accounts::rev.eq(accounts::rev + 1)).returning(accounts::rev).get_result(&mut **tx)?;
            assert_eq!(rev, 1);
            Ok(id)
        }).await.unwrap();
        let row = db.read(move |conn| {
            let mut q = accounts::table.into_boxed::<super::conn::MultiBackend>().select(Row::as_select());
            q = q.filter(accounts::id.lt(AccountId(i64::MAX)));
            let other = reactions::table.filter(reactions::kind.eq(Reaction::Favourite)).select(reactions::account_id);
            q = q.filter(accounts::id.eq_any(vec![id]).or(accounts::id.eq_any(other)));
            let rows: Vec<Row> = q.order(accounts::id.desc()).limit(2).load(conn)?;
            let _none: Vec<(PostId, Option<PostId>, Option<AccountId>, Audience)> = posts::table.left_join(reactions::table.on(reactions::post_id.eq(posts::id)))
                .select((posts::id, posts::parent_id.nullable(), reactions::account_id.nullable(), posts::audience)).filter(posts::id.lt(0)).load(conn)?;
            Ok(rows)
        }).await.unwrap();
        assert_eq!(row.len(), 1);
        assert_eq!(row[0].kind, ActorKind::Person);
        let failed = db.write(|tx| { diesel::delete(accounts::table).execute(&mut **tx)?; Err::<(), _>(crate::error::Error::Gone) }).await;
        assert!(failed.is_err());
        let n: i64 = db.read(|c| Ok(accounts::table.count().get_result(c)?)).await.unwrap();
        assert!(n >= 1);
    }
}
