//! What actors and posts look like on the wire, out and in. Strict out, lenient in; the rules lie in `actions`.

pub mod actor;
pub mod addressing;
#[cfg(test)]
mod fixture_tests;
pub mod post;
pub mod quotes;
pub mod remote;
mod remote_parts;
mod store;
pub mod whole;

pub use store::store_fetched;

use serde_json::{Value, json};

use super::normalize::Object;
use crate::model::node::Node;
use crate::store::accounts::Account;

/// The one inline context: the same in every document, so that nobody needs to fetch anything to read us.
pub fn context() -> Value {
    let mut terms = into_object(json!({
        "cordee": "urn:cordee:ns#", "schema": "https://schema.org/", "toot": "http://joinmastodon.org/ns#",
        "lemmy": "https://join-lemmy.org/ns#", "gts": "https://gotosocial.org/ns#", "pt": "https://joinpeertube.org/ns#",
        "sec": "https://w3id.org/security#",
        "Multikey": "sec:Multikey", "assertionMethod": {"@id": "sec:assertionMethod", "@type": "@id"},
        "publicKeyMultibase": "sec:publicKeyMultibase", "implements": {"@id": "https://w3id.org/fep/844e#implements", "@type": "@id"},
        "webfinger": "https://w3id.org/fep/2c59#webfinger", "PropertyValue": "schema:PropertyValue", "value": "schema:value",
        "Hashtag": "as:Hashtag", "sensitive": "as:sensitive", "manuallyApprovesFollowers": "as:manuallyApprovesFollowers",
        "discoverable": "toot:discoverable", "indexable": "toot:indexable", "votersCount": "toot:votersCount",
        "attributionDomains": {"@id": "toot:attributionDomains", "@type": "@id"},
        "alsoKnownAs": {"@id": "as:alsoKnownAs", "@type": "@id"}, "movedTo": {"@id": "as:movedTo", "@type": "@id"},
        "blurhash": "toot:blurhash", "focalPoint": {"@id": "toot:focalPoint", "@container": "@list"},
        "featured": {"@id": "toot:featured", "@type": "@id"}, "postingRestrictedToMods": "lemmy:postingRestrictedToMods",
        "moderators": {"@id": "lemmy:moderators", "@type": "@id"},
        "language": "schema:inLanguage", "identifier": "schema:identifier",
    }));
    terms.extend(into_object(json!({
        "commentsEnabled": "pt:commentsEnabled", "interactionPolicy": {"@id": "gts:interactionPolicy", "@type": "@id"},
        "canQuote": {"@id": "gts:canQuote", "@type": "@id"},
        "automaticApproval": {"@id": "gts:automaticApproval", "@type": "@id"},
        "manualApproval": {"@id": "gts:manualApproval", "@type": "@id"},
        "QuoteRequest": "https://w3id.org/fep/044f#QuoteRequest",
        "QuoteAuthorization": "https://w3id.org/fep/044f#QuoteAuthorization",
        "quote": {"@id": "https://w3id.org/fep/044f#quote", "@type": "@id"},
        "quoteAuthorization": {"@id": "https://w3id.org/fep/044f#quoteAuthorization", "@type": "@id"},
        "interactingObject": {"@id": "gts:interactingObject", "@type": "@id"},
        "interactionTarget": {"@id": "gts:interactionTarget", "@type": "@id"},
        "quoteUri": "http://fedibird.com/ns#quoteUri", "quoteUrl": "as:quoteUrl",
        "_misskey_quote": "https://misskey-hub.net/ns#_misskey_quote",
        "questionAnswer": "cordee:questionAnswer", "answer": "cordee:answer", "ChooseAnswer": "cordee:ChooseAnswer",
        "acceptedAnswer": {"@id": "schema:acceptedAnswer", "@type": "@id"},
        "additionalType": {"@id": "schema:additionalType", "@type": "@id"},
        "teaches": {"@id": "schema:teaches", "@container": "@set"},
        "educationalLevel": "schema:educationalLevel", "timeRequired": "schema:timeRequired",
        "isPartOf": {"@id": "schema:isPartOf", "@type": "@id"},
        "knowsAbout": {"@id": "schema:knowsAbout", "@container": "@set"},
        "communityVisibility": "cordee:communityVisibility", "joinPolicy": "cordee:joinPolicy",
        "postingPolicy": "cordee:postingPolicy", "kind": "cordee:kind", "fields": "cordee:fields",
        "questionState": "cordee:questionState", "boundary": "cordee:boundary",
        "reviewedAt": "cordee:reviewedAt", "validUntil": "cordee:validUntil"
    })));
    json!([
        "https://www.w3.org/ns/activitystreams",
        "https://w3id.org/security/v1",
        terms
    ])
}

/// The document with the context in front.
pub fn with_context(mut document: Object) -> Object {
    document.insert("@context".into(), context());
    document
}

/// Turns `json!({..})` into an object.
pub(super) fn into_object(value: Value) -> Object {
    match value {
        Value::Object(object) => object,
        _ => Object::new(),
    }
}

/// What stands where something was deleted.
pub fn tombstone(id: &str, former_type: &str, deleted: Option<crate::model::time::Time>) -> Object {
    let mut grave =
        into_object(json!({ "id": id, "type": "Tombstone", "formerType": former_type }));
    if let Some(at) = deleted {
        grave.insert("deleted".into(), crate::model::time::rfc3339(at).into());
    }
    grave
}

/// `@name@host`, whole even for our own people: what a Mention is called.
pub fn handle(node: &Node, account: &Account) -> String {
    let domain = if account.is_local() {
        &node.authority
    } else {
        &account.domain
    };
    format!("@{}@{domain}", account.name)
}

/// Address of a file in the media store; what lies elsewhere keeps its address.
pub fn media_url(node: &Node, file: &str) -> String {
    if file.starts_with("https://") || file.starts_with("http://") {
        file.to_owned()
    } else {
        format!("{}/media/{file}", node.base_url)
    }
}

#[cfg(test)]
pub(in crate::federation) mod tests {
    use super::*;

    /// A node for tests of documents.
    pub(in crate::federation) fn node() -> Node {
        Node {
            base_url: "https://n.example".into(),
            authority: "n.example".into(),
            unknown_nodes: crate::model::words::PeerMode::Follow,
            federates: true,
            pushes: true,
        }
    }

    #[test]
    fn the_context_has_the_terms_of_the_extension_table() {
        let text = context().to_string();
        for term in [
            "ChooseAnswer",
            "acceptedAnswer",
            "questionAnswer",
            "answer",
            "kind",
            "fields",
            "boundary",
            "questionState",
            "communityVisibility",
            "joinPolicy",
            "postingPolicy",
            "additionalType",
        ] {
            assert!(text.contains(&format!("\"{term}\":")), "{term}");
        }
    }
}
