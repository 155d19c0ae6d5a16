//! What people can do, one file a verb: load, ask the rule, write, tell what happened. No HTTP, no JSON, no
//! ActivityPub: a request from a client, a form and an activity from another node all end here.

pub mod authorize_app;
pub mod invite;
pub mod manage_user;
pub mod register;
pub mod sign_in;
