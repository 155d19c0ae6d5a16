//! What handlers take from a request: the person, the page, ids, parameters.

mod auth;
mod body;
mod id;
mod paging;

pub(crate) use auth::{Auth, Identity, MaybeAuth, identify, scope};
pub(crate) use body::{Body, Sent};
pub(crate) use id::{Id, IdName, Ids, Name};
pub(crate) use paging::Paging;
