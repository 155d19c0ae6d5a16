//! What documents of posts say of quotes: what they quote themselves, in every key that somebody reads, and who may quote
//! them (FEP-044f, FEP-e232); and the stamp by which an author consents.

use serde_json::{Value, json};

use super::whole::Whole;
use super::{into_object, with_context};
use crate::federation::normalize::{self, Object, PUBLIC, as_list, ids};
use crate::model::quote::{Approvers, Terms};
use crate::model::text::quote_link;
use crate::model::words::Audience;
use crate::store::accounts::Account;

/// How Misskey names the relation of a link to what is quoted.
const RELATION: &str = "https://misskey-hub.net/ns#_misskey_quote";
/// What lies behind such a link.
const MEDIA_TYPE: &str = "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"";
/// Addresses that are read of a list of approvers.
const APPROVERS: usize = 50;

/// What a post of ours quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quoted {
    /// ActivityPub id.
    pub uri: String,
    /// Address of its page.
    pub url: String,
    /// Address of the consent, once it is there.
    pub stamp: Option<String>,
}

/// The text with the line in front that says what is quoted, for whoever shows no quotes.
pub(super) fn with_link(whole: &Whole, body: String) -> String {
    match &whole.quote {
        Some(quoted) => format!("{}{body}", quote_link(&quoted.url)),
        None => body,
    }
}

/// The link that stands for a quote among the tags (FEP-e232).
pub(super) fn link(whole: &Whole) -> Option<Value> {
    let quoted = whole.quote.as_ref()?;
    Some(json!({
        "type": "Link", "mediaType": MEDIA_TYPE, "href": quoted.uri, "rel": RELATION,
        "name": format!("RE: {}", quoted.url),
    }))
}

/// Adds the quote and the policy.
pub(super) fn insert(object: &mut Object, whole: &Whole) {
    if let Some(quoted) = &whole.quote {
        for key in ["quote", "quoteUri", "quoteUrl", "_misskey_quote"] {
            object.insert(key.into(), quoted.uri.as_str().into());
        }
        if let Some(stamp) = &quoted.stamp {
            object.insert("quoteAuthorization".into(), stamp.as_str().into());
        }
    }
    let named = |groups: Approvers| {
        let mut all: Vec<String> = Vec::new();
        if groups.public {
            all.push(PUBLIC.to_owned());
        }
        if groups.followers {
            all.extend(whole.author.followers_url.clone());
        }
        if groups.following {
            all.push(format!("{}/following", whole.author.uri));
        }
        all
    };
    let terms = if whole.post.audience == Audience::Public {
        whole.terms
    } else {
        Terms::NOBODY
    };
    let mut automatic = named(terms.automatic);
    if automatic.is_empty() {
        // "Nobody" is a list with the author alone: an empty one could be taken for nothing said.
        automatic.push(whole.author.uri.clone());
    }
    object.insert(
        "interactionPolicy".into(),
        json!({ "canQuote": { "automaticApproval": automatic, "manualApproval": named(terms.manual) } }),
    );
}

/// The stamp by which the author of a quoted post consents to the post that quotes it.
pub(in crate::federation) fn stamp(uri: &str, author: &str, quoting: &str, quoted: &str) -> Object {
    with_context(into_object(json!({
        "id": uri, "type": "QuoteAuthorization", "attributedTo": author,
        "interactingObject": quoting, "interactionTarget": quoted,
    })))
}

/// Whether a document is the stamp of this author for this quote.
pub(in crate::federation) fn is_stamp(
    document: &Object,
    uri: &str,
    author: &str,
    quoting: &str,
    quoted: &str,
) -> bool {
    let names = |key: &str, wanted: &str| normalize::id(document, key) == Some(wanted);
    normalize::kind(document) == "QuoteAuthorization"
        && names("id", uri)
        && names("attributedTo", author)
        && names("interactingObject", quoting)
        && names("interactionTarget", quoted)
}

