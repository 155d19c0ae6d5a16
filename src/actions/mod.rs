//! What people can do, one file a verb: load, ask the rule, write, tell what happened. No HTTP, no JSON, no
//! ActivityPub: a request from a client, a form and an activity from another node all end here.

pub mod accept_answer;
pub mod account;
pub mod announcements;
pub mod answer_request;
pub mod authorize_app;
pub mod barriers;
pub mod block_domain;
pub mod charter;
pub mod compose;
mod conversations;
pub mod create_post;
pub mod delete_post;
pub mod edit_post;
pub mod filters;
pub mod follow;
pub mod handle_report;
pub mod invite;
pub mod join;
pub mod lists;
pub mod manage_peer;
pub mod manage_user;
pub mod moderate;
pub mod polls;
pub mod prefer;
pub mod quotes;
pub mod react;
pub mod receive_post;
pub mod register;
pub mod report;
pub mod schedule_post;
pub mod sign_in;
pub mod sign_up;
pub mod subscribe_push;
pub mod tags;
