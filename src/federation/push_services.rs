//! Requests to push services. They are no peers: no mode but `blocked` concerns them, and they are spoken to where the
//! node does not federate. But they go through the same doors: https on the public internet, unless an admin named
//! networks for exactly that host (`peer set HOST --address CIDR`), and `.localhost` in development.

use std::time::Duration;

use chrono::TimeDelta;
use url::Url;

use super::deliver::asked_to_wait;
use super::fetch::{FetchError, describe};
use super::guard::{self, Door};
use super::{Federation, sign};
use crate::error::Result;
use crate::model::words::PeerMode;
use crate::store::peers;

/// Time for a whole exchange. A service that is slower is tried again.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a push service said. Its body is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said {
    /// Status.
    pub status: u16,
    /// How long it asks to be left alone, at most a day.
    pub wait: Option<TimeDelta>,
}

impl Federation {
    async fn push_door(&self, url: &Url) -> std::result::Result<Door, FetchError> {
        let domain = sign::authority(url);
        let known = self
            .app
            .db
            .read(move |conn| peers::find(conn, &domain))
            .await?;
        let now = self.app.db.now();
        let (networks, named) = match &known {
            Some(peer) => {
                if peer.effective_mode(now, PeerMode::Follow) == PeerMode::Blocked {
                    return Err(FetchError::Refused("a host that is blocked"));
                }
                (peer.networks(), peer.mode.is_some())
            }
            None => (Vec::new(), false),
        };
        self.inner
            .fetcher
            .rules
            .door(url, &networks, named)
            .map_err(FetchError::Refused)
    }

    /// The `host[:port]` of a push service at an address, where messages may be sent to it.
    ///
    /// # Errors
    /// `Unavailable` where the database does not answer.
    pub async fn push_host(&self, endpoint: &str) -> Result<Option<String>> {
        let Some(url) = guard::parse(endpoint) else {
            return Ok(None);
        };
        match self.push_door(&url).await {
            Ok(_) => Ok(Some(sign::authority(&url))),
            Err(FetchError::Refused(_)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Sends one message (RFC 8030 §5). Redirects are not followed.
    ///
    /// # Errors
    /// [`FetchError`] where no answer came, or our own rules say no.
    pub async fn push(
        &self,
        endpoint: &str,
        headers: Vec<(&'static str, String)>,
        body: Vec<u8>,
    ) -> std::result::Result<Said, FetchError> {
        let url = guard::parse(endpoint).ok_or(FetchError::Refused("not a web address"))?;
        let door = self.push_door(&url).await?;
        let mut request = self.inner.fetcher.doors.client(&door)?.post(url);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let response = request
            .timeout(PATIENCE)
            .body(body)
            .send()
            .await
            .map_err(|error| FetchError::Unreachable(describe(&error)))?;
        Ok(Said {
            status: response.status().as_u16(),
            wait: asked_to_wait(&response),
        })
    }
}
