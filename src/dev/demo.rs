//! Brings the sample world to life on three running nodes: everything goes through the actions that people use, and
//! reaches the other nodes by federation alone.

use std::collections::HashMap;
use std::fmt;
use std::time::Duration;

use chrono::TimeDelta;
use tokio::time::Instant;

use super::posts::{POSTS, PostPlan};
use super::world::{COMMUNITIES, CommunityPlan, NODES, NodePlan, Person};
use crate::actions::accept_answer::accept_answer;
use crate::actions::account::{ProfileChanges, update_profile};
use crate::actions::charter::{self, NewGoal, Proposal};
use crate::actions::create_post::{NewPost, Outcome, create_post};
use crate::actions::join::{Request, decide, join};
use crate::actions::manage_peer::{Wish, set_peer};
use crate::actions::react;
use crate::actions::register::{Newcomer, register};
use crate::app::App;
use crate::error::{Error, Result};
use crate::model::ids::{AccountId, PostId};
use crate::model::words::{
    Boundary, CommunityRole, Listing, MembershipState, PeerMode, PostingPolicy, QuestionState,
    Reaction, Relation,
};
use crate::secrets::{ActorKey, hash_password};
use crate::store::conn::Conn;
use crate::store::{communities, posts};

/// How long one thing may take to reach another node.
const TRAVEL: Duration = Duration::from_mins(1);
/// How often it is looked for.
const LOOK: Duration = Duration::from_millis(40);

/// The password of a person of the demo.
pub fn password(name: &str) -> String {
    format!("learn-together-{name}")
}

/// The e-mail address of a person of the demo.
pub fn email(person: &Person, node: &NodePlan) -> String {
    format!("{}@{}.localhost", person.name, node.name)
}

/// Three running nodes, in the order of [`NODES`].
pub struct World<'a> {
    apps: &'a [App],
    people: HashMap<(&'static str, &'static str), AccountId>,
    /// The address of each post by its key.
    uris: HashMap<&'static str, String>,
}

impl fmt::Debug for World<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("World")
            .field("people", &self.people.len())
            .finish_non_exhaustive()
    }
}

impl<'a> World<'a> {
    /// A world on nodes that answer already.
    pub fn on(apps: &'a [App]) -> Self {
        Self {
            apps,
            people: HashMap::new(),
            uris: HashMap::new(),
        }
    }

    /// Makes everything and waits until all of it has arrived everywhere it goes.
    ///
    /// # Errors
    /// `Unavailable` naming what did not arrive in time.
    pub async fn create(mut self) -> Result<()> {
        self.settle().await?;
        for plan in COMMUNITIES {
            self.found(plan).await?;
        }
        for plan in COMMUNITIES {
            for (node, name) in plan.members {
                self.join(plan, node, name).await?;
            }
        }
        for plan in POSTS {
            self.publish(plan).await?;
        }
        self.arrive().await
    }

