//! Everything a person reads, in English, French and Dutch: Fluent catalogues that are part of the program. Sentences
//! say what to do, in plain words. Mastodon's own wordings (always English) are not in here: they belong to the API.

pub mod labels;

use std::sync::LazyLock;

pub use fluent_bundle::FluentValue as Value;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};

use crate::model::refusal::Refusal;
use crate::model::words::{NotificationKind, SeveranceKind, StrikeAction};

/// A language of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Lang {
    /// English.
    En,
    /// French.
    Fr,
    /// Dutch.
    Nl,
}

impl Lang {
    /// All languages, in the order in which they are offered.
    pub const ALL: &'static [Self] = &[Self::En, Self::Fr, Self::Nl];

    /// The ISO 639 code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Fr => "fr",
            Self::Nl => "nl",
        }
    }

    /// The language's own name.
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::Fr => "Français",
            Self::Nl => "Nederlands",
        }
    }

    /// The language of a tag such as `fr` or `nl-BE`; `None` for one we do not speak.
    pub fn parse(tag: &str) -> Option<Self> {
        let primary = tag
            .trim()
            .split(['-', '_'])
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase();
        Self::ALL
            .iter()
            .copied()
            .find(|lang| lang.code() == primary)
    }

    /// The language for an answer: what the request prefers (`Accept-Language`, RFC 9110 §12.5.4), else the person's
    /// locale, else the node's first language, else English.
    pub fn negotiate(
        accept_language: Option<&str>,
        person: Option<&str>,
        node_first: &str,
    ) -> Self {
        let node = Self::parse(node_first).unwrap_or(Self::En);
        let fallback = person.and_then(Self::parse).unwrap_or(node);
        let mut best: Option<(u16, Self)> = None;
        for range in accept_language.unwrap_or_default().split(',') {
            let mut parts = range.split(';').map(str::trim);
            let tag = parts.next().unwrap_or_default();
            let quality = parts
                .find_map(|part| part.strip_prefix("q="))
                .map_or(Some(1000), thousandths)
                .unwrap_or(0);
            let lang = if tag == "*" {
                Some(fallback)
            } else {
                Self::parse(tag)
            };
            if let Some(lang) = lang
                && quality > best.map_or(0, |(q, _)| q)
            {
                best = Some((quality, lang));
            }
        }
        best.map_or(fallback, |(_, lang)| lang)
    }

    const fn index(self) -> usize {
        match self {
            Self::En => 0,
            Self::Fr => 1,
            Self::Nl => 2,
        }
    }
}

/// A quality value in thousandths.
fn thousandths(text: &str) -> Option<u16> {
    let (whole, fraction) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
    if fraction.len() > 3 || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let fraction: u16 = format!("{fraction:0<3}").parse().ok()?;
    match whole {
        "0" | "" => Some(fraction),
        "1" => Some(1000),
        _ => None,
    }
}

type Bundle = FluentBundle<FluentResource>;

macro_rules! sources {
    ($($lang:literal),*) => {
        [$(&[
            include_str!(concat!("i18n/", $lang, "/refusals.ftl")),
            include_str!(concat!("i18n/", $lang, "/pages.ftl")),
            include_str!(concat!("i18n/", $lang, "/community.ftl")),
            include_str!(concat!("i18n/", $lang, "/posts.ftl")),
            include_str!(concat!("i18n/", $lang, "/forms.ftl")),
            include_str!(concat!("i18n/", $lang, "/static.ftl")),
            include_str!(concat!("i18n/", $lang, "/private.ftl")),
            include_str!(concat!("i18n/", $lang, "/api.ftl")),
            include_str!(concat!("i18n/", $lang, "/mails.ftl")),
            include_str!(concat!("i18n/", $lang, "/reports.ftl")),
            include_str!(concat!("i18n/", $lang, "/people.ftl")),
        ]),*]
    };
}

const SOURCES: [&[&str]; 3] = sources!("en", "fr", "nl");

static BUNDLES: LazyLock<Vec<Bundle>> =
    LazyLock::new(|| Lang::ALL.iter().map(|lang| bundle(*lang)).collect());

fn bundle(lang: Lang) -> Bundle {
    let locale = lang.code().parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![locale]);
    bundle.set_use_isolating(false);
    for source in SOURCES.get(lang.index()).copied().unwrap_or_default() {
        // What could be read of a faulty file is used; the test of the catalogues keeps faults out.
        let resource =
            FluentResource::try_new((*source).to_owned()).unwrap_or_else(|(resource, errors)| {
                tracing::error!(lang = lang.code(), ?errors, "a catalogue has faults");
                resource
            });
        if let Err(errors) = bundle.add_resource(resource) {
            tracing::error!(lang = lang.code(), ?errors, "a catalogue repeats messages");
        }
    }
    bundle
}

