//! Several whole nodes on loopback, each with its listener, jobs and deliveries.

use std::sync::Arc;
use std::time::Duration;

use cordee::actions::charter::{self, NewGoal, Proposal};
use cordee::actions::create_post::{NewPost, Outcome, create_post};
use cordee::actions::join;
use cordee::actions::register::{Newcomer, register};
use cordee::app::{App, SystemClock};
use cordee::config::Config;
use cordee::error::Result;
use cordee::model::ids::{AccountId, PostId};
use cordee::model::words::{
    Boundary, JoinPolicy, Listing, MembershipState, PeerMode, PostingPolicy,
};
use cordee::secrets::ActorKey;
use cordee::server;
use cordee::store::conn::Conn;
use cordee::store::db::Tx;
use cordee::store::peers::{self, Setting};
use cordee::store::posts::{self, Post};
use url::Url;

use crate::support::databases::Database;

/// A node that answers.
pub(super) struct Node {
    pub(super) app: App,
    pub(super) domain: String,
    _database: Database,
}

impl Node {
    /// Starts a node under `HOST.localhost` on a free port.
    pub(super) async fn start(host: &str) -> Self {
        Self::start_with(host, |_| {}).await
    }

    /// The same with other settings.
    pub(super) async fn start_with(host: &str, settings: impl FnOnce(&mut Config)) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let database = Database::sqlite();
        let mut config = Config::default();
        config.server.public_url = Url::parse(&format!("http://{host}.localhost:{port}")).unwrap();
        config.federation.development = true;
        config.database.url.clone_from(&database.url);
        config.data_dir = database.home.path().to_owned();
        settings(&mut config);
        let domain = config.authority();
        let app = server::open_at(config, Arc::new(SystemClock))
            .await
            .unwrap();
        let served = app.clone();
        app.spawn(async move { server::run(served, listener).await.unwrap() });
        Self {
            app,
            domain,
            _database: database,
        }
    }

    pub(super) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
    ) -> T {
        self.app.db.write(work).await.unwrap()
    }

    pub(super) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Conn) -> Result<T> + Send + 'static,
    ) -> T {
        self.app.db.read(work).await.unwrap()
    }

    /// Says what another node may do here.
    pub(super) async fn admit(&self, other: &Node, mode: PeerMode) {
        let domain = other.domain.clone();
        let setting = Setting {
            mode: Some(mode),
            relation: None,
            expires_at: None,
            boundary_max: None,
            addresses: String::new(),
        };
        self.write(move |tx| peers::set(tx, &domain, &setting).map(drop))
            .await;
    }

    pub(super) async fn person(&self, name: &str) -> AccountId {
        let newcomer = Newcomer::new(name, &format!("{name}@firm.example"), None).unwrap();
        let base = self.app.config.base_url();
        self.write(move |tx| Ok(register(tx, &base, &newcomer)?.id))
            .await
    }

    /// An open public community.
    pub(super) async fn community(
        &self,
        name: &str,
        join_policy: JoinPolicy,
        stewards: [AccountId; 2],
    ) -> AccountId {
        let proposal = Proposal {
            name: name.to_owned(),
            title: format!("About {name}"),
            purpose: "Fewer stops".to_owned(),
            boundary: Boundary::Public,
            visibility: Listing::Listed,
            join_policy,
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
        .await
    }

    /// Publishes.
    pub(super) async fn publish(&self, by: AccountId, new: NewPost) -> Post {
        self.write(move |tx| match create_post(tx, by, new)? {
            Outcome::Posted(post) => Ok(*post),
            Outcome::Commanded { .. } => panic!("a command, not a post"),
        })
        .await
    }

    /// Joins a community of another node and waits for the yes; the community's id here.
    pub(super) async fn joins(&self, by: AccountId, handle: &str) -> AccountId {
        let community = self
            .app
            .resolve_handle(handle)
            .await
            .unwrap()
            .expect("resolved");
        self.write(move |tx| {
            let request = join::Request {
                community,
                account: by,
                message: String::new(),
                uri: None,
                reader: false,
            };
            join::join(tx, &request)
        })
        .await;
        until(&format!("membership of {handle}"), async || {
            self.read(move |conn| {
                let found = cordee::store::communities::find_membership(conn, community, by)?;
                Ok(found
                    .is_some_and(|row| row.state == MembershipState::Active)
                    .then_some(()))
            })
            .await
        })
        .await;
        community
    }

    /// Waits until a post of another node is here.
    pub(super) async fn awaits(&self, uri: &str) -> Post {
        let what = format!("{uri} at {}", self.domain);
        until(&what, async || self.find(uri).await).await
    }

    /// A post by its address.
    pub(super) async fn find(&self, uri: &str) -> Option<Post> {
        let uri = uri.to_owned();
        self.read(move |conn| posts::find_by_uri(conn, &uri)).await
    }

    /// A post by its id.
    pub(super) async fn post(&self, id: PostId) -> Post {
        self.read(move |conn| Ok(posts::find(conn, id)?.expect("there")))
            .await
    }
}

/// Waits until something is there, for some seconds.
pub(super) async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    for _ in 0..1500 {
        if let Some(found) = look().await {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{what} did not come");
}

/// Runs a test on a runtime of its own.
pub(super) fn run(test: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
        .block_on(test);
}
