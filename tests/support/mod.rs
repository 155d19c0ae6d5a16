//! What the tests share.

pub(crate) mod databases;
pub(crate) mod program;
#[allow(dead_code, reason = "the program that reports uses the other half")]
pub(crate) mod record;
pub(crate) mod world;
