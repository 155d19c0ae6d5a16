//! Every setting by name: what it means, what it may be and what it is where nobody sets it. The example file, the check
//! of unknown keys and the messages about wrong values all come from this one list.

use std::net::SocketAddr;

use toml::Value;

/// What a setting may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Any text.
    Text,
    /// `http://…` or `https://…` without path.
    Address,
    /// The same, or empty.
    OptionalAddress,
    /// `IP:PORT`.
    Listen,
    /// `IP:PORT`, or empty.
    OptionalListen,
    /// `true` or `false`.
    Switch,
    /// A whole number between two bounds, both included.
    Number(i64, i64),
    /// One of some words.
    Word(&'static [&'static str]),
    /// A list of networks such as `10.0.0.0/8`.
    Networks,
    /// A list of some words, not empty, none twice.
    Words(&'static [&'static str]),
}

/// One setting.
#[derive(Debug)]
pub(super) struct Key {
    /// `section.key`, or `key` for one without section.
    pub(super) path: &'static str,
    /// What it may be.
    pub(super) shape: Shape,
    /// The default, as TOML.
    pub(super) default: &'static str,
    /// Whether the value may lie in a file named by `KEY_file`, so that no secret stands among the settings.
    pub(super) secret: bool,
    /// What it is for, in lines of at most 110 characters.
    pub(super) about: &'static str,
}

const fn key(path: &'static str, shape: Shape, default: &'static str, about: &'static str) -> Key {
    Key {
        path,
        shape,
        default,
        secret: false,
        about,
    }
}

const fn secret(
    path: &'static str,
    shape: Shape,
    default: &'static str,
    about: &'static str,
) -> Key {
    Key {
        path,
        shape,
        default,
        secret: true,
        about,
    }
}

const MANY: i64 = 1_000_000_000;

