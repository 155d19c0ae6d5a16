//! Whether this machine's clock is right, by clocks that are not its own: that of the database, and those of nodes that
//! this one has exchanged something with.

use super::words;
use crate::app::App;
use crate::model::time::Time;
use crate::server;
use crate::store::dialect::health;
use crate::store::peers;

/// A clock that differs by this much gets a node's signatures refused sooner or later.
const SKEW_S: i64 = 60;
/// Nodes that are asked at most.
const ASKED: usize = 3;

/// A sentence about a clock that is right, or by how much it is wrong.
pub(super) async fn check(app: &App) -> Result<String, String> {
    let mut agreeing = Vec::new();
    if let Some(there) = app.db.read(health::clock).await.map_err(words)? {
        agreeing.push(judge("the database", app.db.now(), there)?);
    }
    for (domain, there) in asked(app).await? {
        agreeing.push(judge(&domain, app.db.now(), there)?);
    }
    Ok(if agreeing.is_empty() {
        "no other clock to compare with: the database is on this machine, and no other node answered".to_owned()
    } else {
        format!("it agrees with that of {}", agreeing.join(" and "))
    })
}

/// What some nodes that were reached before say, those of the latest success first. Who does not answer is passed over.
async fn asked(app: &App) -> Result<Vec<(String, Time)>, String> {
    let mut known = app.db.read(peers::list).await.map_err(words)?;
    known.retain(|peer| peer.last_success_at.is_some());
    known.sort_by_key(|peer| std::cmp::Reverse(peer.last_success_at));
    known.truncate(ASKED);
    if known.is_empty() || !app.config.federation.enabled {
        return Ok(Vec::new());
    }
    let fed = server::federate(app).await.map_err(words)?;
    let mut told = Vec::new();
    for peer in known {
        if let Ok(there) = fed.time_at(&peer.domain).await {
            told.push((peer.domain, there));
        }
    }
    Ok(told)
}

fn judge(whose: &str, here: Time, there: Time) -> Result<String, String> {
    let skew = (here - there).num_seconds();
    if skew.abs() <= SKEW_S {
        return Ok(whose.to_owned());
    }
    let (seconds, side) = (skew.abs(), if skew > 0 { "ahead of" } else { "behind" });
    Err(format!(
        "this machine's clock is {seconds} s {side} that of {whose}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_is_the_most() {
        let at = |second: i64| {
            chrono::DateTime::from_timestamp(1_790_000_000 + second, 0)
                .unwrap()
                .naive_utc()
        };
        assert_eq!(
            judge("n.example", at(60), at(0)).as_deref(),
            Ok("n.example")
        );
        let ahead = judge("n.example", at(61), at(0)).unwrap_err();
        assert!(ahead.contains("61 s ahead of"), "{ahead}");
        let behind = judge("the database", at(0), at(99)).unwrap_err();
        assert!(
            behind.contains("99 s behind that of the database"),
            "{behind}"
        );
    }
}
