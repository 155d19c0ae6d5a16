//! In-process broadcast of committed events: wakes the job runner, the deliveries and the push messages; streams listen to it later.

use std::sync::Arc;

use tokio::sync::{Notify, broadcast};

use crate::model::event::Event;

/// Events that may wait for a slow listener before it is told that it missed some.
const BACKLOG: usize = 1024;

/// Where committed events go; cheap to clone.
#[derive(Debug, Clone)]
pub struct Hub {
    events: broadcast::Sender<Event>,
    work: Arc<Notify>,
    deliveries: Arc<Notify>,
    pushes: Arc<Notify>,
}

impl Default for Hub {
    fn default() -> Self {
        Self {
            events: broadcast::channel(BACKLOG).0,
            work: Arc::default(),
            deliveries: Arc::default(),
            pushes: Arc::default(),
        }
    }
}

impl Hub {
    /// Tells everybody; called once an event is on disk.
    pub fn publish(&self, events: &[Event]) {
        for event in events {
            // Nobody listening is fine.
            drop(self.events.send(event.clone()));
        }
    }

    /// Listens from now on.
    pub fn listen(&self) -> broadcast::Receiver<Event> {
        self.events.subscribe()
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
