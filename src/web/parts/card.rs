//! Posts as they are shown: in lists, in threads, in search.

use std::collections::{HashMap, HashSet};

use super::person::Person;
use super::quoted::{self, Quoted};
use super::scene::Scene;
use super::title;
use crate::error::Result;
use crate::media::remote::{self, Part};
use crate::model::ids::{AccountId, PostId};
use crate::model::post::{Fields, fields_below, fields_of};
use crate::model::text::html::to_text;
use crate::model::text::teaser;
use crate::model::time::rfc3339;
use crate::model::words::{Kind, MediaKind, QuestionState, Reaction, Visibility};
use crate::store::accounts::{self, Account};
use crate::store::conn::Conn;
use crate::store::marks::{self, Poll, PollOption};
use crate::store::media::{self, Media};
use crate::store::posts::{self, Post};
use crate::store::timelines::Entry;

/// Longest text that is shown whole in a list, in characters.
const WHOLE: usize = 900;
/// What is shown of longer ones.
const TEASER: usize = 420;

/// A picture or file of a post.
#[derive(Debug, Clone)]
pub(crate) struct Attachment {
    /// Address of the thumbnail, for pictures.
    pub(crate) preview: Option<String>,
    /// Address of the file.
    pub(crate) address: String,
    /// Alt text; empty where the author wrote none.
    pub(crate) alt: String,
    /// Pixels of the thumbnail.
    pub(crate) size: Option<(i32, i32)>,
    /// What plays it, `video` or `audio`; empty for anything else, and for what lies elsewhere.
    pub(crate) player: &'static str,
}

/// A poll.
#[derive(Debug, Clone)]
pub(crate) struct PollView {
    /// Its choices.
    pub(crate) lines: Vec<PollLine>,
    /// Whether the reader may vote now.
    pub(crate) open: bool,
    /// Whether several choices are allowed.
    pub(crate) multiple: bool,
    /// When it ends or ended, in words.
    pub(crate) until: String,
}

/// A choice of a poll.
#[derive(Debug, Clone)]
pub(crate) struct PollLine {
    /// Its number, from 0.
    pub(crate) position: i32,
    /// Text.
    pub(crate) title: String,
    /// Votes, in words; empty while they are hidden.
    pub(crate) votes: String,
    /// Whether the reader voted for it.
    pub(crate) mine: bool,
}

/// A post as it is shown.
#[derive(Debug, Clone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one mark or button of the card"
)]
pub(crate) struct Card {
    pub(crate) id: PostId,
    pub(crate) uri: String,
    pub(crate) path: String,
    pub(crate) heading: String,
    pub(crate) titled: bool,
    pub(crate) author: Person,
    pub(crate) community: Option<Person>,
    pub(crate) via: Option<String>,
    pub(crate) kind: Kind,
    pub(crate) kind_label: String,
    pub(crate) boundary_label: String,
    pub(crate) state_label: Option<String>,
    pub(crate) solved: bool,
    pub(crate) accepted: bool,
    pub(crate) held: bool,
    pub(crate) lang: Option<String>,
    pub(crate) spoiler: String,
    pub(crate) html: String,
    pub(crate) teaser: Option<String>,
    pub(crate) fields: Vec<(String, String)>,
    pub(crate) attachments: Vec<Attachment>,
    pub(crate) poll: Option<PollView>,
    pub(crate) quoted: Option<Quoted>,
    pub(crate) time: String,
    pub(crate) time_words: String,
    pub(crate) edited: bool,
    pub(crate) mine: bool,
    pub(crate) favourited: bool,
    pub(crate) boosted: bool,
    pub(crate) boostable: bool,
    pub(crate) favourites: i32,
    pub(crate) boosts: i32,
    pub(crate) replies: i32,
}

/// What is loaded for several posts at once.
struct Loaded {
    accounts: HashMap<AccountId, Account>,
    media: HashMap<PostId, Vec<Media>>,
    polls: HashMap<PostId, (Poll, Vec<PollOption>)>,
    marks: HashSet<(PostId, Reaction)>,
    boosted: HashSet<PostId>,
    votes: Vec<(PostId, i32)>,
    accepted: HashSet<PostId>,
    quoted: HashMap<PostId, Quoted>,
}

