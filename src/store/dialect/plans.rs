//! How SQLite would run the queries of a piece of work: for the test that holds the plans of the hottest ones.
//! PostgreSQL plans by its statistics of the moment and is left out.

use std::sync::{Arc, Mutex};

use diesel::connection::{Connection, InstrumentationEvent, SimpleConnection};
use diesel::sql_types::Text;
use diesel::{QueryableByName, RunQueryDsl, sql_query};

use crate::error::{Error, Result};
use crate::store::conn::Conn;

#[derive(QueryableByName)]
struct Step {
    #[diesel(sql_type = Text)]
    detail: String,
}

/// Runs the work and tells the plan of each of its queries, a line for each step, after the query itself.
///
/// # Errors
/// What the work returns; `Unavailable` on PostgreSQL.
pub fn of<T>(
    conn: &mut Conn,
    work: impl FnOnce(&mut Conn) -> Result<T>,
) -> Result<Vec<(String, Vec<String>)>> {
    let seen: Arc<Mutex<Vec<String>>> = Arc::default();
    let ears = Arc::clone(&seen);
    conn.set_instrumentation(move |event: InstrumentationEvent<'_>| {
        if let InstrumentationEvent::StartQuery { query, .. } = event
            && let Ok(mut list) = ears.lock()
        {
            list.push(query.to_string());
        }
    });
    work(conn)?;
    conn.set_instrumentation(|_: InstrumentationEvent<'_>| {});
    let Conn::Sqlite(sqlite) = conn else {
        return Err(Error::Unavailable("plans are read on SQLite only".into()));
    };
    let queries = seen.lock().map_err(Error::internal)?.clone();
    let mut plans = Vec::new();
    for query in queries {
        let text = query
            .split(" -- binds:")
            .next()
            .unwrap_or_default()
            .to_owned();
        let steps: Vec<Step> = sql_query(format!("EXPLAIN QUERY PLAN {text}")).load(sqlite)?;
        plans.push((text, steps.into_iter().map(|step| step.detail).collect()));
    }
    Ok(plans)
}

/// Gathers the statistics that plans are made by.
///
/// # Errors
/// `Internal` where the database refuses.
pub fn analyze(conn: &mut Conn) -> Result<()> {
    conn.batch_execute("ANALYZE")?;
    Ok(())
}
