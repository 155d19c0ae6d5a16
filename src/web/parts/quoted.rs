//! What a post quotes, as it is shown below its text: as much as its reader may read, and never more.

use std::collections::HashMap;

use super::person::Person;
use super::scene::Scene;
use crate::error::Result;
use crate::model::ids::{AccountId, PostId};
use crate::model::text::html::to_text;
use crate::model::text::teaser;
use crate::model::time::rfc3339;
use crate::model::words::QuoteState;
use crate::store::conn::Conn;
use crate::store::posts::{self, Post};
use crate::store::quotes::{self, Quote};
use crate::store::{accounts, domain_blocks, follows};

/// What is shown of a quoted text, in characters.
const TEASER: usize = 420;

/// What a post quotes. Where there is neither of both it is gone, taken back or not for this reader.
#[derive(Debug, Clone, Default)]
pub(crate) struct Quoted {
    /// A post that the reader may read.
    pub(crate) shown: Option<Shown>,
    /// Nobody has agreed yet: the path of a link and no more.
    pub(crate) asked: Option<String>,
}

/// A quoted post.
#[derive(Debug, Clone)]
pub(crate) struct Shown {
    pub(crate) path: String,
    pub(crate) author: Person,
    pub(crate) title: String,
    pub(crate) warning: String,
    pub(crate) text: String,
    pub(crate) lang: Option<String>,
    pub(crate) time: String,
    pub(crate) time_words: String,
}

/// What several posts quote, by the post that quotes. Quotes of other nodes that nobody agreed to are links in the text.
pub(super) fn of_posts(
    conn: &mut Conn,
    scene: &Scene,
    all: &[&Post],
) -> Result<HashMap<PostId, Quoted>> {
    let ids: Vec<PostId> = all.iter().map(|post| post.id).collect();
    let rows = quotes::list_of_posts(conn, &ids)?;
    if rows.is_empty() {
        return Ok(HashMap::new());
    }
    let wanted: Vec<PostId> = rows.iter().filter_map(|row| row.quoted_id).collect();
    let visible = posts::list_visible(conn, &scene.viewer, &wanted)?;
    let authors: Vec<AccountId> = visible.iter().map(|post| post.author_id).collect();
    let people = accounts::map(conn, &authors)?;
    let shunned: Vec<AccountId> = match scene.viewer.account() {
        Some(me) => follows::blocks_between(conn, me, &authors)?
            .iter()
            .flat_map(|block| [block.account_id, block.target_id])
            .filter(|id| *id != me)
            .chain(domain_blocks::blocked_among(conn, me, &authors)?)
            .collect(),
        None => Vec::new(),
    };
    let local = |id: PostId| all.iter().any(|post| post.id == id && post.local);
    let one = |row: &Quote| {
        let post = visible
            .iter()
            .find(|post| Some(post.id) == row.quoted_id)
            .filter(|post| !shunned.contains(&post.author_id));
        match (row.state, post) {
            (QuoteState::Accepted, Some(post)) => {
                let author = Person::of(people.get(&post.author_id)?, &scene.authority);
                Some(Quoted {
                    shown: Some(shown(scene, post, author)),
                    asked: None,
                })
            }
            (QuoteState::Pending, _) if !local(row.post_id) => None,
            (QuoteState::Pending, Some(post)) => Some(Quoted {
                shown: None,
                asked: Some(format!("/posts/{}", post.id)),
            }),
            _ => Some(Quoted::default()),
        }
    };
    Ok(rows
        .iter()
        .filter_map(|row| Some((row.post_id, one(row)?)))
        .collect())
}

fn shown(scene: &Scene, post: &Post, author: Person) -> Shown {
    let hidden = !post.spoiler.is_empty();
    Shown {
        path: format!("/posts/{}", post.id),
        author,
        title: post.title.clone(),
        warning: post.spoiler.clone(),
        text: if hidden {
            String::new()
        } else {
            teaser(&to_text(&post.html), TEASER)
        },
        lang: post.language.clone(),
        time: rfc3339(post.created_at),
        time_words: scene.moment(post.created_at),
    }
}
