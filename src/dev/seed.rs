//! Fills an empty node with plausible data for measuring. The same numbers and seed give the same people, communities,
//! follows and texts; only ids and times follow the day on which it is done.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use futures::future::try_join_all;
use rand::rngs::StdRng;
use rand::seq::{IteratorRandom, SliceRandom};
use rand::{Rng, SeedableRng};

use super::words::{self, Made};
use crate::actions::accept_answer::accept_answer;
use crate::actions::charter::{self, NewGoal, Proposal};
use crate::actions::create_post::{NewPost, Outcome, create_post};
use crate::actions::react;
use crate::actions::register::{Newcomer, register};
use crate::error::{Error, Result};
use crate::model::ids::{AccountId, PostId};
use crate::model::time::Time;
use crate::model::words::{
    Boundary, CommunityRole, FollowState, JoinPolicy, Kind, Listing, MembershipState,
    PostingPolicy, Reaction, Role,
};
use crate::secrets::ActorKey;
use crate::store::communities::{self, Membership};
use crate::store::db::{Db, Tx};
use crate::store::follows::{self, Follow};
use crate::store::{hold, home};

/// Write units given to the database at once.
const AT_ONCE: usize = 256;
/// Threads that replies are still written to.
const RECENT: usize = 400;
/// How much of what.
#[derive(Debug, Clone, Copy)]
pub struct Amount {
    /// People, at least 2.
    pub people: usize,
    /// Communities.
    pub communities: usize,
    /// Posts, replies included.
    pub posts: usize,
    /// People that each person follows.
    pub follows: usize,
    /// Chooses the texts.
    pub seed: u64,
}

/// What is there afterwards.
#[derive(Debug, Clone)]
pub struct Seeded {
    /// The first person, whom the token is made for.
    pub account: String,
}

struct Person {
    id: AccountId,
    name: String,
}

struct Community {
    id: AccountId,
    members: Vec<usize>,
}

/// A thread that can be replied to.
#[derive(Clone, Copy)]
struct Thread {
    post: PostId,
    author: usize,
    community: Option<usize>,
    question: bool,
    accepted: bool,
}

/// Fills the node; `progress` is told of each step done, of [`steps`] in all.
///
/// # Errors
/// What the database says.
pub async fn seed(db: &Db, amount: Amount, progress: impl Fn(usize)) -> Result<Seeded> {
    let mut random = StdRng::seed_from_u64(amount.seed);
    let people = people(db, amount, &mut random).await?;
    progress(people.len());
    let communities = found(db, amount, &people, &mut random).await?;
    progress(communities.len());
    Posting {
        db,
        people: &people,
        communities: &communities,
        threads: Vec::new(),
    }
    .run(amount.posts, &mut random, &progress)
    .await?;
    follow(db, amount, &people, &communities, &mut random, &progress).await?;
    let account = people
        .first()
        .map(|person| person.name.clone())
        .unwrap_or_default();
    Ok(Seeded { account })
}

/// Steps that [`seed`] tells of.
pub fn steps(amount: Amount) -> usize {
    amount.people * 2 + amount.communities + amount.posts
}

async fn people(db: &Db, amount: Amount, random: &mut StdRng) -> Result<Vec<Person>> {
    let mut newcomers = Vec::new();
    for number in 0..amount.people {
        let (name, display_name, unit) = words::person(random, number);
        let email = format!("{name}@people.example");
        newcomers.push(Newcomer {
            display_name,
            unit: unit.to_owned(),
            level: Some(random.gen_range(1..=4)),
            role: if number == 0 {
                Role::Admin
            } else {
                Role::Member
            },
            ..Newcomer::new(&name, &email, None)?
        });
    }
    let base_url = db.node().base_url.clone();
    let mut people = Vec::new();
    for chunk in newcomers.chunks(AT_ONCE) {
        let (chunk, base_url) = (chunk.to_vec(), base_url.clone());
        let made = db.write(move |tx| {
            chunk
                .iter()
                .map(|newcomer| register(tx, &base_url, newcomer))
                .collect::<Result<Vec<_>>>()
        });
        people.extend(made.await?.into_iter().map(|account| Person {
            id: account.id,
            name: account.name,
        }));
    }
    Ok(people)
}