fn load(conn: &mut Conn, scene: &Scene, all: &[(Post, Option<AccountId>)]) -> Result<Loaded> {
    let ids: Vec<PostId> = all.iter().map(|(post, _)| post.id).collect();
    let mut people: Vec<AccountId> = all
        .iter()
        .flat_map(|(post, via)| [Some(post.author_id), post.community_id, *via])
        .flatten()
        .collect();
    people.sort_unstable();
    people.dedup();
    let mut media: HashMap<PostId, Vec<Media>> = HashMap::new();
    for row in media::list_by_posts(conn, &ids)? {
        if let Some(post) = row.post_id {
            media.entry(post).or_default().push(row);
        }
    }
    let (marks, boosted, votes) = match scene.viewer.account() {
        Some(me) => (
            marks::of_account(conn, me, &ids)?,
            marks::boosted_by(conn, me, &ids)?,
            marks::votes_of(conn, me, &ids)?,
        ),
        None => (Vec::new(), Vec::new(), Vec::new()),
    };
    Ok(Loaded {
        accounts: accounts::map(conn, &people)?,
        media,
        polls: marks::list_polls(conn, &ids)?
            .into_iter()
            .map(|(poll, options)| (poll.post_id, (poll, options)))
            .collect(),
        marks: marks.into_iter().collect(),
        boosted: boosted.into_iter().collect(),
        votes,
        accepted: posts::list_accepted(conn, &ids)?.into_iter().collect(),
        quoted: {
            let posts: Vec<&Post> = all.iter().map(|(post, _)| post).collect();
            quoted::of_posts(conn, scene, &posts)?
        },
    })
}

/// Leaves out what every post of a page shares: the community.
pub(crate) fn without_community(mut cards: Vec<Card>) -> Vec<Card> {
    for card in &mut cards {
        card.community = None;
    }
    cards
}

/// Posts as they are shown, in the order given. `whole` shows long texts in full.
pub(crate) fn of_posts(
    conn: &mut Conn,
    scene: &Scene,
    posts: Vec<Post>,
    whole: bool,
) -> Result<Vec<Card>> {
    let all: Vec<(Post, Option<AccountId>)> = posts.into_iter().map(|post| (post, None)).collect();
    cards(conn, scene, &all, whole)
}

/// Entries of a timeline as they are shown.
pub(crate) fn of_entries(conn: &mut Conn, scene: &Scene, entries: &[Entry]) -> Result<Vec<Card>> {
    let ids: Vec<PostId> = entries.iter().map(|entry| entry.post).collect();
    let mut found: HashMap<PostId, Post> = posts::list_visible(conn, &scene.viewer, &ids)?
        .into_iter()
        .map(|post| (post.id, post))
        .collect();
    let all: Vec<(Post, Option<AccountId>)> = entries
        .iter()
        .filter_map(|entry| found.remove(&entry.post).map(|post| (post, entry.via)))
        .collect();
    cards(conn, scene, &all, false)
}

fn cards(
    conn: &mut Conn,
    scene: &Scene,
    all: &[(Post, Option<AccountId>)],
    whole: bool,
) -> Result<Vec<Card>> {
    let loaded = load(conn, scene, all)?;
    Ok(all
        .iter()
        .filter_map(|(post, via)| card(scene, &loaded, post, *via, whole))
        .collect())
}

