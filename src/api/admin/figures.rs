//! Figures about the node: measures by day, rankings, and how many of those who came are still here. Only sums; of a
//! person the node keeps the last use alone, so that somebody is active on one day only.

use std::collections::BTreeMap;
use std::collections::HashSet;

use axum::extract::State;
use chrono::{Datelike, Days, Months, NaiveDate, NaiveDateTime, NaiveTime};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::api::answer::Answer;
use crate::api::error::ApiResult;
use crate::api::extract::{Auth, Body, scope};
use crate::app::App;
use crate::error::{Error, Result};
use crate::model::refusal::Refusal;
use crate::model::text::fold;
use crate::model::time::{Time, rfc3339_ms};
use crate::model::words::Role;
use crate::store::conn::Conn;
use crate::store::figures::{self, Figure, Moments, Ranked, Span};

/// Longest time that figures are made for, in days.
const DAYS: u64 = 366;

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
struct Node {
    domain: String,
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
struct Tag {
    id: String,
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub(super) struct Form {
    keys: Vec<String>,
    start_at: String,
    end_at: String,
    limit: Option<i64>,
    frequency: Option<String>,
    tag_accounts: Tag,
    tag_uses: Tag,
    tag_servers: Tag,
    tag_languages: Tag,
    instance_accounts: Node,
    instance_media_attachments: Node,
    instance_reports: Node,
    instance_statuses: Node,
    instance_follows: Node,
    instance_followers: Node,
    instance_languages: Node,
}

fn day(field: &str, text: &str) -> Result<NaiveDate> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Error::invalid(field, Refusal::Blank));
    }
    let whole = chrono::DateTime::parse_from_rfc3339(text)
        .map(|moment| moment.naive_utc())
        .or_else(|_| text.parse::<NaiveDateTime>())
        .map(|moment| moment.date());
    whole
        .or_else(|_| text.parse::<NaiveDate>())
        .map_err(|_why| Error::invalid(field, Refusal::Malformed))
}

/// Days from the first to the last, both included.
#[derive(Debug, Clone, Copy)]
struct Period {
    first: NaiveDate,
    last: NaiveDate,
}

impl Period {
    fn of(form: &Form) -> Result<Self> {
        let (first, last) = (
            day("start_at", &form.start_at)?,
            day("end_at", &form.end_at)?,
        );
        let period = Self { first, last };
        if last < first || period.days() > DAYS {
            return Err(Error::invalid("end_at", Refusal::Malformed));
        }
        Ok(period)
    }

    fn days(&self) -> u64 {
        u64::try_from((self.last - self.first).num_days() + 1).unwrap_or_default()
    }

    fn span(&self) -> Span {
        let after = self.last.checked_add_days(Days::new(1));
        Span {
            from: self.first.and_time(NaiveTime::MIN),
            to: after.unwrap_or(self.last).and_time(NaiveTime::MIN),
        }
    }

    /// As many days right before.
    fn before(&self) -> Self {
        let back = |date: NaiveDate, days| date.checked_sub_days(Days::new(days)).unwrap_or(date);
        Self {
            first: back(self.first, self.days()),
            last: back(self.first, 1),
        }
    }

    fn each(&self) -> impl Iterator<Item = NaiveDate> {
        let last = self.last;
        self.first.iter_days().take_while(move |date| *date <= last)
    }
}

fn midnight(date: NaiveDate) -> String {
    rfc3339_ms(date.and_time(NaiveTime::MIN))
}