/// What a foreign post quotes: the first key that names something, else the link among its tags.
pub(super) fn read(object: &Object) -> Option<String> {
    let keys = ["quote", "quoteUri", "quoteUrl", "_misskey_quote"];
    let named = keys.into_iter().find_map(|key| normalize::id(object, key));
    let linked = || {
        as_list(object, "tag")
            .into_iter()
            .filter_map(Value::as_object)
            .filter(|tag| normalize::kind(tag) == "Link")
            .find(|tag| ids(tag, "rel").contains(&RELATION))
            .and_then(|tag| normalize::text(tag, "href"))
    };
    named
        .or_else(linked)
        .filter(|uri| normalize::is_web_id(uri))
        .map(str::to_owned)
}

/// The lists of `canQuote` of a foreign post, automatic and manual, where it says something.
pub(super) fn policy(object: &Object) -> Option<(Vec<String>, Vec<String>)> {
    let policy = normalize::object(object, "interactionPolicy")?;
    let quotes = normalize::object(policy, "canQuote")?;
    let list = |key: &str| {
        ids(quotes, key)
            .into_iter()
            .take(APPROVERS)
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    Some((list("automaticApproval"), list("manualApproval")))
}

/// Lists of a foreign author in our words.
pub(in crate::federation) fn terms(lists: &(Vec<String>, Vec<String>), author: &Account) -> Terms {
    let groups = |list: &[String]| {
        let mut found = Approvers::NOBODY;
        for iri in list {
            if normalize::is_public(iri) {
                found.public = true;
            } else if author.followers_url.as_deref() == Some(iri) {
                found.followers = true;
            } else if normalize::same_origin(iri, &author.uri) && iri.ends_with("/following") {
                found.following = true;
            } else if *iri != author.uri {
                found.others = true;
            }
        }
        found
    };
    Terms {
        automatic: groups(&lists.0),
        manual: groups(&lists.1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::federation::objects::post::tests::question;

    fn object(value: Value) -> Object {
        into_object(value)
    }

    #[test]
    fn every_key_that_names_a_quote_is_read() {
        let uri = "https://a.example/posts/1";
        for key in ["quote", "quoteUri", "quoteUrl", "_misskey_quote"] {
            assert_eq!(read(&object(json!({ key: uri }))).as_deref(), Some(uri));
        }
        let tag = json!({ "type": "Link", "href": uri, "rel": [RELATION] });
        assert_eq!(read(&object(json!({ "tag": tag }))).as_deref(), Some(uri));
        let plain = json!({ "type": "Link", "href": uri });
        assert_eq!(read(&object(json!({ "tag": [plain] }))), None);
        assert_eq!(read(&object(json!({ "quote": "javascript:x" }))), None);
    }

    #[test]
    fn a_stamp_is_for_one_quote_alone() {
        let made = stamp("https://a/q/1", "https://a/u", "https://b/p", "https://a/p");
        let fits = |author: &str, quoting: &str, quoted: &str| {
            is_stamp(&made, "https://a/q/1", author, quoting, quoted)
        };
        assert!(fits("https://a/u", "https://b/p", "https://a/p"));
        assert!(!fits("https://a/v", "https://b/p", "https://a/p"));
        assert!(!fits("https://a/u", "https://b/x", "https://a/p"));
        assert!(!fits("https://a/u", "https://b/p", "https://a/x"));
    }

    #[test]
    fn policies_are_written_and_read_alike() {
        let mut whole = question();
        for (automatic, wanted) in [
            ("public", "public"),
            ("followers", "followers"),
            ("", ""),
            ("followers,following", "followers,following"),
        ] {
            whole.terms.automatic = Approvers::parse(automatic);
            let mut document = Object::new();
            insert(&mut document, &whole);
            let lists = policy(&document).unwrap();
            let read = terms(&lists, &whole.author);
            assert_eq!(read.automatic.words().join(","), wanted);
            assert_eq!(read.manual, Approvers::NOBODY);
        }
        whole.post.audience = Audience::Followers;
        whole.terms.automatic = Approvers::parse("public");
        let mut document = Object::new();
        insert(&mut document, &whole);
        let lists = policy(&document).unwrap();
        assert_eq!(lists.0, [whole.author.uri.clone()], "only its author");
        let odd = (vec!["https://x.example/list".to_owned()], Vec::new());
        assert!(terms(&odd, &whole.author).automatic.others);
    }
}
