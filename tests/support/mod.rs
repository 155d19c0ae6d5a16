//! What the tests share.

pub(crate) mod browser;
pub(crate) mod client;
#[allow(dead_code, reason = "not every test program asks for everything")]
pub(crate) mod databases;
pub(crate) mod node;
pub(crate) mod program;
#[allow(dead_code, reason = "the program that reports uses the other half")]
pub(crate) mod record;
pub(crate) mod routes;
pub(crate) mod s3;
pub(crate) mod webdriver;
pub(crate) mod world;
