//! Accounts: the part that is the same for every reader, and what only the owner gets.

use serde::Serialize;
use serde_json::{Value, json};

use crate::app::rendered::AccountPiece;
use crate::error::Result;
use crate::media::remote::{self, Part};
use crate::model::text::html;
use crate::model::time::Time;
use crate::model::words::{AccountState, Role};
use crate::store::accounts::Account;
use crate::store::communities::Community;
use crate::store::users::{Shown, User};

/// Mastodon `Account`, without what depends on the reader.
#[derive(Serialize)]
struct Json<'a> {
    id: String,
    username: &'a str,
    acct: String,
    display_name: &'a str,
    locked: bool,
    bot: bool,
    group: bool,
    discoverable: bool,
    indexable: bool,
    noindex: bool,
    hide_collections: bool,
    created_at: String,
    note: &'a str,
    url: &'a str,
    uri: &'a str,
    avatar: &'a str,
    avatar_static: &'a str,
    avatar_description: &'a str,
    header: &'a str,
    header_static: &'a str,
    header_description: &'a str,
    followers_count: i32,
    following_count: i32,
    statuses_count: i32,
    last_status_at: Option<String>,
    emojis: [(); 0],
    fields: Vec<Value>,
    roles: Vec<Value>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    suspended: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    limited: bool,
}

/// What a community's account says of it besides; the membership of the reader is added later.
#[derive(Serialize)]
struct CommunityPart<'a> {
    purpose: &'a str,
    boundary: &'a str,
    join_policy: &'a str,
    state: &'a str,
}

/// The address of a picture of an account.
fn picture(base: &str, account: &Account, part: Part) -> String {
    let image = match part {
        Part::Header => &account.header,
        _ => &account.avatar,
    };
    let (id, local) = (account.id.0, account.is_local());
    if part == Part::Avatar && account.is_group() && image.is_none() {
        return format!("{base}/avatars/original/group.png");
    }
    remote::image_url(base, part, id, local, image.as_deref())
}

fn fields(account: &Account) -> Vec<Value> {
    let stored: Vec<Value> = serde_json::from_str(&account.fields).unwrap_or_default();
    stored
        .iter()
        .map(|field| {
            let text = |key: &str| field.get(key).and_then(Value::as_str).unwrap_or_default();
            json!({ "name": text("name"), "value": text("value"), "verified_at": null })
        })
        .collect()
}

fn midnight(time: Time) -> String {
    time.format("%Y-%m-%dT00:00:00.000Z").to_string()
}

/// Badges of a role on the node.
fn roles(role: Option<Role>) -> Vec<Value> {
    match role {
        Some(Role::Admin) => vec![json!({ "id": "3", "name": "Admin", "color": "" })],
        Some(Role::Moderator) => vec![json!({ "id": "2", "name": "Moderator", "color": "" })],
        _ => Vec::new(),
    }
}

/// Adds the account that this one moved to.
fn add_moved(bytes: &mut Vec<u8>, moved: Option<&AccountPiece>) {
    let Some(moved) = moved else { return };
    bytes.extend_from_slice(b",\"moved\":");
    bytes.extend_from_slice(&moved.json);
    // What is said of a community is open at its end.
    let end: &[u8] = if moved.is_group { b"}}" } else { b"}" };
    bytes.extend_from_slice(end);
}

/// The part that is the same for every reader. `moved` is the account that this one moved to.
///
/// # Errors
/// `Internal` where it cannot be written.
pub(super) fn piece(
    base: &str,
    account: &Account,
    entry: Option<Shown>,
    community: Option<&Community>,
    limited: bool,
    moved: Option<&AccountPiece>,
) -> Result<AccountPiece> {
    let avatar = picture(base, account, Part::Avatar);
    let header = picture(base, account, Part::Header);
    let gone = account.state != AccountState::Active;
    let note = html::for_clients(&account.note_html);
    let json = Json {
        id: account.id.to_string(),
        username: &account.name,
        acct: account.acct(),
        display_name: if gone { "" } else { &account.display_name },
        locked: account.locked,
        bot: account.bot && !account.is_group(),
        group: account.is_group(),
        discoverable: account.discoverable,
        indexable: account.indexable,
        noindex: !account.indexable,
        hide_collections: entry.is_some_and(|entry| entry.hide_collections),
        created_at: midnight(account.created_at),
        note: if gone { "" } else { &note },
        url: &account.url,
        uri: &account.uri,
        avatar: &avatar,
        avatar_static: &avatar,
        avatar_description: "",
        header: &header,
        header_static: &header,
        header_description: "",
        followers_count: account.followers_count.max(0),
        following_count: account.following_count.max(0),
        statuses_count: account.posts_count.max(0),
        last_status_at: account
            .last_post_at
            .map(|at| at.format("%Y-%m-%d").to_string()),
        emojis: [],
        fields: if gone { Vec::new() } else { fields(account) },
        roles: roles(entry.map(|entry| entry.role)),
        suspended: gone,
        limited,
    };
    let mut bytes = serde_json::to_vec(&json)?;
    bytes.pop();
    add_moved(&mut bytes, moved);
    let is_group = account.is_group() && community.is_some();
    if let Some(community) = community.filter(|_| is_group) {
        bytes.extend_from_slice(b",\"cordee\":");
        let part = CommunityPart {
            purpose: &community.purpose,
            boundary: community.boundary.as_str(),
            join_policy: community.join_policy.as_str(),
            state: community.state.as_str(),
        };
        serde_json::to_writer(&mut bytes, &part)?;
        bytes.pop();
    }
    Ok(AccountPiece {
        json: bytes.into(),
        is_group,
        is_local: account.is_local(),
    })
}

/// The role that `verify_credentials` names.
pub(crate) fn credential_role(role: Role) -> Value {
    let (id, name, permissions, highlighted) = match role {
        Role::Admin => ("3", "Admin", "1", true),
        Role::Moderator => ("2", "Moderator", "1308", true),
        Role::Member => ("-99", "", "65536", false),
    };
    json!({ "id": id, "name": name, "color": "", "permissions": permissions, "highlighted": highlighted })
}

/// What only the owner gets: `"source":…,"role":…`, to be put into the open account object.
///
/// # Errors
/// `Internal` where it cannot be written.
pub(crate) fn credentials(
    account: &Account,
    user: &User,
    follow_requests: usize,
) -> Result<Vec<u8>> {
    let plain: Vec<Value> = fields(account)
        .iter()
        .map(|field| {
            let text = |key: &str| field.get(key).and_then(Value::as_str).unwrap_or_default();
            json!({ "name": text("name"), "value": html::to_text(text("value")), "verified_at": null })
        })
        .collect();
    let domains: Vec<String> = serde_json::from_str(&user.attribution_domains)?;
    let source = json!({
        "note": account.note_source,
        "fields": plain,
        "privacy": user.default_visibility.as_str(),
        "sensitive": user.default_sensitive,
        "language": user.default_language.as_deref().unwrap_or_default(),
        "follow_requests_count": follow_requests,
        "hide_collections": user.hide_collections,
        "discoverable": account.discoverable,
        "indexable": account.indexable,
        "attribution_domains": domains,
        "quote_policy": user.default_quote_policy.as_str(),
    });
    let mut out = b"\"source\":".to_vec();
    serde_json::to_writer(&mut out, &source)?;
    out.extend_from_slice(b",\"role\":");
    serde_json::to_writer(&mut out, &credential_role(user.role))?;
    Ok(out)
}