/// The figure of a key; none where it is unknown or lacks what it is about.
fn figure(form: &Form, key: &str) -> Option<Figure> {
    let node = |node: &Node| Some(node.domain.trim().to_lowercase()).filter(|it| !it.is_empty());
    let tag = |tag: &Tag| Some(fold(tag.id.trim())).filter(|it| !it.is_empty());
    Some(match key {
        "active_users" => Figure::ActiveUsers,
        "new_users" => Figure::NewUsers,
        "interactions" => Figure::Interactions,
        "opened_reports" => Figure::OpenedReports,
        "resolved_reports" => Figure::ResolvedReports,
        "tag_accounts" => Figure::TagAccounts(tag(&form.tag_accounts)?),
        "tag_uses" => Figure::TagUses(tag(&form.tag_uses)?),
        "tag_servers" => Figure::TagServers(tag(&form.tag_servers)?),
        "instance_accounts" => Figure::InstanceAccounts(node(&form.instance_accounts)?),
        "instance_media_attachments" => {
            Figure::InstanceMedia(node(&form.instance_media_attachments)?)
        }
        "instance_reports" => Figure::InstanceReports(node(&form.instance_reports)?),
        "instance_statuses" => Figure::InstanceStatuses(node(&form.instance_statuses)?),
        "instance_follows" => Figure::InstanceFollows(node(&form.instance_follows)?),
        "instance_followers" => Figure::InstanceFollowers(node(&form.instance_followers)?),
        _ => return None,
    })
}

/// The whole, and each day of it.
fn counted(moments: &Moments) -> (i64, BTreeMap<NaiveDate, i64>) {
    let mut days: BTreeMap<NaiveDate, i64> = BTreeMap::new();
    match moments {
        Moments::Sum(list) => {
            for (at, much) in list {
                *days.entry(at.date()).or_default() += much;
            }
            (list.iter().map(|(_, much)| much).sum(), days)
        }
        Moments::Distinct(list) => {
            let each: HashSet<(NaiveDate, i64)> =
                list.iter().map(|(at, what)| (at.date(), *what)).collect();
            for (date, _) in each {
                *days.entry(date).or_default() += 1;
            }
            let all: HashSet<i64> = list.iter().map(|(_, what)| *what).collect();
            (i64::try_from(all.len()).unwrap_or(i64::MAX), days)
        }
    }
}

/// `2.5 MB`.
fn human(bytes: i64) -> String {
    let mut tenths = bytes.max(0).saturating_mul(10);
    for unit in ["B", "KB", "MB", "GB"] {
        if tenths < 10_240 {
            return format!("{}.{} {unit}", tenths / 10, tenths % 10);
        }
        tenths /= 1024;
    }
    format!("{}.{} TB", tenths / 10, tenths % 10)
}

fn measure(conn: &mut Conn, key: &str, figure: &Figure, period: Period) -> Result<Value> {
    let now = figures::moments(conn, figure, period.span())?;
    let before = figures::moments(conn, figure, period.before().span())?;
    let ((mut total, mut days), (mut previous, _)) = (counted(&now), counted(&before));
    if *figure == Figure::ActiveUsers {
        let fewest = i64::try_from(FEWEST).unwrap_or(i64::MAX);
        let told = |count: i64| if count < fewest { 0 } else { count };
        days.retain(|_, count| *count >= fewest);
        (total, previous) = (told(total), told(previous));
    }
    let data: Vec<Value> = period
        .each()
        .map(|date| {
            let value = days.get(&date).copied().unwrap_or_default();
            json!({ "date": midnight(date), "value": value.to_string() })
        })
        .collect();
    let bytes = matches!(figure, Figure::InstanceMedia(_));
    let mut entity = json!({
        "key": key,
        "unit": bytes.then_some("bytes"),
        "total": total.to_string(),
        "previous_total": previous.to_string(),
        "data": data,
    });
    if let (true, Some(fields)) = (bytes, entity.as_object_mut()) {
        fields.insert("human_value".into(), json!(human(total)));
    }
    Ok(entity)
}

/// Keys that a request can name at once.
const KEYS: usize = 20;

/// The keys of a request, each once: every one of them is work.
fn keys(form: &Form) -> Vec<&String> {
    let mut once: Vec<&String> = Vec::new();
    for key in form.keys.iter().take(KEYS) {
        if !once.contains(&key) {
            once.push(key);
        }
    }
    once
}

