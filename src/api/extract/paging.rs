//! Cursors in, `Link` header out.

use axum::extract::{FromRequestParts, OriginalUri};
use axum::http::HeaderValue;
use axum::http::request::Parts;

use crate::api::error::{ApiError, ApiResult};
use crate::app::App;
use crate::params::Params;
use crate::store::page::Page;

/// The wanted page of a list.
#[derive(Debug, Clone, Default)]
pub(crate) struct Paging {
    max_id: Option<i64>,
    since_id: Option<i64>,
    min_id: Option<i64>,
    limit: Option<i64>,
    /// Rows to leave out, where a list pages by counting.
    pub(crate) offset: i64,
    /// Address without query.
    address: String,
    query: String,
}

const CURSORS: &[&str] = &["max_id", "since_id", "min_id"];
const COUNTS: &[&str] = &["limit", "offset"];
const MAX_OFFSET: i64 = 10_000;

impl Paging {
    /// The page for the store.
    pub(crate) fn page(&self, default: i64, max: i64) -> Page {
        let limit = self.limit.map_or(default, |limit| limit.clamp(1, max));
        Page {
            max_id: self.max_id,
            since_id: self.since_id,
            min_id: self.min_id,
            limit,
        }
    }

    /// Whether all rows are wanted at once (`limit=0`), where a list allows that.
    pub(crate) fn wants_all(&self) -> bool {
        self.limit == Some(0)
    }

    /// The first rows only.
    pub(crate) fn limit(&self, default: i64, max: i64) -> i64 {
        self.page(default, max).limit
    }

    /// `next` first; none on an empty page, and no `next` where fewer rows came than were asked for.
    pub(crate) fn link(&self, limit: i64, cursors: &[i64]) -> Option<HeaderValue> {
        let (newest, oldest) = (cursors.first()?, cursors.last()?);
        let full = i64::try_from(cursors.len()).is_ok_and(|came| came >= limit);
        // Going upwards, the rows below are those we came from.
        let next = full || self.min_id.is_some();
        let mut text = String::new();
        if next {
            text.push_str(&entry(&self.with("max_id", *oldest), "next"));
            text.push_str(", ");
        }
        text.push_str(&entry(&self.with("min_id", *newest), "prev"));
        HeaderValue::from_str(&text).ok()
    }

    /// The same for a list that pages by counting, of which `came` rows came before anything was left out.
    pub(crate) fn link_counted(&self, limit: i64, came: usize) -> Option<HeaderValue> {
        let after = self.offset.saturating_add(limit);
        let full = i64::try_from(came).is_ok_and(|came| came >= limit);
        let mut entries = Vec::new();
        if full && after <= MAX_OFFSET {
            let next = self.without(COUNTS) + &format!("limit={limit}&offset={after}");
            entries.push(entry(&next, "next"));
        }
        if self.offset > 0 && came > 0 {
            let before = self.offset.saturating_sub(limit).max(0);
            let rows = self.offset - before;
            let prev = self.without(COUNTS) + &format!("limit={rows}&offset={before}");
            entries.push(entry(&prev, "prev"));
        }
        (!entries.is_empty())
            .then(|| HeaderValue::from_str(&entries.join(", ")).ok())
            .flatten()
    }

    fn with(&self, cursor: &str, id: i64) -> String {
        self.without(CURSORS) + &format!("{cursor}={id}")
    }

    /// The address to which parameters can be added, without those of these names.
    fn without(&self, names: &[&str]) -> String {
        let mut out = format!("{}?", self.address);
        for pair in self.query.split('&').filter(|pair| !pair.is_empty()) {
            let name = pair.split('=').next().unwrap_or_default();
            if !names.contains(&name) {
                out.push_str(pair);
                out.push('&');
            }
        }
        out
    }
}

/// One relation of a `Link` header (RFC 8288).
fn entry(address: &str, relation: &str) -> String {
    format!("<{address}>; rel=\"{relation}\"")
}

