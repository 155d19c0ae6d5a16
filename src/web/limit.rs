//! Brute force: how often one name may be tried. Limits per address are the server's.

use std::sync::Arc;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use moka::sync::Cache;

use crate::app::App;
use crate::error::{Error, Result};
use crate::store::users::email_key;

const WINDOW: Duration = Duration::from_mins(15);

/// Attempts by node and name; forgotten 15 minutes after the first.
static ATTEMPTS: LazyLock<Cache<String, Arc<AtomicU32>>> = LazyLock::new(|| {
    Cache::builder()
        .max_capacity(100_000)
        .time_to_live(WINDOW)
        .build()
});

/// Counts an attempt to sign in as somebody.
///
/// # Errors
/// `TooMany` where there were too many in 15 minutes, right ones included.
pub(super) fn sign_in(app: &App, login: &str) -> Result<()> {
    let limits = &app.config.limits;
    if !limits.enabled {
        return Ok(());
    }
    let key = format!("{} {}", app.config.base_url(), email_key(login));
    let tried = ATTEMPTS
        .get_with(key, Arc::default)
        .fetch_add(1, Ordering::Relaxed);
    if tried < limits.sign_in_per_15min {
        return Ok(());
    }
    if limits.report_only {
        tracing::warn!(
            limit = "sign_in_per_15min",
            "too many attempts to sign in; only reported"
        );
        return Ok(());
    }
    Err(Error::TooMany(WINDOW))
}
