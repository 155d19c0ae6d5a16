//! The client API through the whole router.

mod admin;
mod barriers;
mod bodies;
mod communities;
mod consent;
mod domain_blocks;
mod filters;
mod goings_on;
mod hidden;
mod instance;
mod lists;
mod lists_of_all;
mod media;
mod notices;
mod ones_own;
mod openapi;
mod paging;
mod planned;
mod posting;
mod profile;
mod push;
mod quotes;
mod reports;
mod rules;
mod shut_out;
mod streaming;