/// `POST /api/v1/admin/measures`
pub(super) async fn measures(
    State(app): State<App>,
    me: Auth<scope::AdminRead>,
    Body(form): Body<Form>,
) -> ApiResult {
    me.at_least(Role::Moderator)?;
    let period = Period::of(&form)?;
    let read = app.db.read(move |conn| {
        let keys = keys(&form).into_iter();
        let known = keys.filter_map(|key| Some((key, figure(&form, key)?)));
        known
            .map(|(key, figure)| measure(conn, key, &figure, period))
            .collect::<Result<Vec<Value>>>()
    });
    Ok(Answer::json(&read.await?)?)
}

fn ranked(rows: Ranked, own: &str) -> Vec<Value> {
    rows.into_iter()
        .map(|(name, value)| {
            let key = if name.is_empty() {
                own.to_owned()
            } else {
                name
            };
            json!({ "key": key, "human_key": key, "value": value.to_string() })
        })
        .collect()
}

/// The lines of a ranking; none where its key is unknown.
fn ranking(
    app: &App,
    conn: &mut Conn,
    form: &Form,
    key: &str,
    period: Period,
) -> Result<Option<Vec<Value>>> {
    let limit = form.limit.unwrap_or(10).clamp(1, 100);
    let (span, own) = (period.span(), app.config.authority());
    let first = app.config.node.languages.first();
    Ok(Some(match key {
        "languages" => ranked(
            figures::languages(conn, span.from, limit)?,
            first.map_or("en", String::as_str),
        ),
        // With which app somebody signed up is not kept.
        "sources" => Vec::new(),
        "servers" => ranked(figures::servers(conn, span, limit)?, &own),
        "space_usage" => {
            let bytes = figures::media_bytes(conn)?;
            vec![json!({
                "key": "media", "human_key": "Media storage", "value": bytes.to_string(),
                "unit": "bytes", "human_value": human(bytes),
            })]
        }
        "software_versions" => {
            let database = if app.db.is_sqlite() {
                "SQLite"
            } else {
                "PostgreSQL"
            };
            let version = env!("CARGO_PKG_VERSION");
            vec![
                json!({ "key": "cordee", "human_key": "Cordée", "value": version, "human_value": version }),
                json!({ "key": "database", "human_key": database, "value": database, "human_value": database }),
            ]
        }
        "tag_servers" => ranked(
            figures::tag_servers(conn, &fold(form.tag_servers.id.trim()), span, limit)?,
            &own,
        ),
        "tag_languages" => ranked(
            figures::tag_languages(conn, &fold(form.tag_languages.id.trim()), span, limit)?,
            "",
        ),
        "instance_accounts" => {
            let domain = form.instance_accounts.domain.trim().to_lowercase();
            ranked(figures::node_accounts(conn, &domain, limit)?, "")
        }
        "instance_languages" => {
            let domain = form.instance_languages.domain.trim().to_lowercase();
            ranked(figures::node_languages(conn, &domain, span, limit)?, "")
        }
        _ => return Ok(None),
    }))
}

/// `POST /api/v1/admin/dimensions`
pub(super) async fn dimensions(
    State(app): State<App>,
    me: Auth<scope::AdminRead>,
    Body(form): Body<Form>,
) -> ApiResult {
    me.at_least(Role::Moderator)?;
    let period = Period::of(&form)?;
    let inner = app.clone();
    let read = app.db.read(move |conn| {
        let mut shown = Vec::new();
        for key in keys(&form) {
            if let Some(data) = ranking(&inner, conn, &form, key, period)? {
                shown.push(json!({ "key": key, "data": data }));
            }
        }
        Ok(shown)
    });
    Ok(Answer::json(&read.await?)?)
}

/// Fewest people that figures about people tell of: among fewer one could be recognised.
const FEWEST: usize = 5;

/// The beginnings of days or months of a period.
fn cohorts(period: Period, monthly: bool) -> Vec<NaiveDate> {
    if !monthly {
        return period.each().collect();
    }
    let mut all = Vec::new();
    let mut next = period.first.with_day(1);
    while let Some(month) = next.filter(|month| *month <= period.last) {
        all.push(month);
        next = month.checked_add_months(Months::new(1));
    }
    all
}

