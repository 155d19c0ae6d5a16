//! How the database would run the queries of a piece of work: for the tests that hold the plans of the hottest ones. A plan
//! of PostgreSQL follows its statistics of the moment; it is asked for the one that fits all values, with ways that no index
//! leads made as dear as can be: what goes such a way nonetheless has no index.

use std::sync::{Arc, Mutex};

use diesel::connection::{Connection, InstrumentationEvent, SimpleConnection};
use diesel::deserialize::{self, QueryableByName};
use diesel::pg::Pg;
use diesel::row::NamedRow;
use diesel::sql_types::Text;
use diesel::{RunQueryDsl, sql_query};

use crate::error::{Error, Result};
use crate::store::conn::Conn;
use crate::store::pg::PgConn;

#[derive(diesel::QueryableByName)]
struct Step {
    #[diesel(sql_type = Text)]
    detail: String,
}

/// A line of EXPLAIN, whose column has a name with a space in it.
struct Line(String);

impl QueryableByName<Pg> for Line {
    fn build<'a>(row: &impl NamedRow<'a, Pg>) -> deserialize::Result<Self> {
        NamedRow::get::<Text, String>(row, "QUERY PLAN").map(Self)
    }
}

/// Runs the work and tells the plan of each of its queries, a line for each step, after the query itself.
///
/// # Errors
/// What the work returns; `Internal` where a query cannot be explained.
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
    let done = work(conn);
    conn.set_instrumentation(|_: InstrumentationEvent<'_>| {});
    done?;
    let queries = seen.lock().map_err(Error::internal)?.clone();
    let mut plans = Vec::new();
    for query in queries {
        let text = query
            .split(" -- binds:")
            .next()
            .unwrap_or_default()
            .to_owned();
        let steps = match conn {
            Conn::Sqlite(sqlite) => sql_query(format!("EXPLAIN QUERY PLAN {text}"))
                .load::<Step>(sqlite)?
                .into_iter()
                .map(|step| step.detail)
                .collect(),
            Conn::Postgres(server) => of_every_value(server, &text)?,
        };
        plans.push((text, steps));
    }
    Ok(plans)
}

/// The plan of PostgreSQL for whatever stands in the place of the parameters.
fn of_every_value(server: &mut PgConn, query: &str) -> Result<Vec<String>> {
    let number = |part: &str| {
        let digits: String = part.chars().take_while(char::is_ascii_digit).collect();
        digits.parse::<usize>().unwrap_or_default()
    };
    let most = query.split('$').skip(1).map(number).max().unwrap_or(0);
    let values = if most == 0 {
        String::new()
    } else {
        format!("({})", vec!["NULL"; most].join(", "))
    };
    server.batch_execute(
        "SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; SET enable_sort = off",
    )?;
    server.batch_execute(&format!("PREPARE looked_at AS {query}"))?;
    let lines: Vec<Line> = sql_query(format!("EXPLAIN EXECUTE looked_at{values}")).load(server)?;
    server.batch_execute(
        "DEALLOCATE looked_at; RESET plan_cache_mode; RESET enable_seqscan; RESET enable_sort",
    )?;
    Ok(lines
        .into_iter()
        .map(|Line(text)| text.trim_start_matches([' ', '-', '>']).to_owned())
        .collect())
}

/// Gathers the statistics that plans are made by.
///
/// # Errors
/// `Internal` where the database refuses.
pub fn analyze(conn: &mut Conn) -> Result<()> {
    conn.batch_execute("ANALYZE")?;
    Ok(())
}
