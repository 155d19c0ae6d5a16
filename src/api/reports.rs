//! `POST /api/v1/reports`: telling the moderators of something (mastodon-api 1.4).

use axum::extract::State;
use serde::Deserialize;

use super::accounts::get_visible;
use super::answer::Answer;
use super::entities::{Desk, report as entity};
use super::error::ApiResult;
use super::extract::{Auth, Body, scope};
use super::words::word;
use crate::actions::report::{Complaint, report};
use crate::app::App;
use crate::error::{Error, Result};
use crate::model::ids::PostId;
use crate::model::refusal::Refusal;
use crate::model::words::ReportCategory;
use crate::store::{reports, rules};

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub(super) struct Form {
    account_id: String,
    status_ids: Vec<String>,
    comment: String,
    forward: Option<bool>,
    category: Option<String>,
    rule_ids: Vec<String>,
}

impl Form {
    /// What is asked for. An id that is none names nothing. Whoever names rules means a violation, unless they say
    /// otherwise.
    fn complaint(self) -> Result<Complaint> {
        let target = self.account_id.trim().parse();
        let posts = self.status_ids.iter().filter(|id| !id.trim().is_empty());
        let posts: Option<Vec<PostId>> = posts.map(|id| id.trim().parse().ok()).collect();
        let rules = self.rule_ids.iter().filter(|id| !id.trim().is_empty());
        let rules: Option<Vec<i64>> = rules.map(|id| id.trim().parse().ok()).collect();
        let rules = rules.ok_or_else(|| Error::invalid("rule_ids", Refusal::Malformed))?;
        let meant = if rules.is_empty() {
            ReportCategory::Other
        } else {
            ReportCategory::Violation
        };
        Ok(Complaint {
            target: target.map_err(|_why| Error::NotFound)?,
            posts: posts.ok_or(Error::NotFound)?,
            category: word("category", self.category.as_deref())?.unwrap_or(meant),
            rules,
            comment: self.comment,
            forward: self.forward.unwrap_or(false),
        })
    }
}

/// Files the report; answers it, without saying to whom it went.
pub(super) async fn create(
    State(app): State<App>,
    me: Auth<scope::WriteReports>,
    Body(form): Body<Form>,
) -> ApiResult {
    let wish = form.complaint()?;
    let desk = Desk::new(&app, me.viewer);
    let written = app.db.write(move |tx| {
        get_visible(tx, &desk.viewer, wish.target)?;
        let filed = report(tx, &desk.viewer, &wish)?;
        let about: Vec<PostId> = reports::list_posts(tx, &[filed.id])?
            .into_iter()
            .map(|(_, post)| post)
            .collect();
        let named = rules::list_of_reports(tx, &[filed.id])?;
        let broken: Vec<i64> = named.iter().map(|(_, rule)| rule.id).collect();
        let sheet = desk.sheet(tx, &[], &[filed.target_id])?;
        let mut out = Vec::with_capacity(2048);
        if entity::write(&mut out, &sheet, &filed, &about, &broken) {
            Ok(out)
        } else {
            Err(Error::NotFound)
        }
    });
    Ok(Answer::bytes(written.await?))
}