/// The settings in the order in which the example shows them.
pub(super) const KEYS: &[Key] = &[
    key(
        "data_dir",
        Shape::Text,
        r#""./data""#,
        "Folder of the SQLite file, media, keys and mails that nobody sends.",
    ),
    key(
        "server.listen",
        Shape::Listen,
        r#""127.0.0.1:7400""#,
        "Address and port to listen on.",
    ),
    key(
        "server.public_url",
        Shape::Address,
        r#""http://localhost:7400""#,
        "Address under which the world knows this node: https://… in production. It is part of every id, so it\n\
         never changes once the node has federated.",
    ),
    key(
        "server.role",
        Shape::Word(&["all", "web", "worker"]),
        r#""all""#,
        "What this process does, where several share one PostgreSQL: all, web (pages and API) or worker (jobs and\n\
         deliveries; opens no listener but metrics).",
    ),
    key(
        "server.trusted_proxies",
        Shape::Networks,
        "[]",
        "Networks (CIDR) whose X-Forwarded-For is believed, such as [\"127.0.0.0/8\"].",
    ),
    secret(
        "database.url",
        Shape::Text,
        r#""sqlite://{data_dir}/cordee.db""#,
        "sqlite://PATH or postgres://USER:PASSWORD@HOST/NAME.",
    ),
    secret(
        "database.replica_url",
        Shape::Text,
        r#""""#,
        "A PostgreSQL replica for reads. Not built yet: leave it empty.",
    ),
    key(
        "database.auto_migrate",
        Shape::Switch,
        "true",
        "Whether `cordee serve` brings the database to this version; otherwise `cordee migrate` has to be run first.",
    ),
    key(
        "database.readers",
        Shape::Number(1, 64),
        "3",
        "Connections for reading at the same time, 1 to 64.",
    ),
    key(
        "node.name",
        Shape::Text,
        r#""Cordée""#,
        "Name of the node, shown to people.",
    ),
    key(
        "node.firm",
        Shape::Text,
        r#""""#,
        "Firm the node belongs to.",
    ),
    key(
        "node.languages",
        Shape::Words(&["en", "fr", "nl"]),
        r#"["en", "fr", "nl"]"#,
        "Languages of the node, the first being its own: of en, fr, nl.",
    ),
    key(
        "registration.mode",
        Shape::Word(&["invite", "approval", "open", "sso"]),
        r#""invite""#,
        "Who may register: invite (whoever has an invitation link), approval (anybody, once a moderator agrees),\n\
         open (anybody), sso (whoever the firm's sign-on knows; not built yet).",
    ),
    key(
        "registration.confirm_email",
        Shape::Switch,
        "true",
        "With mode = \"open\": the address must be confirmed by mail.",
    ),
    key(
        "oauth.password_grant",
        Shape::Switch,
        "false",
        "The password grant, for test harnesses: refused unless public_url is on localhost.",
    ),
    key(
        "federation.enabled",
        Shape::Switch,
        "true",
        "Whether the node federates at all.",
    ),
    key(
        "federation.unknown_nodes",
        Shape::Word(&["follow", "quarantined", "member"]),
        r#""follow""#,
        "Mode given to a node that nobody has set: follow, quarantined, member.",
    ),
    key(
        "federation.development",
        Shape::Switch,
        "false",
        "Allows http and ports between peers whose names end in .localhost, nothing else; refused unless public_url\n\
         is localhost or ends in .localhost.",
    ),
    key(
        "federation.authorized_fetch",
        Shape::Switch,
        "true",
        "An unsigned GET gets only public objects and actor stubs.",
    ),
    key(
        "federation.max_fetches",
        Shape::Number(1, 100),
        "40",
        "Remote documents fetched at most while one activity is handled, 1 to 100.",
    ),
    key(
        "media.store",
        Shape::Text,
        r#""{data_dir}/media""#,
        "Where pictures and files of this node lie: a folder, or s3://BUCKET/PREFIX with the settings of media.s3.*\n\
         (the prefix may be left out). Pictures of other nodes are kept in {data_dir}/cache either way.",
    ),
    key(
        "media.image_size_limit",
        Shape::Number(1024, MANY),
        "16777216",
        "Largest image, in bytes.",
    ),
    key(
        "media.image_matrix_limit",
        Shape::Number(1024, MANY),
        "33177600",
        "Largest image, in pixels (width times height).",
    ),
    key(
        "media.video_size_limit",
        Shape::Number(1024, MANY),
        "41943040",
        "Largest film or recording, in bytes.",
    ),
    key(
        "media.file_size_limit",
        Shape::Number(1024, MANY),
        "16777216",
        "Largest document (PDF, office files without programs), in bytes.",
    ),
    key(
        "media.remote_cache_mib",
        Shape::Number(1, 100_000_000),
        "1024",
        "Pictures of other nodes that are kept at most, in MiB; what nobody looked at for longest goes first.",
    ),
    key(
        "media.s3.endpoint",
        Shape::OptionalAddress,
        r#""""#,
        "Address of the S3 server, such as https://s3.example.org; empty: Amazon's in the region.",
    ),
    key(
        "media.s3.region",
        Shape::Text,
        r#""us-east-1""#,
        "Region that the server expects in signatures.",
    ),
    key(
        "media.s3.path_style",
        Shape::Switch,
        "true",
        "Whether the bucket stands in the path of addresses; false: in the name of the host.",
    ),
    secret(
        "media.s3.access_key",
        Shape::Text,
        r#""""#,
        "Access key id. It needs the rights to get, put and delete objects below the prefix.",
    ),
    secret(
        "media.s3.secret_key",
        Shape::Text,
        r#""""#,
        "Secret access key.",
    ),
    secret(
        "mail.url",
        Shape::Text,
        r#""""#,
        "smtp://USER:PASSWORD@HOST:PORT (or smtps://…); empty: mails are written to {data_dir}/mail as .eml.",
    ),
    key(
        "mail.from",
        Shape::Text,
        r#""""#,
        "Sender of mails; empty: cordee@HOST.",
    ),
    key(
        "limits.enabled",
        Shape::Switch,
        "true",
        "Whether too many requests are refused. false lifts rate limits alone, never limits of size.",
    ),
    key(
        "limits.report_only",
        Shape::Switch,
        "false",
        "Count and report rate limits, but refuse nothing (as `cordee demo` does).",
    ),
    key(
        "limits.api_per_5min",
        Shape::Number(1, MANY),
        "300",
        "API requests per account or address in 5 minutes.",
    ),
    key(
        "limits.media_per_30min",
        Shape::Number(1, MANY),
        "30",
        "Uploads per account in 30 minutes.",
    ),
    key(
        "limits.delete_per_30min",
        Shape::Number(1, MANY),
        "30",
        "Deletions per account in 30 minutes.",
    ),
    key(
        "limits.sign_in_per_15min",
        Shape::Number(1, MANY),
        "30",
        "Attempts to sign in per address, and per name, in 15 minutes.",
    ),
    key(
        "limits.sign_up_per_30min",
        Shape::Number(1, MANY),
        "5",
        "Attempts to register per address, and mails about it per reader, in 30 minutes.",
    ),
    key(
        "limits.mail_per_hour",
        Shape::Number(1, MANY),
        "200",
        "Mails that strangers can cause (by registering) on the whole node in an hour.",
    ),
    key(
        "limits.inbox_per_5min",
        Shape::Number(1, MANY),
        "3000",
        "Activities per delivering node in 5 minutes.",
    ),
    key(
        "limits.inbox_source_per_5min",
        Shape::Number(1, MANY),
        "6000",
        "Deliveries per address in 5 minutes, whatever node they claim to come from.",
    ),
    key(
        "push.enabled",
        Shape::Switch,
        "true",
        "Whether phones and browsers can ask for push messages. They travel through push services on the internet:\n\
         set it to false where the node reaches none.",
    ),
    key(
        "push.closed_text",
        Shape::Switch,
        "false",
        "Whether push messages carry the text of posts that are not for everybody (narrower boundary, followers\n\
         only, direct). They are encrypted for the client either way; false sends a neutral title alone.",
    ),
    secret(
        "push.vapid_private_key",
        Shape::Text,
        r#""""#,
        "Private key for signing push messages: P-256, PKCS #8 PEM or 32 bytes in base64url. Empty: the key that the\n\
         node made at its first start. With another key every client has to subscribe again.",
    ),
    key(
        "push.vapid_subject",
        Shape::Text,
        r#""""#,
        "Where operators of push services find you: https://… or mailto:…; empty: the address of the node.",
    ),
    key(
        "metrics.listen",
        Shape::OptionalListen,
        r#""""#,
        "Address of /metrics (Prometheus); empty: off.",
    ),
    secret(
        "events.url",
        Shape::Text,
        r#""""#,
        "nats://… to carry live events between processes. Not built yet: leave it empty. Empty means PostgreSQL\n\
         notifications, or in-process on SQLite.",
    ),
];

