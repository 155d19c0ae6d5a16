//! Everybody who listens, and the one task that carries news to them. It lives as long as somebody listens.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use super::channel::Channel;
use super::news::{self, News};
use crate::api::error::ApiResult;
use crate::app::App;
use crate::error::{Error, Result};
use crate::model::event::Event;
use crate::model::grant::Grant;
use crate::model::ids::AccountId;
use crate::store::streams;

/// Connections of one person (security, RES-17).
const PER_PERSON: usize = 20;
/// Streams of one connection.
const PER_CONNECTION: usize = 30;
/// Frames that may wait for a slow reader before it is let go (security, RES-17).
const BACKLOG: usize = 256;
/// How often tokens are looked at again: whoever lost theirs loses the stream within two seconds.
const RECHECK: Duration = Duration::from_secs(1);
/// Events that are read together.
const AT_ONCE: usize = 64;

/// One line for one listener.
#[derive(Debug, Clone)]
pub(super) struct Frame {
    /// The stream it belongs to.
    pub(super) label: Arc<[String]>,
    /// Name of the event.
    pub(super) event: &'static str,
    /// JSON or a bare id; some events have none.
    pub(super) payload: Option<Arc<str>>,
}

/// Somebody who listens.
#[derive(Debug, Clone)]
pub(super) struct Listener {
    pub(super) grant: Arc<Grant>,
    pub(super) account: AccountId,
    pub(super) channels: Vec<Channel>,
    out: mpsc::Sender<Frame>,
    over: CancellationToken,
}

#[derive(Debug, Default)]
struct State {
    listeners: HashMap<u64, Listener>,
    /// Connections of each person, those included that are over and not closed yet.
    seats: HashMap<AccountId, usize>,
    running: bool,
}

/// Where connections sign up.
#[derive(Debug)]
pub(in crate::api) struct Exchange {
    state: Mutex<State>,
    next: AtomicU64,
}

/// A connection's place; leaving it signs off.
#[derive(Debug)]
pub(super) struct Seat {
    exchange: Arc<Exchange>,
    key: u64,
    account: AccountId,
    frames: mpsc::Receiver<Frame>,
    over: CancellationToken,
}

impl Seat {
    /// The next line; `None` once the stream is over.
    pub(super) async fn next(&mut self) -> Option<Frame> {
        self.frames.recv().await
    }

    /// Told once the stream is over, whatever is being sent just then.
    pub(super) fn over(&self) -> CancellationToken {
        self.over.clone()
    }

    /// Adds a stream; a second time changes nothing. `false` where there are too many.
    pub(super) fn subscribe(&self, channel: Channel) -> bool {
        let mut state = self.exchange.lock();
        let Some(listener) = state.listeners.get_mut(&self.key) else {
            return true;
        };
        if listener.channels.len() >= PER_CONNECTION {
            return false;
        }
        if !listener
            .channels
            .iter()
            .any(|known| known.label == channel.label)
        {
            listener.channels.push(channel);
        }
        true
    }

