//! Outgoing mail: to an SMTP server, or into a folder where none is set. One transport lives as long as the process.
//! Who gets which mail is decided elsewhere; a mail's text is never logged.

use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};

use crate::error::{Error, Result};

/// How long an SMTP server may take for one step.
const TIMEOUT: Duration = Duration::from_secs(20);

/// One mail.
#[derive(Clone)]
pub struct Mail {
    /// Address of the reader.
    pub to: String,
    /// Subject line.
    pub subject: String,
    /// Plain text.
    pub text: String,
}

/// Shows neither address nor text: both are personal.
impl std::fmt::Debug for Mail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mail").finish_non_exhaustive()
    }
}

/// Sends mails.
#[derive(Debug, Clone)]
pub struct Mailer {
    from: Mailbox,
    way: Way,
}

#[derive(Debug, Clone)]
enum Way {
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
    Folder(PathBuf),
}

fn refused(error: impl std::fmt::Display) -> Error {
    Error::Unavailable(format!("mail: {error}"))
}

impl Mailer {
    /// `url` is `smtp://…` or `smtps://…`; where it is empty, mails are written into `folder`. `from` is the sender.
    ///
    /// # Errors
    /// `Unavailable` where the URL or the sender's address cannot be read.
    pub fn open(url: &str, folder: &Path, name: &str, from: &str) -> Result<Self> {
        let address: Address = from.parse().map_err(refused)?;
        let way = if url.is_empty() {
            Way::Folder(folder.to_owned())
        } else {
            let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(refused)?;
            Way::Smtp(transport.timeout(Some(TIMEOUT)).build())
        };
        Ok(Self {
            from: Mailbox::new(Some(name.to_owned()), address),
            way,
        })
    }

    /// Sends one mail, or writes it into the folder as `.eml`.
    ///
    /// # Errors
    /// `Unavailable` where the server does not take it or the folder cannot be written.
    pub async fn send(&self, mail: Mail) -> Result<()> {
        let message = Message::builder()
            .from(self.from.clone())
            .to(mail.to.parse().map_err(refused)?)
            .subject(mail.subject)
            .message_id(None)
            .header(ContentType::TEXT_PLAIN)
            .body(mail.text)
            .map_err(refused)?;
        match &self.way {
            Way::Smtp(transport) => {
                transport.send(message).await.map_err(refused)?;
            }
            Way::Folder(folder) => {
                let folder = folder.clone();
                tokio::task::spawn_blocking(move || write(&folder, &message.formatted()))
                    .await
                    .map_err(Error::internal)?
                    .map_err(refused)?;
            }
        }
        Ok(())
    }

    /// Whether the server answers, or the folder can be written.
    ///
    /// # Errors
    /// `Unavailable` with the cause.
    pub async fn test(&self) -> Result<()> {
        match &self.way {
            Way::Smtp(transport) => match transport.test_connection().await {
                Ok(true) => Ok(()),
                Ok(false) => Err(refused("the server says that it is not ready")),
                Err(error) => Err(refused(error)),
            },
            Way::Folder(folder) => {
                make(folder).map_err(refused)?;
                tempfile_in(folder).map_err(refused)
            }
        }
    }
}

/// Only the node's own user may read: the mails hold links that sign people in.
fn make(folder: &Path) -> std::io::Result<()> {
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
}

fn write(folder: &Path, bytes: &[u8]) -> std::io::Result<()> {
    make(folder)?;
    let name = format!("{:016x}.eml", rand::random::<u64>());
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(folder.join(name))?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn tempfile_in(folder: &Path) -> std::io::Result<()> {
    let path = folder.join(".test");
    std::fs::write(&path, b"")?;
    std::fs::remove_file(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_mail_without_server_lies_in_the_folder() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("mail");
        let mailer = Mailer::open("", &folder, "Cordée", "cordee@learn.example").unwrap();
        let mail = Mail {
            to: "mei@learn.example".into(),
            subject: "Bienvenue".into(),
            text: "https://x/y".into(),
        };
        assert!(!format!("{mail:?}").contains("mei"));
        mailer.test().await.unwrap();
        mailer.send(mail).await.unwrap();
        let files: Vec<_> = std::fs::read_dir(&folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        assert_eq!(files.len(), 1);
        let text = std::fs::read_to_string(&files[0]).unwrap();
        assert!(
            text.contains("To: mei@learn.example") && text.contains("https://x/y"),
            "{text}"
        );
    }

    #[tokio::test]
    async fn a_server_that_is_not_there_is_told() {
        let mailer = Mailer::open(
            "smtp://127.0.0.1:1",
            Path::new("/nowhere"),
            "x",
            "x@y.example",
        )
        .unwrap();
        assert!(matches!(mailer.test().await, Err(Error::Unavailable(_))));
        assert!(Mailer::open("", Path::new("/nowhere"), "x", "nobody").is_err());
        assert!(Mailer::open("ftp://x", Path::new("/nowhere"), "x", "x@y.example").is_err());
    }
}