/// Sections of the contract that later versions bring; naming one is refused with these words rather than as unknown.
pub(super) const LATER: &[&str] = &["oidc.", "scim."];

impl Key {
    /// The environment variable that sets it.
    pub(super) fn variable(&self) -> String {
        variable(self.path)
    }

    /// Section (perhaps one within another, `media.s3`) and key; the section is empty for a key without one.
    pub(super) fn parts(&self) -> (&'static str, &'static str) {
        self.path.rsplit_once('.').unwrap_or(("", self.path))
    }
}

/// The environment variable of a key: `server.listen` is `CORDEE_SERVER__LISTEN`.
pub(super) fn variable(path: &str) -> String {
    format!("CORDEE_{}", path.replace('.', "__").to_uppercase())
}

impl Shape {
    /// What the setting expects, for a message.
    pub(super) fn expected(self) -> String {
        match self {
            Self::Text => "a text in quotes".into(),
            Self::Address => {
                "an address such as \"https://learn.example.org\", without path".into()
            }
            Self::OptionalAddress => {
                "an address such as \"https://s3.example.org\", without path, or \"\"".into()
            }
            Self::Listen => "an IP address and port such as \"127.0.0.1:7400\"".into(),
            Self::OptionalListen => {
                "an IP address and port such as \"127.0.0.1:9400\", or \"\"".into()
            }
            Self::Switch => "true or false".into(),
            Self::Number(least, MANY) => format!("a whole number from {least}"),
            Self::Number(least, most) => format!("a whole number from {least} to {most}"),
            Self::Word(words) => format!("one of {}", words.join(", ")),
            Self::Networks => "a list of networks such as [\"10.0.0.0/8\"]".into(),
            Self::Words(words) => {
                format!("a list of at least one of {}, none twice", words.join(", "))
            }
        }
    }

    /// Whether a value fits.
    pub(super) fn accepts(self, value: &Value) -> bool {
        match self {
            Self::Text => value.is_str(),
            Self::Address => value.as_str().is_some_and(is_address),
            Self::OptionalAddress => value
                .as_str()
                .is_some_and(|text| text.is_empty() || is_address(text)),
            Self::Listen => value
                .as_str()
                .is_some_and(|text| text.parse::<SocketAddr>().is_ok()),
            Self::OptionalListen => value
                .as_str()
                .is_some_and(|text| text.is_empty() || text.parse::<SocketAddr>().is_ok()),
            Self::Switch => value.is_bool(),
            Self::Number(least, most) => value
                .as_integer()
                .is_some_and(|n| (least..=most).contains(&n)),
            Self::Word(words) => value.as_str().is_some_and(|text| words.contains(&text)),
            Self::Networks => texts(value)
                .is_some_and(|list| list.iter().all(|n| n.parse::<ipnet::IpNet>().is_ok())),
            Self::Words(words) => texts(value).is_some_and(|list| {
                let mut seen = std::collections::HashSet::new();
                !list.is_empty()
                    && list
                        .iter()
                        .all(|word| words.contains(word) && seen.insert(*word))
            }),
        }
    }

    /// Reads the value of an environment variable. What cannot be read stays text, and is refused by `accepts`.
    pub(super) fn read(self, text: &str) -> Value {
        match self {
            Self::Switch => text
                .parse()
                .map_or_else(|_| Value::String(text.to_owned()), Value::Boolean),
            Self::Number(..) => text
                .parse()
                .map_or_else(|_| Value::String(text.to_owned()), Value::Integer),
            Self::Networks | Self::Words(_) => Value::Array(
                text.split(',')
                    .map(str::trim)
                    .filter(|part| !part.is_empty())
                    .map(|part| Value::String(part.to_owned()))
                    .collect(),
            ),
            _ => Value::String(text.to_owned()),
        }
    }
}

fn texts(value: &Value) -> Option<Vec<&str>> {
    value.as_array()?.iter().map(Value::as_str).collect()
}

fn is_address(text: &str) -> bool {
    url::Url::parse(text).is_ok_and(|url| {
        matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none()
    })
}
