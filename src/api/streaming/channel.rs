//! The streams that clients can name, and what each asks of a token.

use std::sync::Arc;

use serde::Deserialize;

use crate::api::error::{ApiError, ApiResult};
use crate::error::Error;
use crate::model::grant::Grant;
use crate::model::refusal::Refusal;
use crate::model::text::fold;
use crate::store::timelines::Origin;

/// A stream as a client names it, in a frame or in the address.
#[derive(Debug, Clone, Deserialize, Default)]
#[serde(default)]
pub(super) struct Asked {
    pub(super) stream: String,
    pub(super) tag: Option<String>,
    pub(super) list: Option<String>,
}

/// What a stream shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Feed {
    /// The home timeline and notifications.
    User,
    /// Notifications alone.
    Notifications,
    /// The public timeline.
    Public { origin: Origin, media: bool },
    /// A tag, folded.
    Tag { tag: String, origin: Origin },
    /// A list.
    List(i64),
    /// Conversations.
    Direct,
}

/// One subscribed stream.
#[derive(Debug, Clone)]
pub(super) struct Channel {
    pub(super) feed: Feed,
    /// Its name in frames: `["user"]`, `["hashtag","pumps"]`.
    pub(super) label: Arc<[String]>,
}

impl Channel {
    /// Reads a stream's name with its tag or list.
    ///
    /// # Errors
    /// `NotFound` for names that do not exist; `Invalid` where the tag or the list is missing.
    pub(super) fn parse(asked: &Asked) -> ApiResult<Self> {
        let name = asked.stream.as_str();
        let public = |origin, media| Feed::Public { origin, media };
        let mut label = vec![name.to_owned()];
        let feed = match name {
            "user" => Feed::User,
            "user:notification" => Feed::Notifications,
            "public" => public(Origin::All, false),
            "public:media" => public(Origin::All, true),
            "public:local" => public(Origin::Local, false),
            "public:local:media" => public(Origin::Local, true),
            "public:remote" => public(Origin::Remote, false),
            "public:remote:media" => public(Origin::Remote, true),
            "hashtag" | "hashtag:local" => {
                let shown = asked
                    .tag
                    .as_deref()
                    .unwrap_or_default()
                    .trim_start_matches('#');
                let tag = fold(shown);
                if tag.is_empty() {
                    return Err(Error::invalid("tag", Refusal::Blank).into());
                }
                label.push(shown.to_lowercase());
                let origin = if name == "hashtag" {
                    Origin::All
                } else {
                    Origin::Local
                };
                Feed::Tag { tag, origin }
            }
            "list" => {
                let id = asked.list.as_deref().and_then(|id| id.trim().parse().ok());
                let id: i64 = id.ok_or_else(|| Error::invalid("list", Refusal::Blank))?;
                label.push(id.to_string());
                Feed::List(id)
            }
            "direct" => Feed::Direct,
            _ => return Err(Error::NotFound.into()),
        };
        Ok(Self {
            feed,
            label: label.into(),
        })
    }

    /// Whether the token may listen to this.
    ///
    /// # Errors
    /// `Scope`.
    pub(super) fn check(&self, grant: &Grant) -> ApiResult<()> {
        let wanted = match self.feed {
            Feed::Notifications => "read:notifications",
            Feed::List(_) => "read:lists",
            _ => "read:statuses",
        };
        if grant.scopes.allow(wanted) {
            Ok(())
        } else {
            Err(ApiError::Scope)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(stream: &str, tag: Option<&str>, list: Option<&str>) -> Option<Channel> {
        Channel::parse(&Asked {
            stream: stream.into(),
            tag: tag.map(Into::into),
            list: list.map(Into::into),
        })
        .ok()
    }

    #[test]
    fn names_are_those_of_mastodon() {
        for name in [
            "user",
            "user:notification",
            "public",
            "public:media",
            "public:local",
            "public:local:media",
            "public:remote",
            "public:remote:media",
            "direct",
        ] {
            assert_eq!(&*parse(name, None, None).unwrap().label, [name.to_owned()]);
        }
        for name in ["", "users", "public:everything", "home"] {
            assert!(parse(name, None, None).is_none(), "{name}");
        }
    }

    #[test]
    fn tags_and_lists_need_their_word() {
        let tag = parse("hashtag", Some("#Pumps"), None).unwrap();
        assert_eq!(&*tag.label, ["hashtag".to_owned(), "pumps".to_owned()]);
        assert!(parse("hashtag", None, None).is_none());
        assert!(parse("hashtag:local", Some("#"), None).is_none());
        assert_eq!(
            parse("list", None, Some("12")).unwrap().feed,
            Feed::List(12)
        );
        assert!(parse("list", None, Some("x")).is_none());
    }
}
