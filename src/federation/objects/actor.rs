//! Actor documents of this node: people, communities, the node itself.

use serde_json::{Value, json};

use super::{handle, into_object, media_url, with_context};
use crate::federation::normalize::Object;
use crate::federation::proof;
use crate::model::node::Node;
use crate::model::text::html::escape;
use crate::model::text::markdown;
use crate::model::time::rfc3339;
use crate::model::words::{ActorKind, Boundary, Listing, PostingPolicy};
use crate::store::accounts::Account;
use crate::store::communities::Community;

/// The document of a local actor, with context. `community` is given for communities.
pub fn document(node: &Node, account: &Account, community: Option<&Community>) -> Object {
    let kind = match account.kind {
        ActorKind::Person if account.bot => "Service",
        ActorKind::Person => "Person",
        ActorKind::Group => "Group",
        ActorKind::Application => "Application",
        ActorKind::Service => "Service",
    };
    let mut actor = into_object(json!({
        "id": account.uri,
        "type": kind,
        "preferredUsername": account.name,
        "name": account.shown_name(),
        "summary": account.note_html,
        "url": account.url,
        "inbox": account.inbox_url,
        "outbox": format!("{}/outbox", account.uri),
        "followers": account.followers_url,
        "following": format!("{}/following", account.uri),
        "endpoints": { "sharedInbox": format!("{}/inbox", node.base_url) },
        "published": rfc3339(account.created_at),
        "manuallyApprovesFollowers": account.locked,
        "discoverable": account.discoverable,
        "indexable": account.indexable,
        "webfinger": handle(node, account).trim_start_matches('@'),
        "generator": generator(node),
    }));
    keys(&mut actor, account);
    for (key, file) in [("icon", &account.avatar), ("image", &account.header)] {
        if let Some(file) = file {
            actor.insert(
                key.into(),
                json!({ "type": "Image", "url": media_url(node, file) }),
            );
        }
    }
    match account.kind {
        ActorKind::Group => group(&mut actor, account, community),
        ActorKind::Person | ActorKind::Service => {
            actor.insert(
                "featured".into(),
                format!("{}/featured", account.uri).into(),
            );
            actor.insert("attachment".into(), fields(account));
        }
        ActorKind::Application => {}
    }
    with_context(actor)
}

/// What an actor tells whoever did not sign: how it is called, how to reach it and how to check what it signs.
pub fn stub(mut document: Object) -> Object {
    for told in ["summary", "icon", "image", "attachment", "published"] {
        document.remove(told);
    }
    document
}

/// Adds the domains whose pages may name a person as their author; `list` is a JSON list of texts.
pub fn name_domains(document: &mut Object, list: &str) {
    let domains: Vec<String> = serde_json::from_str(list).unwrap_or_default();
    if !domains.is_empty() {
        document.insert("attributionDomains".into(), json!(domains));
    }
}

/// Adds the person's other accounts, and where the person moved to.
pub fn name_moves(document: &mut Object, others: &[String], moved_to: Option<&str>) {
    if !others.is_empty() {
        document.insert("alsoKnownAs".into(), json!(others));
    }
    if let Some(uri) = moved_to {
        document.insert("movedTo".into(), uri.into());
    }
}

/// Which software speaks, and which kinds of signature it takes (FEP-844e).
fn generator(node: &Node) -> Value {
    json!({
        "type": "Application", "name": "Cordée", "url": node.base_url,
        "implements": [{
            "type": "Link", "name": "RFC-9421: HTTP Message Signatures",
            "href": "https://datatracker.ietf.org/doc/html/rfc9421",
        }],
    })
}

/// One RSA key as a single object, which some peers insist on, and the Ed25519 key of FEP-521a.
fn keys(actor: &mut Object, account: &Account) {
    if let (Some(id), Some(pem)) = (&account.public_key_id, &account.public_key_pem) {
        actor.insert(
            "publicKey".into(),
            json!({ "id": id, "owner": account.uri, "publicKeyPem": pem }),
        );
    }
    if let Some(multibase) = &account.ed25519_key {
        actor.insert(
            "assertionMethod".into(),
            json!([proof::multikey(&account.uri, multibase)]),
        );
    }
}