async fn found(
    db: &Db,
    amount: Amount,
    people: &[Person],
    random: &mut StdRng,
) -> Result<Vec<Community>> {
    let mut communities = Vec::new();
    for number in 0..amount.communities {
        let (name, title, purpose) = words::TOPICS
            .get(number % words::TOPICS.len())
            .copied()
            .unwrap_or(("topic", "Topic", "Learn."));
        let round = number / words::TOPICS.len();
        let (name, title) = match round {
            0 => (name.to_owned(), title.to_owned()),
            n => (format!("{name}_{n}"), format!("{title} {}", n + 1)),
        };
        // Each person is in about three communities.
        let size = (people.len() * 3 / amount.communities.max(1)).clamp(2, people.len());
        let members = (0..people.len()).choose_multiple(random, size);
        let ids: Vec<AccountId> = members
            .iter()
            .filter_map(|member| Some(people.get(*member)?.id))
            .collect();
        let proposal = proposal(name, title, purpose, &ids, db.now())?;
        let id = db.write(move |tx| establish(tx, proposal, &ids)).await?;
        communities.push(Community { id, members });
    }
    Ok(communities)
}

fn proposal(
    name: String,
    title: String,
    purpose: &str,
    ids: &[AccountId],
    now: Time,
) -> Result<Proposal> {
    let goal = NewGoal {
        name: "Unplanned stops".to_owned(),
        unit: "per month".to_owned(),
        baseline: 14.0,
        target: 7.0,
        due: (now + TimeDelta::days(365)).date(),
        direction: None,
    };
    Ok(Proposal {
        name,
        title,
        purpose: purpose.to_owned(),
        boundary: Boundary::Public,
        visibility: Listing::Listed,
        join_policy: JoinPolicy::Open,
        posting_policy: PostingPolicy::Members,
        goals: vec![goal],
        stewards: ids.iter().take(charter::STEWARDS).copied().collect(),
        key: ActorKey::generate()?,
    })
}

/// Founds and opens a community. Its members follow it later, all at once, so that posts do not fan out one by one.
fn establish(tx: &mut Tx<'_>, proposal: Proposal, members: &[AccountId]) -> Result<AccountId> {
    let id = charter::propose(tx, None, proposal)?;
    charter::open(tx, None, id)?;
    let now = tx.now();
    for member in members.iter().skip(charter::STEWARDS) {
        let row = Membership {
            id: tx.new_id(),
            community_id: id,
            account_id: *member,
            role: CommunityRole::Member,
            state: MembershipState::Active,
            message: String::new(),
            reason: String::new(),
            decided_by: None,
            created_at: now,
            updated_at: now,
        };
        communities::put_membership(tx, &row)?;
    }
    Ok(id)
}

/// One post to be written.
struct Plan {
    author: usize,
    community: Option<usize>,
    parent: Option<Thread>,
    new: NewPost,
    /// Who likes it.
    favourite: Option<usize>,
    /// Whether the asker accepts it.
    accepted: bool,
}

struct Posting<'a> {
    db: &'a Db,
    people: &'a [Person],
    communities: &'a [Community],
    threads: Vec<Thread>,
}