    fn app(&self, node: &str) -> Result<&'a App> {
        let at = NODES.iter().position(|plan| plan.name == node);
        at.and_then(|at| self.apps.get(at))
            .ok_or_else(|| Error::internal(format!("no node {node}")))
    }

    fn person(&self, node: &str, name: &str) -> Result<AccountId> {
        let found = self
            .people
            .iter()
            .find(|((at, who), _)| *at == node && *who == name);
        found
            .map(|(_, id)| *id)
            .ok_or_else(|| Error::internal(format!("nobody is called {name} on {node}")))
    }

    /// People and peers.
    async fn settle(&mut self) -> Result<()> {
        for node in NODES {
            let app = self.app(node.name)?;
            for (peer, relation) in node.peers {
                let (domain, wish) = (self.app(peer)?.config.authority(), member(*relation));
                app.db
                    .write(move |tx| set_peer(tx, None, &domain, &wish).map(drop))
                    .await?;
            }
            for person in node.people {
                let id = move_in(app, node, person).await?;
                self.people.insert((node.name, person.name), id);
            }
        }
        Ok(())
    }

    async fn found(&self, plan: &CommunityPlan) -> Result<()> {
        let app = self.app(plan.node)?;
        let ids = |names: &[&str]| -> Result<Vec<AccountId>> {
            names
                .iter()
                .map(|name| self.person(plan.node, name))
                .collect()
        };
        let (stewards, sponsors) = (ids(plan.stewards)?, ids(plan.sponsors)?);
        let (name, unit, baseline, target, days) = plan.goal;
        let goal = NewGoal {
            name: name.to_owned(),
            unit: unit.to_owned(),
            baseline,
            target,
            due: (app.db.now() + TimeDelta::days(days)).date(),
            direction: None,
        };
        let proposal = Proposal {
            name: plan.name.to_owned(),
            title: plan.title.to_owned(),
            purpose: plan.purpose.to_owned(),
            boundary: plan.boundary,
            visibility: Listing::Listed,
            join_policy: plan.join_policy,
            posting_policy: PostingPolicy::Members,
            goals: vec![goal],
            stewards,
            key: ActorKey::generate()?,
        };
        app.db
            .write(move |tx| {
                let id = charter::propose(tx, None, proposal)?;
                charter::open(tx, None, id)?;
                for sponsor in sponsors {
                    charter::appoint(tx, id, sponsor, CommunityRole::Sponsor)?;
                }
                Ok(())
            })
            .await
    }

    /// The id that a node gives to a community, which it looks up elsewhere if need be.
    async fn community(&self, app: &App, plan: &CommunityPlan) -> Result<AccountId> {
        let handle = format!("{}@{}", plan.name, self.app(plan.node)?.config.authority());
        let found = app.resolve_handle(&handle).await?;
        found.ok_or_else(|| {
            Error::Unavailable(format!(
                "!{handle} cannot be found from {}",
                app.config.authority()
            ))
        })
    }

    async fn join(&self, plan: &CommunityPlan, node: &str, name: &str) -> Result<()> {
        let app = self.app(node)?;
        let (community, account) = (self.community(app, plan).await?, self.person(node, name)?);
        let request = Request {
            community,
            account,
            message: String::new(),
            uri: None,
            reader: false,
        };
        let state = app.db.write(move |tx| join(tx, &request)).await?;
        if state == MembershipState::Requested && plan.node == node {
            return self.admit(plan, account).await;
        }
        let what = format!("{name} of {node} becoming a member of {}", plan.name);
        until(app, &what, move |conn| {
            Ok(communities::is_member(conn, community, account)?.then_some(()))
        })
        .await
    }

    /// A steward admits somebody of the same node who asked.
    async fn admit(&self, plan: &CommunityPlan, account: AccountId) -> Result<()> {
        let app = self.app(plan.node)?;
        let steward = plan.stewards.first().copied().unwrap_or_default();
        let (community, by) = (
            self.community(app, plan).await?,
            self.person(plan.node, steward)?,
        );
        app.db
            .write(move |tx| decide(tx, by, community, account, true, "").map(drop))
            .await
    }

    async fn publish(&mut self, plan: &'static PostPlan) -> Result<()> {
        let (node, name) = plan.author;
        let (app, author) = (self.app(node)?, self.person(node, name)?);
        let parent = match plan.parent {
            Some(key) => Some(self.here(app, key).await?),
            None => None,
        };
        let community = match plan.community {
            Some(wanted) => Some(self.community(app, community(wanted)?).await?),
            None => None,
        };
        let new = NewPost {
            source: plan.text.to_owned(),
            title: (!plan.title.is_empty()).then(|| plan.title.to_owned()),
            language: Some(plan.language.to_owned()),
            community,
            kind: plan.kind,
            fields: plan
                .fields
                .iter()
                .map(|(key, text)| ((*key).to_owned(), (*text).to_owned()))
                .collect(),
            parent,
            ..NewPost::default()
        };
        let uri = app
            .db
            .write(move |tx| match create_post(tx, author, new)? {
                Outcome::Posted(post) => Ok(post.uri),
                Outcome::Commanded { .. } => Err(Error::internal("a sample post is a command")),
            })
            .await?;
        self.uris.insert(plan.key, uri);
        self.react(plan).await
    }

    /// What others do with a post once it has reached them.
    async fn react(&self, plan: &PostPlan) -> Result<()> {
        if let Some((node, name, why)) = plan.accepted_by {
            let (app, by) = (self.app(node)?, self.person(node, name)?);
            let answer = self.here(app, plan.key).await?;
            app.db
                .write(move |tx| accept_answer(tx, by, answer, why, None).map(drop))
                .await?;
        }
        for (node, name) in plan.favourites {
            let (app, by) = (self.app(node)?, self.person(node, name)?);
            let post = self.here(app, plan.key).await?;
            app.db
                .write(move |tx| react::mark(tx, by, post, Reaction::Favourite, None).map(drop))
                .await?;
        }
        Ok(())
    }

    /// The id that a node gives to a post, once it is there.
    async fn here(&self, app: &App, key: &str) -> Result<PostId> {
        let uri = self
            .uris
            .get(key)
            .cloned()
            .ok_or_else(|| Error::internal(format!("no post {key} yet")))?;
        let what = format!("the post `{key}` reaching {}", app.config.authority());
        until(app, &what, move |conn| {
            Ok(posts::find_by_uri(conn, &uri)?.map(|post| post.id))
        })
        .await
    }

    /// Waits until every post of a public community is on every node whose people are in it, and the acceptance too.
    async fn arrive(&self) -> Result<()> {
        for plan in POSTS {
            let root = plan.parent.map_or(plan, |key| {
                POSTS.iter().find(|post| post.key == key).unwrap_or(plan)
            });
            let Some(place) = root.community.map(community).transpose()? else {
                continue;
            };
            if place.boundary != Boundary::Public {
                continue;
            }
            let guests = place.members.iter().map(|(node, _)| *node);
            for node in guests.chain([place.node]) {
                self.here(self.app(node)?, plan.key).await?;
                if plan.accepted_by.is_some() {
                    self.accepted(self.app(node)?, root.key).await?;
                }
            }
        }
        Ok(())
    }

    async fn accepted(&self, app: &App, key: &str) -> Result<()> {
        let question = self.here(app, key).await?;
        let what = format!(
            "the acceptance in `{key}` reaching {}",
            app.config.authority()
        );
        until(app, &what, move |conn| {
            let state = posts::get(conn, question)?.question_state;
            Ok((state == Some(QuestionState::Accepted)).then_some(()))
        })
        .await
    }
}

