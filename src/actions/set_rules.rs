//! Admins write down the rules of the node and what it says at length: about itself, privacy, terms of service.

use std::collections::BTreeMap;

use chrono::{NaiveDate, TimeDelta};
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::model::names::clean_line;
use crate::model::refusal::Refusal;
use crate::model::text::markdown::{Links, render};
use crate::model::viewer::Viewer;
use crate::model::words::{NodeTextKind, Role};
use crate::store::audit;
use crate::store::db::Tx;
use crate::store::node_texts::{self, NodeText};
use crate::store::rules::{self, Rule};

/// Most rules.
pub const RULES: usize = 50;
/// Longest rule, in characters.
pub const RULE: usize = 300;
/// Longest explanation of a rule, in characters.
pub const HINT: usize = 2000;
/// Longest text, in characters.
pub const TEXT: usize = 100_000;

/// A rule in another language.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Wording {
    /// The rule.
    pub text: String,
    /// What it means.
    pub hint: String,
}

/// What a rule is to say.
#[derive(Debug, Clone, Default)]
pub struct RuleWish {
    /// Where it stands, from 1; absent: last, or where it is.
    pub position: Option<i32>,
    /// The rule, one line.
    pub text: String,
    /// What it means; may be empty.
    pub hint: String,
    /// The same in other languages, by code; those without text are left out.
    pub translations: BTreeMap<String, Wording>,
}

/// The wordings of a rule in other languages.
///
/// # Errors
/// `Internal` where the row cannot be read.
pub fn translations(rule: &Rule) -> Result<BTreeMap<String, Wording>> {
    Ok(serde_json::from_str(&rule.translations)?)
}

fn must_be_admin(by: &Viewer) -> Result<()> {
    if by.at_least(Role::Admin) {
        Ok(())
    } else {
        Err(Refusal::RoleTooLow.into())
    }
}

fn check(field: &str, wording: &Wording) -> Result<Wording> {
    let text = clean_line(&wording.text, RULE + 1);
    if text.is_empty() {
        return Err(Error::invalid(field, Refusal::Blank));
    }
    if text.chars().count() > RULE {
        return Err(Error::invalid(field, Refusal::TooLong(RULE)));
    }
    let hint = wording.hint.trim().to_owned();
    if hint.chars().count() > HINT {
        return Err(Error::invalid("hint", Refusal::TooLong(HINT)));
    }
    Ok(Wording { text, hint })
}

/// Writes a rule: a new one, or another wording of one there is. Its id.
///
/// # Errors
/// `Forbidden(RoleTooLow)`; `Invalid` naming `text` or `hint`, or `text` where there are [`RULES`]; `NotFound`.
pub fn write_rule(tx: &mut Tx<'_>, by: &Viewer, id: Option<i64>, wish: &RuleWish) -> Result<i64> {
    must_be_admin(by)?;
    let own = check(
        "text",
        &Wording {
            text: wish.text.clone(),
            hint: wish.hint.clone(),
        },
    )?;
    let mut others = BTreeMap::new();
    for (code, wording) in &wish.translations {
        if !wording.text.trim().is_empty() {
            others.insert(code.clone(), check("text", wording)?);
        }
    }
    let mut all = rules::list(tx)?;
    let now = tx.now();
    let rule = match id {
        Some(id) => rules::find(tx, id)?.ok_or(Error::NotFound)?,
        None if all.len() >= RULES => {
            return Err(Error::invalid("text", Refusal::TooMany(RULES)));
        }
        None => Rule {
            id: tx.new_id(),
            position: i32::MAX,
            text: String::new(),
            hint: String::new(),
            translations: String::new(),
            created_at: now,
            removed_at: None,
        },
    };
    let rule = Rule {
        text: own.text,
        hint: own.hint,
        translations: serde_json::to_string(&others)?,
        ..rule
    };
    if id.is_some() {
        rules::update(tx, &rule)?;
    } else {
        rules::insert(tx, &rule)?;
    }
    let before = all.iter().position(|known| known.id == rule.id);
    all.retain(|known| known.id != rule.id);
    let wanted = wish
        .position
        .and_then(|place| usize::try_from(place.saturating_sub(1)).ok());
    let place = wanted.or(before).unwrap_or(all.len()).min(all.len());
    let written = rule.id;
    all.insert(place, rule);
    number(tx, all)?;
    let deed = if id.is_some() {
        "rule.change"
    } else {
        "rule.add"
    };
    audit::add(tx, by.account(), deed, &written.to_string(), "")?;
    Ok(written)
}

/// Numbers the rules from 1 in this order.
fn number(tx: &mut Tx<'_>, all: Vec<Rule>) -> Result<()> {
    for (at, rule) in all.into_iter().enumerate() {
        let position = i32::try_from(at).unwrap_or(i32::MAX).saturating_add(1);
        if rule.position != position {
            rules::update(tx, &Rule { position, ..rule })?;
        }
    }
    Ok(())
}

/// Removes a rule; reports that name it go on naming it.
///
/// # Errors
/// `Forbidden(RoleTooLow)`; `NotFound`.
pub fn remove_rule(tx: &mut Tx<'_>, by: &Viewer, id: i64) -> Result<()> {
    must_be_admin(by)?;
    rules::find(tx, id)?.ok_or(Error::NotFound)?;
    let now = tx.now();
    rules::remove(tx, id, now)?;
    let left = rules::list(tx)?;
    number(tx, left)?;
    audit::add(tx, by.account(), "rule.remove", &id.to_string(), "")
}

/// Writes a text, which holds from a day (today, where none is named); an empty one takes it back. The versions before
/// are kept.
///
/// # Errors
/// `Forbidden(RoleTooLow)`; `Invalid` naming `source` or `effective_on` (a day that has passed, or a year ahead).
pub fn write_text(
    tx: &mut Tx<'_>,
    by: &Viewer,
    kind: NodeTextKind,
    source: &str,
    effective_on: Option<NaiveDate>,
) -> Result<()> {
    must_be_admin(by)?;
    let source = source.trim();
    if source.chars().count() > TEXT {
        return Err(Error::invalid("source", Refusal::TooLong(TEXT)));
    }
    let (id, now) = (tx.new_id(), tx.now());
    let today = now.date();
    let effective_on = effective_on.unwrap_or(today);
    if effective_on < today || effective_on > today + TimeDelta::days(366) {
        return Err(Error::invalid("effective_on", Refusal::Malformed));
    }
    let links = Links {
        base_url: tx.node().base_url.clone(),
        ..Links::default()
    };
    let row = NodeText {
        id,
        kind,
        source: source.to_owned(),
        html: render(source, &links),
        effective_on,
        created_at: now,
    };
    node_texts::insert(tx, &row)?;
    let action = "text.change";
    audit::add(
        tx,
        by.account(),
        action,
        kind.as_str(),
        &effective_on.to_string(),
    )
}
