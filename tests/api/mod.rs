//! The client API through the whole router.

mod bodies;
mod communities;
mod filters;
mod hidden;
mod lists;
mod lists_of_all;
mod media;
mod notices;
mod ones_own;
mod paging;
mod planned;
mod posting;
mod push;
mod rules;
mod streaming;