fn community(name: &str) -> Result<&'static CommunityPlan> {
    let found = COMMUNITIES.iter().find(|plan| plan.name == name);
    found.ok_or_else(|| Error::internal(format!("no community {name}")))
}

fn member(relation: Relation) -> Wish {
    Wish {
        mode: PeerMode::Member,
        relation: Some(relation),
        expires_at: None,
        boundary_max: None,
        addresses: Vec::new(),
    }
}

async fn move_in(app: &App, node: &NodePlan, person: &Person) -> Result<AccountId> {
    let hash = hash_password(&password(person.name)).await?;
    let newcomer = Newcomer {
        display_name: person.display_name.to_owned(),
        role: person.role,
        locale: person.locale.to_owned(),
        unit: person.unit.to_owned(),
        level: Some(person.level),
        ..Newcomer::new(person.name, &email(person, node), Some(hash))?
    };
    let (base_url, profile) = (app.config.base_url(), person.note.to_owned());
    app.db
        .write(move |tx| {
            let account = register(tx, &base_url, &newcomer)?;
            let changes = ProfileChanges {
                note: Some(profile),
                ..ProfileChanges::default()
            };
            update_profile(tx, account.id, changes)?;
            Ok(account.id)
        })
        .await
}

/// Looks again and again until something is found.
async fn until<T, F>(app: &App, what: &str, look: F) -> Result<T>
where
    T: Send + 'static,
    F: Fn(&mut Conn) -> Result<Option<T>> + Clone + Send + 'static,
{
    let limit = Instant::now() + TRAVEL;
    loop {
        if let Some(found) = app.db.read(look.clone()).await? {
            return Ok(found);
        }
        if app.stopping.is_cancelled() {
            return Err(Error::Unavailable(format!(
                "stopped while waiting for {what}"
            )));
        }
        if Instant::now() > limit {
            let seconds = TRAVEL.as_secs();
            return Err(Error::Unavailable(format!(
                "waited {seconds} s in vain for {what}: look at the log"
            )));
        }
        tokio::time::sleep(LOOK).await;
    }
}
