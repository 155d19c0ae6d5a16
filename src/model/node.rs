//! What every action needs to know of the node it runs on.

use super::words::PeerMode;

/// Facts of this node that never change while it runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Public address without trailing slash: what every id of ours begins with.
    pub base_url: String,
    /// `host` or `host:port`, as in handles.
    pub authority: String,
    /// Mode of a node that nobody has set.
    pub unknown_nodes: PeerMode,
    /// Whether the node federates at all.
    pub federates: bool,
    /// Whether people can have push messages.
    pub pushes: bool,
}

impl Node {
    /// The page of a tag, which `tags[].url` and the links in posts share.
    pub fn tag_url(&self, folded: &str) -> String {
        format!("{}/tags/{folded}", self.base_url)
    }

    /// The id of an activity of ours.
    pub fn activity_uri(&self, id: i64) -> String {
        format!("{}/activities/{id}", self.base_url)
    }

    /// The id of a consent of ours to a quote.
    pub fn stamp_uri(&self, quote: i64) -> String {
        format!("{}/quotes/{quote}", self.base_url)
    }

    /// The id of a post of ours; also its page.
    pub fn post_uri(&self, id: i64) -> String {
        format!("{}/posts/{id}", self.base_url)
    }
}
