//! A node inside the test: its database, a clock that stands still until it is moved, and people who do things.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use cordee::actions::charter::{self, NewGoal, Proposal};
use cordee::actions::create_post::{NewPost, Outcome, create_post};
use cordee::actions::register::{Newcomer, register};
use cordee::app::App;
use cordee::config::Config;
use cordee::error::Result;
use cordee::model::ids::AccountId;
use cordee::model::time::{Clock, Time};
use cordee::model::words::{ActorKind, Boundary, JoinPolicy, Listing, PostingPolicy};
use cordee::secrets::ActorKey;
use cordee::server;
use cordee::store::conn::Conn;
use cordee::store::db::Tx;
use cordee::store::posts::Post;
use cordee::store::remote_accounts::RemoteActor;

use super::databases::Database;

/// A clock that moves by a millisecond with each look, and further when told to.
#[derive(Debug)]
pub(crate) struct TestClock(AtomicI64);

impl TestClock {
    fn new() -> Self {
        Self(AtomicI64::new(1_790_000_000_000))
    }

    pub(crate) fn advance_seconds(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1000, Ordering::Relaxed);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Time {
        let ms = self.0.fetch_add(1, Ordering::Relaxed);
        chrono::DateTime::from_timestamp_millis(ms)
            .unwrap()
            .naive_utc()
    }
}

/// A node with nobody on it.
pub(crate) struct World {
    pub(crate) app: App,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) runtime: tokio::runtime::Runtime,
    pub(crate) kind: &'static str,
    router: std::sync::OnceLock<axum::Router>,
    database: Database,
}

impl World {
    /// Runs a test on a fresh node on each kind of database that this machine offers.
    pub(crate) fn each(test: impl Fn(&World)) {
        for database in Database::each() {
            test(&World::on(database));
        }
    }

    /// The same with other settings.
    pub(crate) fn each_with(settings: impl Fn(&mut Config), test: impl Fn(&World)) {
        for database in Database::each() {
            test(&World::open(database, &settings));
        }
    }

    /// A node on a database.
    pub(crate) fn on(database: Database) -> Self {
        Self::open(database, |_| {})
    }

    /// A node with other settings, on a temporary file.
    pub(crate) fn with(settings: impl FnOnce(&mut Config)) -> Self {
        Self::open(Database::sqlite(), settings)
    }

    fn open(database: Database, settings: impl FnOnce(&mut Config)) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let mut config = Config::default();
        config.database.url.clone_from(&database.url);
        database.home.path().clone_into(&mut config.data_dir);
        settings(&mut config);
        let clock = Arc::new(TestClock::new());
        let for_node: Arc<dyn Clock> = clock.clone();
        let app = runtime.block_on(server::open_at(config, for_node)).unwrap();
        Self {
            app,
            clock,
            runtime,
            kind: database.kind,
            router: std::sync::OnceLock::new(),
            database,
        }
    }

    /// The schema that all of it is in, on PostgreSQL.
    pub(crate) fn schema(&self) -> Option<&str> {
        self.database.schema()
    }

    /// The whole router, made when first asked for.
    pub(crate) fn router(&self) -> axum::Router {
        let make = || {
            let fed = self.runtime.block_on(server::federate(&self.app)).unwrap();
            server::router(&fed)
        };
        self.router.get_or_init(make).clone()
    }

    pub(crate) fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.runtime.block_on(self.app.db.write(work))
    }

    pub(crate) fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Conn) -> Result<T> + Send + 'static,
    ) -> T {
        self.runtime.block_on(self.app.db.read(work)).unwrap()
    }

    /// Somebody with an account here.
    pub(crate) fn person(&self, name: &str) -> AccountId {
        let newcomer = Newcomer::new(name, &format!("{name}@firm.example"), None).unwrap();
        let base = self.app.config.base_url();
        self.write(move |tx| Ok(register(tx, &base, &newcomer)?.id))
            .unwrap()
    }

    /// An open community with two stewards.
    pub(crate) fn community(
        &self,
        name: &str,
        boundary: Boundary,
        join: JoinPolicy,
        stewards: [AccountId; 2],
    ) -> AccountId {
        let proposal = Proposal {
            name: name.to_owned(),
            title: format!("About {name}"),
            purpose: "Fewer stops".to_owned(),
            boundary,
            visibility: Listing::Listed,
            join_policy: join,
            posting_policy: PostingPolicy::Members,
            goals: vec![NewGoal {
                name: "Stops".into(),
                unit: "a month".into(),
                baseline: 9.0,
                target: 4.0,
                due: chrono::NaiveDate::from_ymd_opt(2027, 6, 30).unwrap(),
                direction: None,
            }],
            stewards: stewards.to_vec(),
            key: ActorKey::generate().unwrap(),
        };
        self.write(move |tx| {
            let id = charter::propose(tx, None, proposal)?;
            charter::open(tx, Some(stewards[0]), id)?;
            Ok(id)
        })
        .unwrap()
    }

    /// Does one thing and, before that is written, begins another; what came of that. On SQLite it waits for the one writer.
    pub(crate) fn meanwhile<T: Send + 'static>(
        &self,
        first: impl FnOnce(&mut Tx<'_>) -> Result<()> + Send + 'static,
        second: impl FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (did, done) = mpsc::channel();
        let (over, wait) = mpsc::channel::<()>();
        let db = self.app.db.clone();
        let slow = async move {
            let work = move |tx: &mut Tx<'_>| {
                first(tx)?;
                did.send(()).unwrap();
                // The other is over before only where nothing holds it up.
                let _ = wait.recv_timeout(Duration::from_millis(400));
                Ok(())
            };
            db.write(work).await
        };
        let slow = self.runtime.spawn(slow);
        done.recv().unwrap();
        let result = self.write(second);
        drop(over);
        self.runtime.block_on(slow).unwrap().unwrap();
        result
    }

    /// Publishes.
    pub(crate) fn publish(&self, by: AccountId, new: NewPost) -> Result<Post> {
        self.write(move |tx| posted(tx, by, new))
    }
}

/// Publishes within a transaction.
pub(crate) fn posted(tx: &mut Tx<'_>, by: AccountId, new: NewPost) -> Result<Post> {
    match create_post(tx, by, new)? {
        Outcome::Posted(post) => Ok(*post),
        Outcome::Commanded { .. } => panic!("a command, not a post"),
    }
}

/// Somebody of another node.
pub(crate) fn remote(name: &str) -> RemoteActor {
    let uri = format!("https://p.example/users/{name}");
    RemoteActor {
        kind: ActorKind::Person,
        uri: uri.clone(),
        domain: "p.example".into(),
        name: name.into(),
        inbox_url: format!("{uri}/inbox"),
        url: uri,
        display_name: String::new(),
        note_html: String::new(),
        fields: "[]".into(),
        avatar: None,
        header: None,
        shared_inbox_url: None,
        followers_url: None,
        moderators_url: None,
        public_key_id: None,
        public_key_pem: None,
        ed25519_key: None,
        locked: false,
        discoverable: false,
        indexable: false,
        moved_to: None,
        community: None,
    }
}

/// A plain text.
pub(crate) fn text(source: &str) -> NewPost {
    NewPost {
        source: source.to_owned(),
        ..NewPost::default()
    }
}
