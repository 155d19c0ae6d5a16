//! The rules and words of Cordée, pure: no database, no network, no runtime, no JSON. Everything else is built on it.

pub mod admission;
pub mod event;
pub mod filter;
pub mod grant;
pub mod ids;
pub mod membership;
pub mod moderation;
pub mod names;
pub mod node;
pub mod notice;
pub mod peer;
pub mod post;
pub mod push;
pub mod question;
pub mod quote;
pub mod refusal;
pub mod report;
pub mod resolve;
pub mod scopes;
pub mod text;
pub mod time;
pub mod transfer;
pub mod viewer;
pub mod words;
