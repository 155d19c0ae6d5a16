//! Carries committed events between the processes on one PostgreSQL: so that a stream tells what another process did, and a
//! `worker` wakes at once for what a `web` process left to it.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio_util::sync::CancellationToken;

use super::App;
use crate::error::Result;
use crate::model::event::Event;
use crate::store::signals::{LONGEST, Signals};

/// How long a connection that was lost is left alone at first; twice as long after each further try.
const PAUSE: Duration = Duration::from_secs(2);
/// Longest pause between two tries.
const LONGEST_PAUSE: Duration = Duration::from_mins(1);
/// A connection by which nothing was told for this long is looked at.
const LOOK: Duration = Duration::from_secs(30);
/// Events told at once at most.
const AT_ONCE: usize = 100;

/// What one process tells the others.
#[derive(Debug, Serialize, Deserialize, PartialEq, Eq)]
struct Told {
    /// Who tells: the process hears itself, too.
    by: u64,
    /// What was committed; absent where events of this process were lost.
    event: Option<Event>,
}

/// Runs until `end`, which comes after all that this process still writes: then tells what is left. On SQLite there is nobody
/// to tell.
pub async fn run(app: App, end: CancellationToken) {
    let mut own = app.hub.own();
    let mut link = Link::default();
    let mut pause = PAUSE;
    loop {
        let Err(error) = carry(&app, &mut own, &mut link, &end).await else {
            return;
        };
        // Once for each outage, whatever is tried while it lasts: streams would end again and again for nothing.
        if link.stands || !link.tried {
            tracing::warn!(
                %error,
                "other processes do not hear of this one, nor it of them; it is tried again"
            );
        }
        if link.stands {
            // Whatever the others do now is missed: readers of streams read on by REST.
            app.hub.miss();
            pause = PAUSE;
        }
        link = Link {
            tried: true,
            stands: false,
        };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = end.cancelled() => {
                tracing::warn!("the last changes of this process were not told to the others");
                return;
            }
        }
        pause = LONGEST_PAUSE.min(pause * 2);
    }
}

/// How the connection is doing.
#[derive(Debug, Default)]
struct Link {
    /// Whether it was tried before.
    tried: bool,
    /// Whether it stands.
    stands: bool,
}

async fn carry(
    app: &App,
    own: &mut Receiver<Event>,
    link: &mut Link,
    end: &CancellationToken,
) -> Result<()> {
    let Some(mut signals) = app.db.signals().await? else {
        return Ok(());
    };
    let by = rand::random::<u64>();
    if link.tried {
        // Both sides missed something: what the others did, and what this process told when the connection broke.
        tell(&mut signals, by, vec![None]).await?;
        app.hub.miss();
    }
    link.stands = true;
    loop {
        tokio::select! {
            event = own.recv() => match event {
                Ok(first) => tell(&mut signals, by, gather(first, own)).await?,
                Err(RecvError::Lagged(_)) => tell(&mut signals, by, vec![None]).await?,
                Err(RecvError::Closed) => return Ok(()),
            },
            text = signals.hear() => hand_on(app, by, &text?),
            () = tokio::time::sleep(LOOK) => signals.tell(&[]).await?,
            () = end.cancelled() => break,
        }
    }
    loop {
        let last = waiting(own);
        if last.is_empty() {
            return Ok(());
        }
        tell(&mut signals, by, last).await?;
    }
}

/// What waits to be told besides the first; a `None` where some of it is lost.
fn gather(first: Event, own: &mut Receiver<Event>) -> Vec<Option<Event>> {
    let mut events = vec![Some(first)];
    events.extend(waiting(own));
    events
}

fn waiting(own: &mut Receiver<Event>) -> Vec<Option<Event>> {
    let mut events = Vec::new();
    while events.len() < AT_ONCE {
        match own.try_recv() {
            Ok(event) => events.push(Some(event)),
            Err(TryRecvError::Lagged(_)) => events.push(None),
            Err(TryRecvError::Empty | TryRecvError::Closed) => break,
        }
    }
    events
}

async fn tell(signals: &mut Signals, by: u64, events: Vec<Option<Event>>) -> Result<()> {
    let mut texts = Vec::with_capacity(events.len());
    for event in events {
        // Only deliveries are made of these, and those are in the database.
        if matches!(event, Some(Event::Relayed { .. })) {
            continue;
        }
        let mut text = serde_json::to_string(&Told { by, event })?;
        if text.len() > LONGEST {
            text = serde_json::to_string(&Told { by, event: None })?;
        }
        texts.push(text);
    }
    signals.tell(&texts).await
}

fn hand_on(app: &App, by: u64, text: &str) {
    match serde_json::from_str::<Told>(text) {
        Ok(told) if told.by == by => {}
        Ok(Told {
            event: Some(event), ..
        }) => app.hub.hear(&[event]),
        // Another version tells of what this one does not know.
        Ok(Told { event: None, .. }) | Err(_) => app.hub.miss(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ids::{AccountId, PostId};
    use crate::model::words::Visibility;

    #[test]
    fn an_event_arrives_as_it_left() {
        let events = [
            Event::JobQueued,
            Event::PostCreated { post: PostId(7) },
            Event::Unboosted {
                boost: 1,
                uri: "https://a.example/\"1\"".into(),
                post: PostId(i64::MAX),
                by: AccountId(2),
                visibility: Visibility::Unlisted,
            },
        ];
        for event in events.map(Some).into_iter().chain([None]) {
            let told = Told {
                by: u64::MAX,
                event,
            };
            let text = serde_json::to_string(&told).unwrap();
            assert_eq!(serde_json::from_str::<Told>(&text).unwrap(), told, "{text}");
        }
    }
}