fn cohort(arrivals: &[(Time, Option<Time>)], begins: &[NaiveDate], at: usize) -> Option<Value> {
    let begin = *begins.get(at)?;
    let end = begins.get(at + 1);
    let came: Vec<&(Time, Option<Time>)> = arrivals
        .iter()
        .filter(|(came, _)| came.date() >= begin && end.is_none_or(|end| came.date() < *end))
        .collect();
    if came.len() < FEWEST {
        return None;
    }
    let all = u32::try_from(came.len()).unwrap_or(u32::MAX);
    let data: Vec<Value> = begins
        .iter()
        .skip(at)
        .map(|date| {
            // Whoever came in this very period was here in it.
            let here = came
                .iter()
                .filter(|(_, seen)| *date == begin || seen.is_some_and(|seen| seen.date() >= *date))
                .count();
            let here = u32::try_from(here).unwrap_or(u32::MAX);
            let rate = f64::from(here) / f64::from(all.max(1));
            json!({ "date": midnight(*date), "rate": rate, "value": here.to_string() })
        })
        .collect();
    Some(json!({ "period": midnight(begin), "data": data }))
}

/// `POST /api/v1/admin/retention`. Cohorts of few are left out: with the day on which an account was made, which moderators
/// see, they would tell when that person was last here.
pub(super) async fn retention(
    State(app): State<App>,
    me: Auth<scope::AdminRead>,
    Body(form): Body<Form>,
) -> ApiResult {
    me.at_least(Role::Moderator)?;
    let monthly = match form.frequency.as_deref().map(str::trim) {
        None | Some("" | "day") => false,
        Some("month") => true,
        Some(_) => {
            let words = Refusal::NotOneOf("day, month".into());
            return Err(Error::invalid("frequency", words).into());
        }
    };
    let period = Period::of(&form)?;
    let begins = cohorts(period, monthly);
    let first = begins.first().copied().unwrap_or(period.first);
    let span = Period { first, ..period }.span();
    let arrivals = app
        .db
        .read(move |conn| figures::arrivals(conn, span))
        .await?;
    let frequency = if monthly { "month" } else { "day" };
    let shown: Vec<Value> = (0..begins.len())
        .filter_map(|at| {
            let mut entity = cohort(&arrivals, &begins, at)?;
            let fields = entity.as_object_mut()?;
            fields.insert("frequency".into(), json!(frequency));
            Some(entity)
        })
        .collect();
    Ok(Answer::json(&shown)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn what_is_distinct_counts_once_a_day_and_once_in_all() {
        let at = |text: &str| date(text).and_time(NaiveTime::MIN);
        let list = vec![
            (at("2026-11-01"), 7),
            (at("2026-11-01"), 7),
            (at("2026-11-02"), 7),
            (at("2026-11-02"), 8),
        ];
        let (total, days) = counted(&Moments::Distinct(list.clone()));
        assert_eq!((total, days[&date("2026-11-02")]), (2, 2));
        assert_eq!(days[&date("2026-11-01")], 1);
        assert_eq!(counted(&Moments::Sum(list)).0, 29);
    }

    #[test]
    fn a_period_has_its_days_and_those_before() {
        let period = Period {
            first: date("2026-02-27"),
            last: date("2026-03-02"),
        };
        assert_eq!((period.days(), period.each().count()), (4, 4));
        let before = period.before();
        assert_eq!(
            (before.first, before.last),
            (date("2026-02-23"), date("2026-02-26"))
        );
        assert_eq!(
            cohorts(period, true),
            [date("2026-02-01"), date("2026-03-01")]
        );
    }

    #[test]
    fn bytes_are_told_in_words() {
        assert_eq!(human(512), "512.0 B");
        assert_eq!(human(1536), "1.5 KB");
        assert_eq!(human(3 << 30), "3.0 GB");
    }
}