/// The message ids of heading and text of each part of what the node says about privacy.
pub const PRIVACY: &[(&str, &str)] = &[
    ("privacy-kept", "privacy-kept-text"),
    ("privacy-seen", "privacy-seen-text"),
    ("privacy-others", "privacy-others-text"),
    ("privacy-cookies", "privacy-cookies-text"),
    ("privacy-rights", "privacy-rights-text"),
];
/// When those texts last changed.
pub const PRIVACY_CHANGED: &str = "2026-11-24T00:00:00.000Z";

/// The text of a message. `args` are its named values: texts as they are, numbers for plurals.
///
/// A message that is missing shows as its id, and in the log.
pub fn text(lang: Lang, id: &str, args: &[(&str, Value<'_>)]) -> String {
    let Some(bundle) = BUNDLES.get(lang.index()) else {
        return id.to_owned();
    };
    let Some(pattern) = bundle.get_message(id).and_then(|message| message.value()) else {
        tracing::error!(id, lang = lang.code(), "a message is missing");
        return id.to_owned();
    };
    let mut values = FluentArgs::with_capacity(args.len());
    for (name, value) in args {
        values.set((*name).to_owned(), value.clone());
    }
    let mut errors = Vec::new();
    let text = bundle
        .format_pattern(pattern, Some(&values), &mut errors)
        .into_owned();
    if !errors.is_empty() {
        tracing::error!(id, lang = lang.code(), ?errors, "a message lacks a value");
    }
    text
}

/// The sentence for a refusal.
pub fn refusal(lang: Lang, why: &Refusal) -> String {
    let argument = why.argument().unwrap_or_default();
    let limit = argument
        .parse::<f64>()
        .map_or_else(|_| Value::from(argument.clone()), Value::from);
    text(
        lang,
        why.message_id(),
        &[("limit", limit), ("words", Value::from(argument))],
    )
}

/// The message that tells of a notification; it names who caused it as `name`.
pub const fn told(kind: NotificationKind) -> &'static str {
    match kind {
        NotificationKind::Mention => "told-mention",
        NotificationKind::Status => "told-status",
        NotificationKind::Reblog => "told-reblog",
        NotificationKind::Follow => "told-follow",
        NotificationKind::FollowRequest => "told-follow-request",
        NotificationKind::Favourite => "told-favourite",
        NotificationKind::Poll => "told-poll",
        NotificationKind::Update => "told-update",
        NotificationKind::AdminReport => "told-report",
        NotificationKind::AdminSignUp => "told-sign-up",
        NotificationKind::Quote => "told-quote",
        NotificationKind::QuotedUpdate => "told-quoted-update",
        NotificationKind::SeveredRelationships => "told-severed",
        NotificationKind::ModerationWarning => "told-warned",
    }
}

/// What a person is told of follows that were cut: who is out of reach, and how many that is.
pub fn severed(
    lang: Lang,
    kind: SeveranceKind,
    target: &str,
    followers: i64,
    following: i64,
) -> String {
    let id = match kind {
        SeveranceKind::DomainBlock => "told-severed-node",
        SeveranceKind::UserDomainBlock => "told-severed-own",
        SeveranceKind::AccountSuspension => "told-severed-account",
    };
    let args = [
        ("target", Value::from(target.to_owned())),
        ("followers", Value::from(followers)),
        ("following", Value::from(following)),
    ];
    text(lang, id, &args)
}

/// The message that tells what moderators decided.
pub const fn warned(action: StrikeAction) -> &'static str {
    match action {
        StrikeAction::None => "told-warned",
        StrikeAction::Disable => "told-warned-disable",
        StrikeAction::MarkStatusesAsSensitive => "told-warned-mark",
        StrikeAction::DeleteStatuses => "told-warned-delete",
        StrikeAction::Sensitive => "told-warned-sensitive",
        StrikeAction::Silence => "told-warned-silence",
        StrikeAction::Suspend => "told-warned-suspend",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    fn ids(lang: Lang) -> BTreeSet<String> {
        SOURCES[lang.index()]
            .iter()
            .flat_map(|source| source.lines())
            .filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()))
            .filter_map(|line| line.split_once(" =").map(|(id, _)| id.to_owned()))
            .collect()
    }

    /// All texts under `src` that may name a message, the catalogues aside.
    fn program() -> String {
        fn walk(dir: &Path, all: &mut String) {
            for entry in std::fs::read_dir(dir).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    walk(&path, all);
                } else if path.extension().is_some_and(|e| e == "rs" || e == "html") {
                    all.push_str(&std::fs::read_to_string(&path).unwrap());
                }
            }
        }
        let mut all = String::new();
        walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut all);
        all
    }

    /// Beginnings of ids that are completed by a word of the contract.
    const FAMILIES: &[&str] = &["kf-", "error-"];

    #[test]
    fn all_catalogues_are_sound_and_have_the_same_messages() {
        for sources in SOURCES {
            for source in sources {
                if let Err((_, errors)) = FluentResource::try_new((*source).to_owned()) {
                    panic!("{errors:?} in {source}");
                }
            }
        }
        let english = ids(Lang::En);
        assert!(!english.is_empty());
        for lang in [Lang::Fr, Lang::Nl] {
            let other = ids(lang);
            let lacking: Vec<_> = english.symmetric_difference(&other).collect();
            assert!(
                lacking.is_empty(),
                "en and {} differ in {lacking:?}",
                lang.code()
            );
        }
        for lang in Lang::ALL {
            assert_eq!(
                ids(*lang).len(),
                SOURCES[lang.index()]
                    .iter()
                    .flat_map(|s| s.lines())
                    .filter(|l| l.starts_with(|c: char| c.is_ascii_lowercase()))
                    .count(),
                "{} repeats a message",
                lang.code()
            );
        }
    }

    #[test]
    fn every_refusal_has_its_sentence() {
        let known = ids(Lang::En);
        let named: Vec<&str> = include_str!("model/refusal.rs")
            .split('"')
            .filter(|part| part.starts_with("no-") && !part.contains(char::is_whitespace))
            .collect();
        assert!(named.len() > 30);
        for id in named {
            assert!(known.contains(id), "no sentence for {id}");
        }
    }

    #[test]
    fn every_message_that_is_asked_for_exists() {
        let known = ids(Lang::En);
        let program = program();
        for opening in [
            "ui.t(\"",
            "ui.t1(\"",
            "ui.n(\"",
            "i18n::text(lang, \"",
            "hint(lang, \"",
        ] {
            for rest in program.split(opening).skip(1) {
                let id = rest.split('"').next().unwrap();
                // This very test names the openings.
                if !id.contains(['\\', ' ']) && !id.is_empty() {
                    assert!(known.contains(id), "no message {id}");
                }
            }
        }
    }

    #[test]
    fn no_message_is_unused() {
        let program = program();
        let quoted: BTreeSet<&str> = program.split('"').collect();
        let unused: Vec<String> = ids(Lang::En)
            .into_iter()
            .filter(|id| {
                !quoted.contains(id.as_str())
                    && !FAMILIES.iter().any(|family| id.starts_with(family))
            })
            .collect();
        assert!(unused.is_empty(), "unused: {unused:?}");
    }

    #[test]
    fn the_browser_decides_then_the_person_then_the_node() {
        let negotiate = Lang::negotiate;
        assert_eq!(
            negotiate(Some("fr-BE,fr;q=0.9,en;q=0.1"), Some("nl"), "en"),
            Lang::Fr
        );
        assert_eq!(
            negotiate(Some("de, nl;q=0.3, fr;q=0.2"), None, "en"),
            Lang::Nl
        );
        assert_eq!(negotiate(Some("de"), Some("nl"), "en"), Lang::Nl);
        assert_eq!(negotiate(None, Some("xx"), "fr"), Lang::Fr);
        assert_eq!(negotiate(Some("*"), None, "nl"), Lang::Nl);
        assert_eq!(negotiate(Some("en;q=0, fr;q=0.001"), None, "en"), Lang::Fr);
        assert_eq!(negotiate(Some(";;q=,,q=9;x"), None, ""), Lang::En);
    }

    #[test]
    fn refusals_speak_in_the_language_with_their_value() {
        assert!(refusal(Lang::En, &Refusal::TooLong(80)).contains("80"));
        assert!(
            refusal(Lang::Fr, &Refusal::NotOneOf("public, node".into())).contains("public, node")
        );
        assert_ne!(
            refusal(Lang::Fr, &Refusal::Blank),
            refusal(Lang::Nl, &Refusal::Blank)
        );
    }
}
