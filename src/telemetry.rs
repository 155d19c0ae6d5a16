//! What an operator sees of a running process: log lines and metrics. The line of each request is written by `server`.
//! Bodies, tokens, addresses of mail and IP addresses are never logged; docs/LOGGING.md lists the fields.

use std::io::IsTerminal;
use std::sync::OnceLock;

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;

use crate::error::{Error, Result};

/// The recorder of the process: the `metrics` crate knows only one.
static METRICS: OnceLock<PrometheusHandle> = OnceLock::new();

/// Upper bounds of the buckets of every histogram of seconds.
const SECONDS: &[f64] = &[
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];

/// Starts logging to stderr: lines for people on a terminal, JSON otherwise. `CORDEE_LOG`, else `RUST_LOG`, chooses what
/// is shown (such as `info,cordee::federation=debug`); where neither is set, `usual` does.
pub fn init_logs(usual: &str) {
    let filter = EnvFilter::try_from_env("CORDEE_LOG")
        .or_else(|_| EnvFilter::try_from_default_env())
        .unwrap_or_else(|_| EnvFilter::new(usual));
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    let started = if std::io::stderr().is_terminal() {
        lines.with_target(false).try_init()
    } else {
        lines
            .json()
            .flatten_event(true)
            .with_current_span(true)
            .with_span_list(false)
            .try_init()
    };
    if started.is_err() {
        tracing::debug!("logging was started before and stays as it is");
    }
}

/// Starts counting; later calls change nothing. Must come before the first metric.
///
/// # Errors
/// `Internal` where another recorder is installed.
pub fn init_metrics() -> Result<()> {
    if METRICS.get().is_some() {
        return Ok(());
    }
    let handle = PrometheusBuilder::new()
        .set_buckets(SECONDS)
        .map_err(Error::internal)?
        .install_recorder()
        .map_err(Error::internal)?;
    METRICS.get_or_init(|| handle);
    Ok(())
}

/// All metrics in Prometheus' text format; empty where [`init_metrics`] was not called.
pub fn render_metrics() -> String {
    METRICS.get().map_or_else(String::new, |handle| {
        handle.run_upkeep();
        handle.render()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_counted_shows_in_the_rendering() {
        init_metrics().unwrap();
        init_metrics().unwrap();
        metrics::counter!("telemetry_test_total").increment(3);
        assert!(render_metrics().contains("telemetry_test_total 3"));
    }
}