#[expect(clippy::too_many_lines, reason = "one card, filled field by field")]
fn card(
    scene: &Scene,
    loaded: &Loaded,
    post: &Post,
    via: Option<AccountId>,
    whole: bool,
) -> Option<Card> {
    let author = Person::of(loaded.accounts.get(&post.author_id)?, &scene.authority);
    let community = post.community_id.and_then(|id| loaded.accounts.get(&id));
    let name = community.map(|community| community.name.as_str());
    let html = title::body_below(&post.title, name, &post.html);
    let text = to_text(&html);
    let kind_label = scene.t(kind_message(post.kind));
    let heading = if post.title.is_empty() {
        scene.with("post-by", &[("kind", &kind_label), ("name", &author.name)])
    } else {
        post.title.clone()
    };
    let shortened = !whole && text.chars().count() > WHOLE;
    let me = scene.viewer.account();
    let via = via
        .filter(|id| Some(*id) != post.community_id && *id != post.author_id)
        .and_then(|id| loaded.accounts.get(&id))
        .map(|account| scene.with("post-boosted-by", &[("name", account.shown_name())]));
    Some(Card {
        id: post.id,
        uri: post.uri.clone(),
        path: format!("/posts/{}", post.id),
        heading,
        titled: !post.title.is_empty(),
        author,
        community: community.map(|account| Person::of(account, &scene.authority)),
        via,
        kind: post.kind,
        kind_label,
        boundary_label: boundary_label(scene, post),
        state_label: post
            .question_state
            .map(|state| scene.t(state_message(state))),
        solved: matches!(
            post.question_state,
            Some(QuestionState::Accepted | QuestionState::SelfAnswered)
        ),
        accepted: loaded.accepted.contains(&post.id),
        held: post.held,
        lang: post.language.clone(),
        spoiler: post.spoiler.clone(),
        html,
        teaser: shortened.then(|| teaser(&text, TEASER)),
        fields: if shortened {
            Vec::new()
        } else {
            field_lines(scene, post, &post.html, &post.fields)
        },
        attachments: loaded
            .media
            .get(&post.id)
            .map(|all| attachments(all))
            .unwrap_or_default(),
        poll: loaded
            .polls
            .get(&post.id)
            .map(|(poll, options)| poll_view(scene, &loaded.votes, post, poll, options)),
        quoted: loaded.quoted.get(&post.id).cloned(),
        time: rfc3339(post.created_at),
        time_words: scene.moment(post.created_at),
        edited: post.edited_at.is_some(),
        mine: me == Some(post.author_id),
        favourited: loaded.marks.contains(&(post.id, Reaction::Favourite)),
        boosted: loaded.boosted.contains(&post.id),
        boostable: matches!(post.visibility, Visibility::Public | Visibility::Unlisted)
            && !post.held,
        favourites: post.favourites_count,
        boosts: post.boosts_count,
        replies: post.replies_count,
    })
}

/// How far a post reaches, in words: its audience where that is narrower than its boundary.
fn boundary_label(scene: &Scene, post: &Post) -> String {
    use crate::model::words::Audience;
    scene.t(match post.audience {
        Audience::Public => boundary_message(crate::model::words::Boundary::Public),
        Audience::Node => "boundary-node",
        Audience::Followers => "audience-followers",
        Audience::Mentioned => "audience-mentioned",
        Audience::Members => "audience-members",
    })
}

/// The fields of a kind with their labels, in the order of the kind.
pub(crate) fn field_lines(
    scene: &Scene,
    post: &Post,
    html: &str,
    fields: &str,
) -> Vec<(String, String)> {
    let kept: Fields = serde_json::from_str(fields).unwrap_or_default();
    let kept = fields_below(post.local, html, kept);
    let (required, optional) = fields_of(post.kind);
    required
        .iter()
        .chain(optional)
        .filter_map(|name| {
            kept.get(*name)
                .map(|value| (scene.t(field_message(name)), value.clone()))
        })
        .collect()
}