fn fields(account: &Account) -> Value {
    let rows: Vec<Value> = serde_json::from_str(&account.fields).unwrap_or_default();
    rows.into_iter()
        .map(|row| {
            let part = |key: &str| {
                row.get(key)
                    .and_then(Value::as_str)
                    .unwrap_or_default()
                    .to_owned()
            };
            json!({ "type": "PropertyValue", "name": part("name"), "value": part("value") })
        })
        .collect()
}

fn group(actor: &mut Object, account: &Account, community: Option<&Community>) {
    let moderators = format!("{}/moderators", account.uri);
    actor.extend(into_object(json!({
        "attributedTo": moderators,
        "moderators": moderators,
        "featured": format!("{}/featured", account.uri),
        "sensitive": false,
        // Lemmy takes `true` for "private community" and then refuses what is public in it: a request is answered late
        // instead.
        "manuallyApprovesFollowers": false,
    })));
    let Some(community) = community else { return };
    let summary = match community.purpose.trim() {
        "" => format!("<p>{}</p>", escape(account.shown_name())),
        purpose => markdown::render(purpose, &markdown::Links::default()),
    };
    let open = community.boundary == Boundary::Public;
    let listed = open && community.visibility == Listing::Listed;
    let posting = match community.posting_policy {
        PostingPolicy::Stewards => "moderators",
        other => other.as_str(),
    };
    actor.extend(into_object(json!({
        "summary": summary,
        "source": { "content": community.purpose, "mediaType": "text/markdown" },
        "postingRestrictedToMods": community.posting_policy == PostingPolicy::Stewards,
        "manuallyApprovesFollowers": !open,
        "discoverable": listed,
        "indexable": listed,
        "questionAnswer": true,
        "joinPolicy": community.join_policy.as_str(),
        "postingPolicy": posting,
        "communityVisibility": visibility_word(community.boundary),
    })));
}

/// The wire's word for how far a community reaches: `partners` covers both of ours in the middle.
fn visibility_word(boundary: Boundary) -> &'static str {
    match boundary {
        Boundary::Public => "public",
        Boundary::Partners | Boundary::Firm => "partners",
        Boundary::Node => "node",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::federation::objects::tests::node;
    use crate::model::ids::AccountId;
    use crate::model::time::Time;
    use crate::model::words::{CommunityState, JoinPolicy};

    #[test]
    fn a_community_reads_well_for_forums() {
        let mut account = Account::local(
            AccountId(5),
            ActorKind::Group,
            "pumps",
            "https://n.example",
            Time::default(),
        );
        account.public_key_id = Some("https://n.example/c/pumps#main-key".into());
        account.public_key_pem = Some("PEM".into());
        account.locked = true;
        let community = Community {
            account_id: account.id,
            purpose: "Pumps & **seals**".into(),
            state: CommunityState::Active,
            boundary: Boundary::Public,
            visibility: Listing::Listed,
            join_policy: JoinPolicy::Request,
            posting_policy: PostingPolicy::Members,
            members_count: 3,
            created_by: None,
            opened_at: None,
            created_at: Time::default(),
        };
        let group = document(&node(), &account, Some(&community));
        let text = |key: &str| {
            group
                .get(key)
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        assert_eq!(
            (text("type").as_str(), text("id").as_str()),
            ("Group", "https://n.example/c/pumps")
        );
        assert_eq!(text("attributedTo"), "https://n.example/c/pumps/moderators");
        assert_eq!(text("attributedTo"), text("moderators"));
        assert_eq!(group.get("manuallyApprovesFollowers"), Some(&json!(false)));
        assert_eq!(text("summary"), "<p>Pumps &amp; <strong>seals</strong></p>");
        assert_eq!(
            (
                text("joinPolicy").as_str(),
                text("communityVisibility").as_str()
            ),
            ("request", "public")
        );
        assert_eq!(
            group.get("endpoints"),
            Some(&json!({ "sharedInbox": "https://n.example/inbox" }))
        );
        assert!(group.get("publicKey").is_some_and(Value::is_object));
        assert_eq!(text("webfinger"), "pumps@n.example");
    }
}
