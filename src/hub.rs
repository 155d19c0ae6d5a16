//! Broadcast of committed events: wakes the job runner, the deliveries and the push messages; streams listen to it. What
//! other processes on the same database committed comes in by [`Hub::hear`].

use std::sync::Arc;

use tokio::sync::{Notify, broadcast, watch};

use crate::model::event::Event;

/// Events that may wait for a slow listener before it is told that it missed some.
const BACKLOG: usize = 1024;

/// Where committed events go; cheap to clone.
#[derive(Debug, Clone)]
pub struct Hub {
    events: broadcast::Sender<Event>,
    own: broadcast::Sender<Event>,
    gaps: watch::Sender<u64>,
    work: Arc<Notify>,
    deliveries: Arc<Notify>,
    pushes: Arc<Notify>,
}

impl Default for Hub {
    fn default() -> Self {
        Self {
            events: broadcast::channel(BACKLOG).0,
            own: broadcast::channel(BACKLOG).0,
            gaps: watch::Sender::new(0),
            work: Arc::default(),
            deliveries: Arc::default(),
            pushes: Arc::default(),
        }
    }
}

impl Hub {
    /// Tells everybody of what this process did; called once it is on disk.
    pub fn publish(&self, events: &[Event]) {
        if self.own.receiver_count() > 0 {
            for event in events {
                // Nobody listening is fine.
                drop(self.own.send(event.clone()));
            }
        }
        self.hear(events);
    }

    /// Tells everybody here of what another process did.
    pub fn hear(&self, events: &[Event]) {
        for event in events {
            drop(self.events.send(event.clone()));
        }
        let any = |wanted: fn(&Event) -> bool| events.iter().any(wanted);
        if any(|event| matches!(event, Event::Received { .. } | Event::JobQueued)) {
            self.work.notify_one();
        }
        if any(|event| matches!(event, Event::Notified { .. })) {
            self.pushes.notify_one();
        }
        if !events.is_empty() {
            self.deliveries.notify_one();
        }
    }

    /// Says that events of other processes may have been missed.
    pub fn miss(&self) {
        self.gaps
            .send_modify(|count| *count = count.wrapping_add(1));
    }

    /// Listens from now on, to what this process and others do.
    pub fn listen(&self) -> broadcast::Receiver<Event> {
        self.events.subscribe()
    }

    /// Listens from now on to what this process does, for the others.
    pub fn own(&self) -> broadcast::Receiver<Event> {
        self.own.subscribe()
    }

    /// Changes whenever events may have been missed.
    pub fn gaps(&self) -> watch::Receiver<u64> {
        self.gaps.subscribe()
    }

    /// Woken whenever jobs may be waiting.
    pub fn work(&self) -> &Notify {
        &self.work
    }

    /// Woken whenever deliveries may be waiting.
    pub fn deliveries(&self) -> &Notify {
        &self.deliveries
    }

    /// Woken whenever push messages may be waiting.
    pub fn pushes(&self) -> &Notify {
        &self.pushes
    }
}
