//! The client API through the whole router.

mod communities;
mod hidden;
mod lists;
mod lists_of_all;
mod media;
mod paging;
mod planned;
mod posting;
mod rules;
mod streaming;
