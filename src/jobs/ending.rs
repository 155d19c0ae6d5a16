//! Ends what is between a person and a node that the person shut out, a part in each transaction.

use crate::actions::block_domain::end_some;
use crate::app::App;
use crate::error::{Error, Result};
use crate::model::ids::AccountId;

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
