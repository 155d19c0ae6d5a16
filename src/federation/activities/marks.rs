//! Likes from elsewhere: each person counts once.

use super::{Activity, Desk, Outcome, belongs, relay_mark};
use crate::actions::react;
use crate::error::{Error, Result};
use crate::model::words::Reaction;
use crate::store::db::Tx;
use crate::store::marks;
use crate::store::posts::{self, Post};

/// The post that an activity is about.
pub(super) fn post_at(tx: &mut Tx<'_>, activity: &Activity, uri: &str) -> Result<Post> {
    let post = posts::find_by_uri(tx, uri)?.ok_or(Error::NotFound)?;
    if post.deleted_at.is_some() {
        return Err(Error::Gone);
    }
    belongs(activity, &post)?;
    Ok(post)
}

/// A Like, in whatever form.
pub(super) async fn liked(desk: Desk<'_>, activity: Activity) -> Outcome {
    let uri = activity.object_id().unwrap_or_default().to_owned();
    desk.write(move |tx| {
        let post = post_at(tx, &activity, &uri)?;
        let by = activity.actor.id;
        let there = marks::of_account(tx, by, &[post.id])?;
        if there.contains(&(post.id, Reaction::Favourite)) {
            return Ok("liked already");
        }
        let post = react::mark(
            tx,
            by,
            post.id,
            Reaction::Favourite,
            Some(activity.id.clone()),
        )?;
        relay_mark(tx, &activity, &post)?;
        Ok("liked")
    })
    .await
}

/// A Like is taken back, found by its own address or by what it is about.
pub(super) fn unliked(
    tx: &mut Tx<'_>,
    activity: &Activity,
    like: Option<&str>,
    post: Option<&str>,
) -> Result<&'static str> {
    let by = activity.actor.id;
    let known = match like {
        Some(like) => marks::find_post_by_uri(tx, by, like)?,
        None => None,
    };
    let post = match (known, post) {
        (Some(id), _) => posts::get(tx, id)?,
        (None, Some(uri)) => post_at(tx, activity, uri)?,
        (None, None) => return Err(Error::NotFound),
    };
    belongs(activity, &post)?;
    let there = marks::of_account(tx, by, &[post.id])?;
    if !there.contains(&(post.id, Reaction::Favourite)) {
        return Ok("not liked");
    }
    let post = react::unmark(tx, by, post.id, Reaction::Favourite)?;
    relay_mark(tx, activity, &post)?;
    Ok("like taken back")
}
