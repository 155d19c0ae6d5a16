//! What the tests share.

pub(crate) mod databases;
pub(crate) mod program;
pub(crate) mod record;
