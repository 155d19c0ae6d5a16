//! Files of the media store that nothing may name any more from some moment on. What is about to be written stands here
//! first, what is to be removed from then on: so that no file stays for good where a process dies or the store does not
//! answer.

use diesel::dsl::exists;
use diesel::prelude::*;

use super::conn::{Conn, on_backend};
use super::schema::{accounts, media, media_leftovers};
use crate::error::Result;
use crate::model::time::Time;
use crate::model::words::MediaState;

/// What a file is by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part<'a> {
    /// A picture of a profile.
    Profile,
    /// An attachment or the picture that stands for it; the name of the original.
    Of(&'a str),
    /// An upload that is still worked on; the name that the original will have.
    Staged(&'a str),
}

/// Notes that a file may be removed from `due` on, unless something names it then.
pub fn note(conn: &mut Conn, file: &str, due: Time) -> Result<()> {
    on_backend!(conn, |c| diesel::insert_into(media_leftovers::table)
        .values((
            media_leftovers::file.eq(file),
            media_leftovers::due_at.eq(due),
        ))
        .on_conflict(media_leftovers::file)
        .do_update()
        .set(media_leftovers::due_at.eq(due))
        .execute(c))?;
    Ok(())
}

/// Files to be looked at, the oldest first.
pub fn list_due(conn: &mut Conn, now: Time, limit: i64) -> Result<Vec<String>> {
    Ok(media_leftovers::table
        .filter(media_leftovers::due_at.le(now))
        .order(media_leftovers::due_at.asc())
        .limit(limit)
        .select(media_leftovers::file)
        .load(conn)?)
}

/// Takes a file off the list, if it has been due.
pub fn forget(conn: &mut Conn, file: &str, now: Time) -> Result<()> {
    let due = media_leftovers::table
        .find(file)
        .filter(media_leftovers::due_at.le(now));
    diesel::delete(due).execute(conn)?;
    Ok(())
}

/// Puts a file off, if it has been due.
pub fn postpone(conn: &mut Conn, file: &str, now: Time, until: Time) -> Result<()> {
    let due = media_leftovers::table
        .find(file)
        .filter(media_leftovers::due_at.le(now));
    diesel::update(due)
        .set(media_leftovers::due_at.eq(until))
        .execute(conn)?;
    Ok(())
}

/// Whether a row names a file.
pub fn is_named(conn: &mut Conn, file: &str, part: Part<'_>) -> Result<bool> {
    let named = match part {
        Part::Profile => {
            let ours = accounts::table
                .filter(accounts::domain.eq(""))
                .filter(accounts::avatar.eq(file).or(accounts::header.eq(file)));
            diesel::select(exists(ours)).get_result(conn)?
        }
        Part::Of(original) => {
            let row = media::table.filter(media::file.eq(original));
            let row = row.filter(media::file.eq(file).or(media::preview.eq(file)));
            diesel::select(exists(row)).get_result(conn)?
        }
        Part::Staged(original) => {
            let row = media::table
                .filter(media::file.eq(original))
                .filter(media::state.eq(MediaState::Processing));
            diesel::select(exists(row)).get_result(conn)?
        }
    };
    Ok(named)
}
