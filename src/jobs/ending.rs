//! What takes several transactions, a part in each: the end of what is between a person and a node that the person shut
//! out, telling many people that somebody is out of reach, and posts that follow their community when it is hidden or shows
//! again.

use crate::actions::block_domain::end_some;
use crate::actions::sever::{Cut, tell_others, tell_some};
use crate::actions::take_along::{go_on, take_along};
use crate::app::App;
use crate::error::{Error, Result};
use crate::model::ids::{AccountId, PostId};
use crate::store::{communities, hiding};

/// Parts of one job; after them another job goes on, so that none runs too long.
const PARTS: usize = 50;

/// Works until nothing is left. Whatever is done stays done: a job that is stopped goes on where it was.
///
/// # Errors
/// `NotFound` for a payload that is none; what the database says, and then it is tried again.
pub async fn end(app: &App, payload: &str) -> Result<()> {
    let (account, domain) = payload.split_once(' ').ok_or(Error::NotFound)?;
    let by: AccountId = account.parse().map_err(|_why| Error::NotFound)?;
    loop {
        let domain = domain.to_owned();
        let some = app.db.write(move |tx| end_some(tx, by, &domain));
        match some.await? {
            None => return Ok(()),
            Some(0) => return Err(Error::Unavailable("others hold what is left".into())),
            Some(_) => {}
        }
    }
}

/// Tells people that a node or an account is out of reach, until everybody knows. Whoever was told stays told: a job that is
/// stopped begins anew and tells nobody twice.
///
/// # Errors
/// `NotFound` for a payload that is none; what the database says, and then it is tried again.
pub async fn tell_severed(app: &App, payload: &str) -> Result<()> {
    let mut cut = Cut::parse(payload).ok_or(Error::NotFound)?;
    for _ in 0..PARTS {
        match app.db.write(move |tx| tell_some(tx, cut)).await? {
            Some(rest) => cut = rest,
            None => return Ok(()),
        }
    }
    app.db.write(move |tx| tell_others(tx, &cut)).await
}

/// Takes the posts of a community along until none is behind. Whatever follows stays so: a job that is stopped goes on
/// where it was.
///
/// # Errors
/// `NotFound` for a payload that is none; what the database says, and then it is tried again.
pub async fn follow_listing(app: &App, payload: &str) -> Result<()> {
    let id: AccountId = payload.parse().map_err(|_why| Error::NotFound)?;
    let mut below = PostId(i64::MAX);
    for _ in 0..PARTS {
        let part = app.db.write(move |tx| take_along(tx, id, below));
        match part.await? {
            Some(next) => below = next,
            None => return is_done(app, id).await,
        }
    }
    app.db.write(move |tx| go_on(tx, id)).await
}

/// Whatever came behind again meanwhile is for another job.
async fn is_done(app: &App, id: AccountId) -> Result<()> {
    let behind = app.db.read(move |conn| {
        let community = communities::find(conn, id)?.ok_or(Error::NotFound)?;
        hiding::is_behind(conn, &community)
    });
    if behind.await? {
        return app.db.write(move |tx| go_on(tx, id)).await;
    }
    Ok(())
}
