//! What every template needs: words in the reader's language, who is signed in, addresses of the style sheet.

use chrono::{Datelike, Timelike};

use super::assets;
use super::visitor::Visitor;
use crate::i18n::{self, Lang, Value};
use crate::model::time::Time;
use crate::model::words::Role;

/// What every template needs.
#[derive(Debug, Clone)]
pub(super) struct Ui {
    lang: Lang,
    /// Path and query of the page.
    pub(super) path: String,
    /// The token of forms.
    pub(super) token: String,
    /// Name of the signed-in person's account.
    pub(super) me: Option<String>,
    /// Whether the person is an admin of the node.
    pub(super) admin: bool,
    /// Name of the node.
    pub(super) node: String,
    /// Public address without trailing slash.
    pub(super) base: String,
    /// Authority in handles.
    pub(super) authority: String,
}

impl Ui {
    pub(super) fn of(visitor: &Visitor) -> Self {
        let config = &visitor.app.config;
        Self {
            lang: visitor.lang,
            path: visitor.path.clone(),
            token: visitor.token(),
            me: visitor.me.as_ref().map(|me| me.account.name.clone()),
            admin: visitor.viewer().at_least(Role::Admin),
            node: config.node.name.clone(),
            base: config.base_url(),
            authority: config.authority(),
        }
    }

    pub(super) fn code(&self) -> &'static str {
        self.lang.code()
    }

    pub(super) fn langs(&self) -> &'static [Lang] {
        Lang::ALL
    }

    pub(super) fn is(&self, lang: &Lang) -> bool {
        self.lang == *lang
    }

    pub(super) fn style(&self) -> &'static str {
        &assets::STYLE
    }

    pub(super) fn icon(&self) -> &'static str {
        &assets::ICON
    }

    /// A message without values.
    pub(super) fn t(&self, id: &str) -> String {
        i18n::text(self.lang, id, &[])
    }

    /// A message with one text.
    pub(super) fn t1(&self, id: &str, name: &str, value: &str) -> String {
        i18n::text(self.lang, id, &[(name, Value::from(value))])
    }

    /// A message with one number, named `count`.
    pub(super) fn n(&self, id: &str, count: &(impl Copy + Into<i64>)) -> String {
        let count: i64 = (*count).into();
        i18n::text(self.lang, id, &[("count", Value::from(count))])
    }

    /// Whether the page is, or lies below, this path.
    pub(super) fn at(&self, path: &str) -> bool {
        let here = self.path.split('?').next().unwrap_or_default();
        here == path
    }
}

impl Ui {
    /// Whether the page is this one below a path.
    pub(super) fn below(&self, path: &str, rest: &str) -> bool {
        let here = self.path.split('?').next().unwrap_or_default();
        here.strip_prefix(path) == Some(rest)
    }
}

/// A moment as people write it.
pub(super) fn moment(lang: Lang, time: Time) -> String {
    let clock = format!("{:02}:{:02}", time.hour(), time.minute());
    i18n::text(
        lang,
        "moment",
        &[
            ("date", Value::from(date(lang, time.date()))),
            ("time", Value::from(clock)),
        ],
    )
}

/// A date as people write it.
pub(super) fn date(lang: Lang, date: chrono::NaiveDate) -> String {
    i18n::text(
        lang,
        "date",
        &[
            ("day", Value::from(date.day())),
            ("month", Value::from(date.month())),
            ("year", Value::from(date.year().to_string())),
        ],
    )
}

/// A figure without needless decimals, as it was given.
pub(super) fn figure(value: f64) -> String {
    value.to_string()
}
