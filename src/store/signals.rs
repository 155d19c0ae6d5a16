//! What processes on one PostgreSQL tell each other: short texts, by its notifications, over a connection of their own. A
//! text is told once and kept nowhere: whoever does not listen at that moment misses it.

use std::collections::VecDeque;
use std::fmt;
use std::pin::pin;
use std::time::Duration;

use futures::future;
use futures::stream::{self, BoxStream};
use futures::{StreamExt as _, TryStreamExt as _};
use tokio_postgres::config::SslMode;
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{AsyncMessage, Client, Config, NoTls, Socket};

use super::pg;
use crate::error::{Error, Result};

/// Longest text, in bytes: PostgreSQL takes a little less than 8000.
pub const LONGEST: usize = 7500;
/// How long the server may take for an answer.
const ANSWER: Duration = Duration::from_secs(10);
/// An idle connection is looked at after this time.
const KEEPALIVE: Duration = Duration::from_mins(1);

type Heard = std::result::Result<String, tokio_postgres::Error>;

/// A connection by which texts come and go.
pub struct Signals {
    client: Client,
    /// Drives the connection, and gives what comes.
    incoming: BoxStream<'static, Heard>,
    waiting: VecDeque<String>,
    channel: String,
}

impl fmt::Debug for Signals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signals")
            .field("channel", &self.channel)
            .finish_non_exhaustive()
    }
}

fn lost(error: impl fmt::Display) -> Error {
    Error::Unavailable(format!(
        "the connection for notifications of PostgreSQL is lost ({error})"
    ))
}

async fn connect<T>(
    config: &Config,
    tls: T,
) -> std::result::Result<(Client, BoxStream<'static, Heard>), tokio_postgres::Error>
where
    T: MakeTlsConnect<Socket>,
    T::Stream: Send + 'static,
{
    let (client, mut connection) = config.connect(tls).await?;
    let messages = stream::poll_fn(move |context| connection.poll_message(context));
    let texts = messages.try_filter_map(|message| {
        future::ok(match message {
            AsyncMessage::Notification(told) => Some(told.payload().to_owned()),
            _ => None,
        })
    });
    Ok((client, texts.boxed()))
}

impl Signals {
    /// Connects and listens from now on.
    ///
    /// # Errors
    /// `Unavailable` where the server does not answer.
    pub(super) async fn open(url: &str) -> Result<Self> {
        let mut config = pg::config_of(url).map_err(lost)?;
        config.keepalives_idle(KEEPALIVE);
        let connected = async {
            if config.get_ssl_mode() == SslMode::Require {
                connect(&config, pg::verified().map_err(lost)?).await
            } else {
                connect(&config, NoTls).await
            }
            .map_err(lost)
        };
        let (client, incoming) = tokio::time::timeout(ANSWER, connected)
            .await
            .map_err(lost)??;
        let mut signals = Self {
            client,
            incoming,
            waiting: VecDeque::new(),
            channel: String::new(),
        };
        signals.listen().await?;
        Ok(signals)
    }

    /// Nodes may lie in schemas of one database: each has a channel of its own.
    async fn listen(&mut self) -> Result<()> {
        let named = "SELECT 'cordee_' || md5(current_schema()::text)";
        let Self {
            client,
            incoming,
            waiting,
            channel,
        } = self;
        let row = drive(incoming, waiting, client.query_one(named, &[])).await?;
        *channel = row.try_get(0).map_err(lost)?;
        let listen = format!("LISTEN {channel}");
        drive(incoming, waiting, client.batch_execute(&listen)).await
    }

    /// Tells every process that listens, this one too. None of the texts is longer than [`LONGEST`]. Without any it is seen
    /// whether the connection still works.
    ///
    /// # Errors
    /// `Unavailable` where the connection is lost.
    pub async fn tell(&mut self, texts: &[String]) -> Result<()> {
        let Self {
            client,
            incoming,
            waiting,
            channel,
        } = self;
        let tell = "SELECT pg_notify($1, t) FROM unnest($2::text[]) AS t";
        drive(
            incoming,
            waiting,
            client.execute(tell, &[&*channel, &texts]),
        )
        .await?;
        Ok(())
    }

    /// The next text; to be asked for again and again, since this keeps the connection going.
    ///
    /// # Errors
    /// `Unavailable` where the connection is lost.
    pub async fn hear(&mut self) -> Result<String> {
        if let Some(text) = self.waiting.pop_front() {
            return Ok(text);
        }
        next(&mut self.incoming).await
    }
}

async fn next(incoming: &mut BoxStream<'static, Heard>) -> Result<String> {
    match incoming.next().await {
        Some(Ok(text)) => Ok(text),
        Some(Err(error)) => Err(lost(error)),
        None => Err(lost("closed")),
    }
}

/// Waits for an answer, and keeps what is heard meanwhile.
async fn drive<T>(
    incoming: &mut BoxStream<'static, Heard>,
    waiting: &mut VecDeque<String>,
    request: impl Future<Output = std::result::Result<T, tokio_postgres::Error>>,
) -> Result<T> {
    let mut request = pin!(request);
    let mut late = pin!(tokio::time::sleep(ANSWER));
    loop {
        tokio::select! {
            answer = &mut request => return answer.map_err(lost),
            text = next(incoming) => waiting.push_back(text?),
            () = &mut late => return Err(lost("no answer in time")),
        }
    }
}
