//! Who reads what of this node: by a signed request, by an unsigned one, and by one that signs for somebody unwelcome.

use super::effects::{follow, person};
use super::*;
use crate::actions::charter::{self, NewGoal, Proposal};
use crate::actions::create_post::{NewPost, Outcome, create_post};
use crate::model::ids::AccountId;
use crate::model::words::{AccountState, Boundary, JoinPolicy, Listing, PostingPolicy, Visibility};
use crate::secrets::ActorKey;
use crate::store::accounts;
use crate::store::actor_keys::{self, NewKeys};
use crate::store::db::Tx;
use crate::store::posts::Post;

async fn write<T: Send + 'static>(
    world: &World,
    work: impl FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
) -> T {
    world.fed.app.db.write(work).await.unwrap()
}

async fn publish(world: &World, by: AccountId, new: NewPost) -> Post {
    write(world, move |tx| match create_post(tx, by, new)? {
        Outcome::Posted(post) => Ok(*post),
        Outcome::Commanded { .. } => panic!("a command, not a post"),
    })
    .await
}

/// An open community of two people.
async fn community(world: &World, stewards: [AccountId; 2]) -> AccountId {
    let proposal = Proposal {
        name: "pumps".into(),
        title: "Pumps".into(),
        purpose: "Fewer stops".into(),
        boundary: Boundary::Public,
        visibility: Listing::Listed,
        join_policy: JoinPolicy::Open,
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
    write(world, move |tx| {
        let id = charter::propose(tx, None, proposal)?;
        charter::open(tx, None, id)?;
        Ok(id)
    })
    .await
}

/// How far posts may reach that a node gets.
async fn limit(world: &World, peer: &Peer, most: Option<Boundary>) {
    let setting = peers::Setting {
        mode: Some(PeerMode::Member),
        relation: None,
        expires_at: None,
        boundary_max: most,
        addresses: String::new(),
    };
    let domain = peer.domain.clone();
    write(world, move |tx| peers::set(tx, &domain, &setting).map(drop)).await;
}

fn unsigned(path: &str) -> Request {
    http::Request::get(path)
        .header("host", "north.localhost:7401")
        .body(Body::empty())
        .unwrap()
}

/// The status of an answer, and what it holds.
async fn said(response: Response) -> (u16, Value) {
    let status = response.status().as_u16();
    let body = axum::body::to_bytes(response.into_body(), 1 << 20).await;
    (
        status,
        serde_json::from_slice(&body.unwrap()).unwrap_or_default(),
    )
}

async fn status(world: &World, request: Request) -> u16 {
    said(world.call(request).await).await.0
}

#[tokio::test(flavor = "multi_thread")]
async fn an_announce_is_read_like_the_post_in_it() {
    let (world, peer) = (World::new().await, Peer::new("peer").await);
    let key = first_key(&format!("{}#main-key", peer.person("alice")));
    let karim = person(&world, "karim").await;
    let pumps = community(&world, [karim, person(&world, "lotte").await]).await;
    let new = NewPost {
        source: "The valve hums".into(),
        community: Some(pumps),
        ..NewPost::default()
    };
    let post = publish(&world, karim, new).await;
    let addresses = [
        format!("/activities/{}", post.announce_id.unwrap()),
        format!("/activities/{}", post.id),
        format!("/posts/{}/replies", post.id),
    ];
    for (most, wanted) in [
        (None, 200),
        (Some(Boundary::Public), 200),
        (Some(Boundary::Partners), 404),
        (Some(Boundary::Node), 404),
    ] {
        limit(&world, &peer, most).await;
        for path in &addresses {
            let read = status(&world, signed_get(&key, path)).await;
            assert_eq!(read, wanted, "{path} {most:?}");
            assert_eq!(status(&world, unsigned(path)).await, 200, "{path}");
        }
        let outbox = world.call(signed_get(&key, "/c/pumps/outbox")).await;
        let listed = usize::from(wanted == 200);
        assert_eq!(said(outbox).await.1["totalItems"], listed, "{most:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_for_followers_is_for_their_nodes() {
    let world = World::new().await;
    let (peer, other) = (Peer::new("peer").await, Peer::new("other").await);
    let (near, far) = (peer.person("alice"), other.person("bob"));
    let [near, far] = [near, far].map(|id| first_key(&format!("{id}#main-key")));
    let karim = person(&world, "karim").await;
    let alice = actors_in::store_value(&world.fed, &peer.document("alice", &keys_of::PAIR.1)).await;
    follow(&world, alice.unwrap(), karim).await;
    let new = NewPost {
        source: "Among us".into(),
        visibility: Some(Visibility::Private),
        ..NewPost::default()
    };
    let post = publish(&world, karim, new).await;
    for path in [
        format!("/activities/{}", post.id),
        format!("/posts/{}/replies", post.id),
    ] {
        assert_eq!(status(&world, signed_get(&near, &path)).await, 200);
        assert_eq!(status(&world, signed_get(&far, &path)).await, 404);
        assert_eq!(status(&world, unsigned(&path)).await, 404);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_does_not_sign_gets_a_stub_of_a_person() {
    for (signatures, whole) in [(true, false), (false, true)] {
        let world = World::with(|config| config.federation.authorized_fetch = signatures).await;
        let peer = Peer::new("peer").await;
        let key = first_key(&format!("{}#main-key", peer.person("alice")));
        let karim = person(&world, "karim").await;
        write(&world, move |tx| {
            let ed25519 = ActorKey::generate()?;
            let keys = NewKeys {
                rsa_pem: &keys_of::OTHER.0,
                public_pem: &keys_of::OTHER.1,
                ed25519_pem: &ed25519.pem,
                ed25519_public: &ed25519.multikey,
            };
            actor_keys::put_rsa(tx, karim, &keys)
        })
        .await;
        let read = async |request: Request| {
            let (parts, _) = request.into_parts();
            said(documents::person(&world.fed, &parts, "karim").await).await
        };
        let (status, plain) = read(unsigned("/users/karim")).await;
        assert_eq!(status, 200);
        assert!(plain["publicKey"].is_object(), "{plain}");
        assert_eq!(plain.get("published").is_some(), whole, "{plain}");
        let (status, signed) = read(signed_get(&key, "/users/karim")).await;
        assert_eq!(status, 200);
        assert!(signed["published"].is_string(), "{signed}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signature_of_somebody_suspended_opens_nothing() {
    let (world, peer) = (World::new().await, Peer::new("peer").await);
    let key = first_key(&format!("{}#main-key", peer.person("alice")));
    let karim = person(&world, "karim").await;
    let new = NewPost {
        source: "Hello".into(),
        ..NewPost::default()
    };
    let path = format!("/activities/{}", publish(&world, karim, new).await.id);
    let document = peer.document("alice", &keys_of::PAIR.1);
    let alice = actors_in::store_value(&world.fed, &document).await.unwrap();
    assert_eq!(status(&world, signed_get(&key, &path)).await, 200);
    let suspend = |state| write(&world, move |tx| accounts::set_state(tx, alice, state));
    suspend(AccountState::Suspended).await;
    assert_eq!(status(&world, signed_get(&key, &path)).await, 401);
    suspend(AccountState::Active).await;
    assert_eq!(status(&world, signed_get(&key, &path)).await, 200);
}
