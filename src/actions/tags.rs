//! Following tags, and showing tags on one's profile.

use crate::error::{Error, Result};
use crate::model::ids::AccountId;
use crate::model::refusal::Refusal;
use crate::model::text::fold;
use crate::model::text::handles::tags as tags_in;
use crate::store::db::Tx;
use crate::store::home;
use crate::store::tags::{self, Featured};

/// Most tags that a person follows.
pub const FOLLOWED: usize = 200;
/// Most tags on a profile.
pub const FEATURED: usize = 10;

/// A tag as it is written in posts, with or without `#`; folded, and as it was written.
///
/// # Errors
/// `Invalid` for `name`.
pub fn check_tag(name: &str) -> Result<(String, String)> {
    let name = name.trim().trim_start_matches('#');
    if name.is_empty() {
        return Err(Error::invalid("name", Refusal::Blank));
    }
    match tags_in(&format!("#{name}")).as_slice() {
        [tag] if tag == name => Ok((fold(name), name.to_owned())),
        _ => Err(Error::invalid("name", Refusal::Malformed)),
    }
}

/// Follows a tag: public posts with it come home from now on. Idempotent.
///
/// # Errors
/// `Invalid` for `base` where [`FOLLOWED`] are followed already.
pub fn follow_tag(tx: &mut Tx<'_>, by: AccountId, tag: &str) -> Result<()> {
    let known = tags::followed_among(tx, by, &[tag.to_owned()])?;
    if !known.is_empty() {
        return Ok(());
    }
    if tags::count_followed(tx, by)? >= i64::try_from(FOLLOWED).unwrap_or(i64::MAX) {
        return Err(Error::invalid("base", Refusal::TooMany(FOLLOWED)));
    }
    let (id, now) = (tx.new_id(), tx.now());
    tags::follow(tx, id, by, tag, now)
}

/// No longer follows a tag: what came home by it alone goes. Idempotent.
pub fn unfollow_tag(tx: &mut Tx<'_>, by: AccountId, tag: &str) -> Result<()> {
    tags::unfollow(tx, by, tag)?;
    home::remove_tag(tx, by, tag)
}

/// Shows a tag on one's profile. Idempotent.
///
/// # Errors
/// `Invalid` for `name`, or for `base` where [`FEATURED`] are shown already.
pub fn feature_tag(tx: &mut Tx<'_>, by: AccountId, name: &str) -> Result<Featured> {
    let (tag, name) = check_tag(name)?;
    let there = tags::list_featured(tx, by)?;
    if let Some(known) = there.iter().find(|row| row.tag == tag) {
        return Ok(known.clone());
    }
    if there.len() >= FEATURED {
        return Err(Error::invalid("base", Refusal::TooMany(FEATURED)));
    }
    let row = Featured {
        id: tx.new_id(),
        account_id: by,
        tag,
        name,
        created_at: tx.now(),
    };
    tags::feature(tx, &row)
}
