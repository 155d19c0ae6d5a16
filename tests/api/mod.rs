//! The client API through the whole router.

mod communities;
mod media;
mod paging;
mod posting;
mod rules;