fn cursor(params: &Params, name: &str) -> Option<i64> {
    let text = params.text(name)?.trim();
    match text.parse::<i64>() {
        Ok(id) => Some(id.max(0)),
        // A number beyond all ids is above all of them; anything else is no cursor.
        Err(_) if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) => Some(i64::MAX),
        Err(_) => None,
    }
}

impl FromRequestParts<App> for Paging {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> ApiResult<Self> {
        let uri = match parts.extensions.get::<OriginalUri>() {
            Some(original) => original.0.clone(),
            None => parts.uri.clone(),
        };
        let query = uri.query().unwrap_or_default();
        let params = Params::from_query(query)?;
        Ok(Self {
            max_id: cursor(&params, "max_id"),
            since_id: cursor(&params, "since_id"),
            min_id: cursor(&params, "min_id"),
            limit: params
                .text("limit")
                .and_then(|text| text.trim().parse().ok()),
            offset: cursor(&params, "offset")
                .unwrap_or_default()
                .min(MAX_OFFSET),
            address: format!("{}{}", app.config.base_url(), uri.path()),
            query: query.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paging(query: &str) -> Paging {
        let params = Params::from_query(query).unwrap();
        Paging {
            max_id: cursor(&params, "max_id"),
            min_id: cursor(&params, "min_id"),
            limit: params.text("limit").and_then(|text| text.parse().ok()),
            address: "https://a.example/api/v1/x".into(),
            query: query.into(),
            ..Paging::default()
        }
    }

    #[test]
    fn next_comes_first_and_parameters_are_kept() {
        let paging = paging("limit=2&types[]=mention&max_id=9");
        assert_eq!(
            paging.link(2, &[8, 7]).unwrap(),
            "<https://a.example/api/v1/x?limit=2&types[]=mention&max_id=7>; rel=\"next\", \
             <https://a.example/api/v1/x?limit=2&types[]=mention&min_id=8>; rel=\"prev\""
        );
    }

    #[test]
    fn the_last_page_has_no_next_and_an_empty_one_no_link() {
        assert_eq!(paging("").link(20, &[]), None);
        let last = paging("").link(20, &[3]).unwrap();
        assert!(!last.to_str().unwrap().contains("next"));
        let upwards = paging("min_id=1").link(20, &[3]).unwrap();
        assert!(
            upwards
                .to_str()
                .unwrap()
                .starts_with("<https://a.example/api/v1/x?max_id=3>; rel=\"next\"")
        );
    }

    #[test]
    fn lists_that_count_page_in_both_directions() {
        let at = |offset: i64, came: usize| {
            let paging = Paging {
                offset,
                ..paging("order=new&limit=4&offset=3")
            };
            let link = paging.link_counted(4, came)?;
            Some(link.to_str().unwrap().to_owned())
        };
        let url = "https://a.example/api/v1/x?order=new";
        let next = |offset: i64| format!("<{url}&limit=4&offset={offset}>; rel=\"next\"");
        assert_eq!((at(0, 3), at(8, 0)), (None, None));
        assert_eq!(at(0, 4), Some(next(4)));
        let first = format!("<{url}&limit=3&offset=0>; rel=\"prev\"");
        assert_eq!(at(3, 4), Some(format!("{}, {first}", next(7))));
        let before = format!("<{url}&limit=4&offset=9996>; rel=\"prev\"");
        assert_eq!(at(MAX_OFFSET, 4), Some(before));
    }

    #[test]
    fn limits_are_clamped_and_odd_cursors_do_no_harm() {
        assert_eq!(paging("limit=1000000000").page(20, 40).limit, 40);
        assert_eq!(paging("limit=-1").page(20, 40).limit, 1);
        assert_eq!(paging("").page(20, 40).limit, 20);
        assert_eq!(paging("max_id=abc").page(20, 40).max_id, None);
        assert_eq!(
            paging("max_id=9223372036854775808").page(20, 40).max_id,
            Some(i64::MAX)
        );
    }
}