    /// Takes a stream away.
    pub(super) fn unsubscribe(&self, channel: &Channel) {
        if let Some(listener) = self.exchange.lock().listeners.get_mut(&self.key) {
            listener
                .channels
                .retain(|known| known.label != channel.label);
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut state = self.exchange.lock();
        state.listeners.remove(&self.key);
        if let Some(seats) = state.seats.get_mut(&self.account) {
            *seats -= 1;
            if *seats == 0 {
                state.seats.remove(&self.account);
            }
        }
        drop(state);
        metrics::gauge!("streams_open").decrement(1.0);
    }
}

impl Exchange {
    pub(in crate::api) fn new() -> Self {
        Self {
            state: Mutex::default(),
            next: AtomicU64::new(0),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A panic while it was held cannot have left a half-written entry.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Signs a connection up.
    ///
    /// # Errors
    /// `TooMany` beyond 20 connections of one person.
    pub(super) fn join(
        self: &Arc<Self>,
        app: &App,
        grant: &Arc<Grant>,
        first: Option<Channel>,
    ) -> ApiResult<Seat> {
        let account = grant.account.ok_or(Error::NotFound)?;
        let (out, frames) = mpsc::channel(BACKLOG);
        let over = CancellationToken::new();
        let key = self.next.fetch_add(1, Ordering::Relaxed);
        let listener = Listener {
            grant: Arc::clone(grant),
            account,
            channels: first.into_iter().collect(),
            out,
            over: over.clone(),
        };
        let mut state = self.lock();
        let seats = state.seats.entry(account).or_default();
        if *seats >= PER_PERSON {
            return Err(Error::TooMany(RECHECK).into());
        }
        *seats += 1;
        state.listeners.insert(key, listener);
        let start = !std::mem::replace(&mut state.running, true);
        drop(state);
        metrics::gauge!("streams_open").increment(1.0);
        if start {
            // Listening begins before this answer, so that nothing after it is missed.
            let (exchange, app_of_task) = (Arc::clone(self), app.clone());
            let (events, gaps) = (app.hub.listen(), app.hub.gaps());
            app.spawn(async move { exchange.run(&app_of_task, events, gaps).await });
        }
        Ok(Seat {
            exchange: Arc::clone(self),
            key,
            account,
            frames,
            over,
        })
    }

    fn everybody(&self) -> Vec<(u64, Listener)> {
        let state = self.lock();
        state
            .listeners
            .iter()
            .map(|(key, listener)| (*key, listener.clone()))
            .collect()
    }

    /// Ends the streams of some, or of all.
    fn dismiss(&self, which: impl Fn(u64, &Listener) -> bool) {
        self.lock().listeners.retain(|key, listener| {
            let ends = which(*key, listener);
            if ends {
                listener.over.cancel();
            }
            !ends
        });
    }

    /// Whether the task may end: nobody listens any more.
    fn rest(&self) -> bool {
        let mut state = self.lock();
        state.running = !state.listeners.is_empty();
        !state.running
    }

    async fn run(&self, app: &App, mut events: Receiver<Event>, mut gaps: watch::Receiver<u64>) {
        let mut recheck = tokio::time::interval(RECHECK);
        recheck.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = app.stopping.cancelled() => break,
                _ = recheck.tick() => {
                    if self.rest() {
                        return;
                    }
                    self.keep_the_living(app).await;
                }
                // Those of another process were missed.
                Ok(()) = gaps.changed() => self.dismiss(|_, _| true),
                event = events.recv() => match event {
                    Ok(first) => self.carry(app, first, &mut events).await,
                    // Some news were missed: clients come back and read them by REST.
                    Err(RecvError::Lagged(_)) => self.dismiss(|_, _| true),
                    Err(RecvError::Closed) => break,
                },
            }
        }
        self.dismiss(|_, _| true);
        self.lock().running = false;
    }

    async fn carry(&self, app: &App, first: Event, events: &mut Receiver<Event>) {
        let mut batch = vec![first];
        while batch.len() < AT_ONCE {
            match events.try_recv() {
                Ok(event) => batch.push(event),
                Err(TryRecvError::Lagged(_)) => return self.dismiss(|_, _| true),
                Err(_) => break,
            }
        }
        let listeners = self.everybody();
        if listeners.is_empty() {
            return;
        }
        let news = News::of(app);
        let read = app.db.read(move |conn| {
            let (mut lines, mut failed) = (Vec::new(), HashSet::new());
            for event in &batch {
                let mut new = Vec::new();
                if news.tell(conn, event, &listeners, &mut new).is_ok() {
                    lines.append(&mut new);
                    continue;
                }
                // Somebody's line cannot be made: only they must come back and read by REST.
                for one in &listeners {
                    let told = news.tell(conn, event, std::slice::from_ref(one), &mut lines);
                    if let Err(error) = told {
                        tracing::error!(%error, "a stream cannot be served and is closed");
                        failed.insert(one.0);
                    }
                }
            }
            Ok((lines, failed))
        });
        match read.await {
            Ok((lines, failed)) => {
                self.hand_out(lines);
                self.dismiss(|key, _| failed.contains(&key));
            }
            Err(error) => {
                tracing::error!(%error, "streams cannot be served and are closed");
                self.dismiss(|_, _| true);
            }
        }
    }

    fn hand_out(&self, lines: Vec<news::Line>) {
        let mut slow = HashSet::new();
        let state = self.lock();
        for (key, frame) in lines {
            if let Some(listener) = state.listeners.get(&key)
                && listener.out.try_send(frame).is_err()
            {
                slow.insert(key);
            }
        }
        drop(state);
        if !slow.is_empty() {
            self.dismiss(|key, _| slow.contains(&key));
        }
    }

    /// Ends the streams whose token or person is no longer welcome. Where the database does not tell, nobody is.
    async fn keep_the_living(&self, app: &App) {
        let tokens: HashSet<i64> = {
            let state = self.lock();
            state
                .listeners
                .values()
                .map(|known| known.grant.token_id)
                .collect()
        };
        let asked: Vec<i64> = tokens.iter().copied().collect();
        let alive: Result<Vec<i64>> = app.db.read(move |conn| streams::living(conn, &asked)).await;
        let alive: HashSet<i64> = alive
            .unwrap_or_else(|error| {
                tracing::error!(%error, "tokens cannot be looked at again; streams are closed");
                Vec::new()
            })
            .into_iter()
            .collect();
        self.dismiss(|_, listener| {
            let token = listener.grant.token_id;
            tokens.contains(&token) && !alive.contains(&token)
        });
    }
}
