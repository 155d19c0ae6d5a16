//! Mastodon `Admin::Account` and `Admin::Report`. This node keeps no addresses of people's machines: `ip` is null and
//! `ips` empty for everybody.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::api::entities::Desk;
use crate::api::entities::account::credential_role;
use crate::api::entities::report::common;
use crate::api::entities::sheet::{Sheet, list};
use crate::error::{Error, Result};
use crate::model::ids::AccountId;
use crate::model::time::rfc3339_ms;
use crate::model::words::AccountState;
use crate::store::account_limits::{self, Limits};
use crate::store::accounts::{self, Account};
use crate::store::conn::Conn;
use crate::store::reports::Report;
use crate::store::roster;
use crate::store::timelines::Entry;
use crate::store::users::User;

/// Everything loaded that a set of accounts and posts needs to be shown to a moderator.
pub(super) struct Files {
    accounts: HashMap<AccountId, Account>,
    users: HashMap<AccountId, User>,
    limits: HashMap<AccountId, Limits>,
    sheet: Sheet,
}

impl Files {
    /// Loads.
    ///
    /// # Errors
    /// `Internal` where the database fails.
    pub(super) fn load(
        desk: &Desk,
        conn: &mut Conn,
        ids: &[AccountId],
        lines: &[Entry],
    ) -> Result<Self> {
        let users = roster::entries(conn, ids)?.into_iter();
        let limits = account_limits::list(conn, ids)?.into_iter();
        Ok(Self {
            accounts: accounts::map(conn, ids)?,
            users: users.map(|user| (user.account_id, user)).collect(),
            limits: limits.map(|row| (row.account_id, row)).collect(),
            sheet: desk.sheet(conn, lines, ids)?,
        })
    }

    fn head(&self, account: &Account) -> Value {
        let user = self.users.get(&account.id);
        let limits = self.limits.get(&account.id);
        let text = |value: &str| Some(value.to_owned()).filter(|text| !text.is_empty());
        let mut head = json!({
            "id": account.id.to_string(),
            "username": account.name,
            "domain": text(&account.domain),
            "created_at": rfc3339_ms(account.created_at),
            "email": user.map_or("", |user| user.email.as_str()),
            "ip": null,
            "ips": [],
            "locale": user.and_then(|user| text(&user.locale)),
            "invite_request": user.and_then(|user| text(&user.reason)),
            "role": user.map(|user| credential_role(user.role)),
            "confirmed": user.is_some_and(|user| user.email_confirmed_at.is_some()),
            "approved": account.state != AccountState::Pending
                || user.is_some_and(|user| user.reason.is_empty()),
            "disabled": user.is_some_and(|user| user.disabled_at.is_some()),
            "silenced": limits.is_some_and(|row| row.silenced_at.is_some()),
            "suspended": account.state == AccountState::Suspended,
            "sensitized": limits.is_some_and(|row| row.sensitized_at.is_some()),
        });
        if let (Some(by), Some(fields)) =
            (user.and_then(|user| user.invited_by), head.as_object_mut())
        {
            fields.insert("invited_by_account_id".into(), json!(by.to_string()));
        }
        head
    }

    /// Writes an account; `false` where it is not among those loaded.
    pub(super) fn account(&self, out: &mut Vec<u8>, id: AccountId) -> bool {
        let Some(account) = self.accounts.get(&id) else {
            return false;
        };
        open(out, &self.head(account));
        out.extend_from_slice(b",\"account\":");
        if !self.sheet.account(out, id) {
            return false;
        }
        out.push(b'}');
        true
    }

    /// Accounts as a list.
    pub(super) fn accounts(&self, ids: &[AccountId]) -> Vec<u8> {
        list(ids, 2400, |out, id| self.account(out, *id))
    }

    fn account_or_null(&self, out: &mut Vec<u8>, key: &str, id: Option<AccountId>) {
        out.extend_from_slice(format!(",\"{key}\":").as_bytes());
        let before = out.len();
        if !id.is_some_and(|id| self.account(out, id)) {
            out.truncate(before);
            out.extend_from_slice(b"null");
        }
    }

    /// Writes a report with these of its posts and the rules that it names; `false` where one of its two accounts went.
    pub(super) fn report(
        &self,
        out: &mut Vec<u8>,
        report: &Report,
        lines: &[Entry],
        broken: &[Value],
    ) -> bool {
        let mut head = common(report);
        if let Some(fields) = head.as_object_mut() {
            fields.insert("updated_at".into(), json!(rfc3339_ms(report.updated_at)));
            fields.insert("rules".into(), json!(broken));
            let resolution = Some(&report.resolution).filter(|text| !text.is_empty());
            fields.insert("cordee".into(), json!({ "resolution": resolution }));
        }
        open(out, &head);
        for (key, id) in [
            ("account", report.reporter_id),
            ("target_account", report.target_id),
        ] {
            out.extend_from_slice(format!(",\"{key}\":").as_bytes());
            if !self.account(out, id) {
                return false;
            }
        }
        self.account_or_null(out, "assigned_account", report.assigned_to);
        self.account_or_null(out, "action_taken_by_account", report.resolved_by);
        out.extend_from_slice(b",\"statuses\":");
        out.extend_from_slice(&list(lines, 2600, |out, line| self.sheet.status(out, line)));
        out.push(b'}');
        true
    }
}

/// Writes an object without its closing brace.
fn open(out: &mut Vec<u8>, head: &Value) {
    out.extend_from_slice(head.to_string().as_bytes());
    out.pop();
}

/// One account.
///
/// # Errors
/// `NotFound` where there is none.
pub(super) fn account(desk: &Desk, conn: &mut Conn, id: AccountId) -> Result<Vec<u8>> {
    let files = Files::load(desk, conn, &[id], &[])?;
    let mut out = Vec::with_capacity(4096);
    if files.account(&mut out, id) {
        Ok(out)
    } else {
        Err(Error::NotFound)
    }
}

/// Whom a report names.
pub(super) fn people_of(report: &Report) -> Vec<AccountId> {
    let mut people = vec![report.reporter_id, report.target_id];
    people.extend(report.assigned_to);
    people.extend(report.resolved_by);
    people
}
