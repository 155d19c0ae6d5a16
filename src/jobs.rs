//! What happens besides requests: the follow-ups of events, and the queue of work.

mod asking;
pub mod carrying;
mod decisions;
pub mod ending;
pub mod erasing;
pub mod fanout;
pub mod handlers;
pub mod importing;
pub mod mails;
pub mod planned;
pub mod push;
mod quiet;
pub mod runner;
pub mod schedule;
mod staff;
pub mod uploads;