fn attachments(all: &[Media]) -> Vec<Attachment> {
    all.iter()
        .filter_map(|row| {
            let ours = |file: &Option<String>| file.as_ref().map(|file| format!("/media/{file}"));
            let elsewhere = row
                .remote_url
                .clone()
                .filter(|url| remote::is_web_address(url));
            let picture = row.kind == MediaKind::Image;
            let fetched = |part| {
                let address = elsewhere.as_deref().filter(|_| picture)?;
                Some(remote::path(part, row.id, address))
            };
            let address = ours(&row.file)
                .or_else(|| fetched(Part::Original))
                .or_else(|| elsewhere.clone())?;
            let preview = ours(&row.preview)
                .or_else(|| ours(&row.file))
                .or_else(|| fetched(Part::Small))
                .filter(|_| picture);
            let size = row
                .preview_width
                .zip(row.preview_height)
                .or_else(|| row.width.zip(row.height));
            Some(Attachment {
                preview,
                address,
                alt: row.description.clone(),
                size,
                player: match row.kind {
                    MediaKind::Video if row.file.is_some() => "video",
                    MediaKind::Audio if row.file.is_some() => "audio",
                    _ => "",
                },
            })
        })
        .collect()
}

fn poll_view(
    scene: &Scene,
    votes: &[(PostId, i32)],
    post: &Post,
    poll: &Poll,
    options: &[PollOption],
) -> PollView {
    let ended = poll.closed || poll.expires_at.is_some_and(|end| end <= scene.now);
    let me = scene.viewer.account();
    let voted = votes.iter().any(|(id, _)| *id == post.id);
    let lines = options
        .iter()
        .map(|option| PollLine {
            position: option.position,
            title: option.title.clone(),
            votes: if poll.hide_totals && !ended {
                String::new()
            } else {
                crate::i18n::text(
                    scene.lang,
                    "poll-votes",
                    &[("count", option.votes_count.into())],
                )
            },
            mine: votes.contains(&(post.id, option.position)),
        })
        .collect();
    let until = poll.expires_at.map(|end| {
        let id = if ended { "poll-ended" } else { "poll-until" };
        scene.with(id, &[("time", &scene.moment(end))])
    });
    PollView {
        lines,
        open: me.is_some() && me != Some(post.author_id) && !voted && !ended && !post.held,
        multiple: poll.multiple,
        until: until.unwrap_or_default(),
    }
}

/// The message that names a kind.
pub(crate) fn kind_message(kind: Kind) -> &'static str {
    match kind {
        Kind::Discussion => "kind-discussion",
        Kind::Question => "kind-question",
        Kind::Answer => "kind-answer",
        Kind::Knowledge => "kind-knowledge",
        Kind::Lesson => "kind-lesson",
        Kind::Story => "kind-story",
        Kind::Resource => "kind-resource",
        Kind::Event => "kind-event",
        Kind::Path => "kind-path",
        Kind::Endorsement => "kind-endorsement",
    }
}

/// The message that names a boundary.
pub(crate) fn boundary_message(boundary: crate::model::words::Boundary) -> &'static str {
    use crate::model::words::Boundary;
    match boundary {
        Boundary::Node => "boundary-node",
        Boundary::Firm => "boundary-firm",
        Boundary::Partners => "boundary-partners",
        Boundary::Public => "boundary-public",
    }
}

fn state_message(state: QuestionState) -> &'static str {
    match state {
        QuestionState::Open => "question-open",
        QuestionState::Answered => "question-answered",
        QuestionState::Accepted => "question-accepted",
        QuestionState::SelfAnswered => "question-self-answered",
        QuestionState::Duplicate => "question-duplicate",
        QuestionState::Closed => "question-closed",
        QuestionState::Withdrawn => "question-withdrawn",
    }
}

/// The message that names a field of a kind.
pub(crate) fn field_message(name: &str) -> &'static str {
    match name {
        "context" => "field-context",
        "what_happened" => "field-what-happened",
        "learned" => "field-learned",
        "next_time" => "field-next-time",
        "surprise" => "field-surprise",
        "situation" => "field-situation",
        "action" => "field-action",
        "helpers" => "field-helpers",
        "url" => "field-url",
        "licence" => "field-licence",
        "minutes" => "field-minutes",
        "starts_at" => "field-starts-at",
        "ends_at" => "field-ends-at",
        "place" => "field-place",
        "capacity" => "field-capacity",
        "goal" => "field-goal",
        _ => "field-audience",
    }
}