impl Posting<'_> {
    async fn run(
        mut self,
        posts: usize,
        random: &mut StdRng,
        progress: &impl Fn(usize),
    ) -> Result<()> {
        let mut done = 0;
        while done < posts {
            let wanted = AT_ONCE.min(posts - done);
            let plans: Vec<Plan> = (0..wanted).map(|_| self.plan(random)).collect();
            let written = plans.iter().map(|plan| self.write(plan));
            let ids = try_join_all(written).await?;
            for (plan, post) in plans.iter().zip(ids) {
                self.remember(plan, post);
            }
            done += wanted;
            progress(wanted);
        }
        Ok(())
    }

    fn plan(&self, random: &mut StdRng) -> Plan {
        let recent = self.threads.iter().rev().take(RECENT);
        if let Some(thread) = recent.choose(random).filter(|_| random.gen_bool(0.45)) {
            return self.reply(*thread, random);
        }
        let community = random
            .gen_bool(0.75)
            .then(|| (0..self.communities.len()).choose(random))
            .flatten();
        let author = self.somebody(community, random);
        let kind = match random.gen_range(0..100) {
            0..30 => Kind::Question,
            30..42 => Kind::Knowledge,
            42..50 => Kind::Lesson,
            50..55 => Kind::Story,
            _ => Kind::Discussion,
        };
        let made = words::post(random, kind == Kind::Question);
        let fields = fields(kind, &made, random);
        let new = NewPost {
            source: made.text,
            title: (kind != Kind::Discussion).then_some(made.title),
            language: Some(made.language.to_owned()),
            community: community.and_then(|at| Some(self.communities.get(at)?.id)),
            kind: Some(kind),
            fields,
            ..NewPost::default()
        };
        Plan {
            author,
            community,
            parent: None,
            new,
            favourite: self.fan(random),
            accepted: false,
        }
    }

    fn reply(&self, thread: Thread, random: &mut StdRng) -> Plan {
        let made = words::reply(random, thread.question);
        let new = NewPost {
            source: made.text,
            language: Some(made.language.to_owned()),
            parent: Some(thread.post),
            ..NewPost::default()
        };
        Plan {
            author: self.somebody(thread.community, random),
            community: thread.community,
            parent: Some(thread),
            new,
            favourite: self.fan(random),
            accepted: thread.question && !thread.accepted && random.gen_bool(0.3),
        }
    }

    fn somebody(&self, community: Option<usize>, random: &mut StdRng) -> usize {
        let members = community
            .and_then(|at| self.communities.get(at))
            .map(|found| found.members.as_slice());
        members
            .and_then(|members| members.choose(random).copied())
            .unwrap_or_else(|| random.gen_range(0..self.people.len()))
    }

    fn fan(&self, random: &mut StdRng) -> Option<usize> {
        random
            .gen_bool(0.2)
            .then(|| random.gen_range(0..self.people.len()))
    }

    fn id(&self, person: usize) -> Result<AccountId> {
        self.people
            .get(person)
            .map(|found| found.id)
            .ok_or(Error::NotFound)
    }

    async fn write(&self, plan: &Plan) -> Result<PostId> {
        let (author, new) = (self.id(plan.author)?, plan.new.clone());
        let fan = plan.favourite.map(|fan| self.id(fan)).transpose()?;
        let asker = match plan.parent {
            Some(thread) if plan.accepted => Some(self.id(thread.author)?),
            _ => None,
        };
        // Several are written beside each other: all whom one concerns are held before it begins.
        let community = plan
            .community
            .and_then(|at| Some(self.communities.get(at)?.id));
        let concerned: Vec<AccountId> = [Some(author), fan, asker, community]
            .into_iter()
            .flatten()
            .collect();
        self.db
            .write(move |tx| {
                hold::accounts(tx, &concerned)?;
                let post = match create_post(tx, author, new)? {
                    Outcome::Posted(post) => post.id,
                    Outcome::Commanded { about, .. } => about,
                };
                if let Some(fan) = fan {
                    react::mark(tx, fan, post, Reaction::Favourite, None)?;
                }
                if let Some(asker) = asker.filter(|asker| *asker != author) {
                    // A question that three answers were accepted for in the same moment takes no fourth.
                    match accept_answer(tx, asker, post, "", None) {
                        Ok(_) | Err(Error::Forbidden(_)) => {}
                        Err(error) => return Err(error),
                    }
                }
                Ok(post)
            })
            .await
    }

    fn remember(&mut self, plan: &Plan, post: PostId) {
        match plan.parent {
            Some(parent) => {
                let known = self
                    .threads
                    .iter_mut()
                    .rev()
                    .find(|thread| thread.post == parent.post);
                if let Some(thread) = known.filter(|_| plan.accepted) {
                    thread.accepted = true;
                }
            }
            None => self.threads.push(Thread {
                post,
                author: plan.author,
                community: plan.community,
                question: plan.new.kind == Some(Kind::Question),
                accepted: false,
            }),
        }
    }
}

fn fields(kind: Kind, made: &Made, random: &mut StdRng) -> BTreeMap<String, String> {
    let names: &[&str] = match kind {
        Kind::Lesson => &["context", "what_happened", "learned", "next_time"],
        Kind::Story => &["situation", "action"],
        _ => &[],
    };
    names
        .iter()
        .map(|name| ((*name).to_owned(), words::field(random, made)))
        .collect()
}

/// Everybody follows some people and their communities; then the home feeds are built at once.
async fn follow(
    db: &Db,
    amount: Amount,
    people: &[Person],
    communities: &[Community],
    random: &mut StdRng,
    progress: &impl Fn(usize),
) -> Result<()> {
    for (number, person) in people.iter().enumerate() {
        let others = (0..people.len()).filter(|other| *other != number);
        let mut targets: Vec<AccountId> = others
            .choose_multiple(random, amount.follows)
            .into_iter()
            .filter_map(|other| Some(people.get(other)?.id))
            .collect();
        targets.extend(
            communities
                .iter()
                .filter(|found| found.members.contains(&number))
                .map(|found| found.id),
        );
        let reader = person.id;
        db.write(move |tx| {
            for target in targets {
                put_follow(tx, reader, target)?;
            }
            home::rebuild(tx, reader)
        })
        .await?;
        progress(1);
    }
    Ok(())
}

fn put_follow(tx: &mut Tx<'_>, follower: AccountId, target: AccountId) -> Result<()> {
    if follows::find(tx, follower, target)?.is_some() {
        return Ok(());
    }
    let id = tx.new_id();
    let row = Follow {
        id,
        follower_id: follower,
        target_id: target,
        state: FollowState::Accepted,
        uri: tx.node().activity_uri(id),
        show_boosts: true,
        notify: false,
        created_at: tx.now(),
    };
    follows::put(tx, &row)
}
