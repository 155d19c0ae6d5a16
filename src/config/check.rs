//! What settings mean together: combinations that would be unsafe, or that name what is not built yet, are refused.

use super::{Config, Problem, ProcessRole, RegistrationMode};
use crate::secrets::VapidKey;

impl Config {
    /// Whether the public address is on this machine: `localhost` or a name that ends in `.localhost` (RFC 6761).
    pub fn is_local(&self) -> bool {
        self.server
            .public_url
            .host_str()
            .is_some_and(|host| host == "localhost" || host.ends_with(".localhost"))
    }

    /// Looks at everything that one key alone cannot tell.
    ///
    /// # Errors
    /// The first combination that cannot be.
    pub fn check(&self) -> Result<(), Problem> {
        self.check_local_only()?;
        self.check_database()?;
        self.check_not_built()?;
        self.check_push()?;
        self.check_media()?;
        if !(self.mail.url.is_empty()
            || self.mail.url.starts_with("smtp://")
            || self.mail.url.starts_with("smtps://"))
        {
            return Err(problem(
                "mail.url",
                "is neither empty nor smtp://…",
                "write smtp://USER:PASSWORD@HOST:PORT",
            ));
        }
        Ok(())
    }

    fn check_local_only(&self) -> Result<(), Problem> {
        let local = "server.public_url is not on localhost";
        if self.oauth.password_grant && !self.is_local() {
            return Err(problem(
                "oauth.password_grant",
                &format!("is true but {local}"),
                "it is for test harnesses only, set it to false",
            ));
        }
        if self.federation.development && !self.is_local() {
            return Err(problem(
                "federation.development",
                &format!("is true but {local}"),
                "set it to false",
            ));
        }
        // Ids, sign-in and tokens of a node that others reach: nothing of it may be read or changed on the way.
        if self.server.public_url.scheme() != "https" && !self.is_local() {
            return Err(problem(
                "server.public_url",
                "is not https:// and not on localhost",
                "write https://HOST and let a proxy with a certificate stand before the node",
            ));
        }
        Ok(())
    }

    fn check_database(&self) -> Result<(), Problem> {
        let url = &self.database.url;
        let postgres = url.starts_with("postgres://") || url.starts_with("postgresql://");
        let sqlite = url
            .strip_prefix("sqlite://")
            .is_some_and(|path| !path.is_empty());
        if !postgres && !sqlite {
            return Err(problem(
                "database.url",
                "names no known database",
                "write sqlite://PATH or postgres://USER@HOST/NAME",
            ));
        }
        if self.server.role != ProcessRole::All && sqlite {
            return Err(problem(
                "server.role",
                "is not `all` but the database is a SQLite file",
                "set it to all, or database.url to a PostgreSQL that the processes share",
            ));
        }
        Ok(())
    }

    fn check_push(&self) -> Result<(), Problem> {
        let (key, subject) = (&self.push.vapid_private_key, &self.push.vapid_subject);
        if !key.is_empty() && VapidKey::read(key).is_err() {
            return Err(problem(
                "push.vapid_private_key",
                "is no private P-256 key",
                "write it as PKCS #8 PEM or as 32 bytes in base64url, or set it to \"\"",
            ));
        }
        let sound = ["https://", "mailto:"]
            .iter()
            .any(|scheme| subject.starts_with(scheme));
        if !(subject.is_empty() || (sound && !subject.contains(char::is_whitespace))) {
            return Err(problem(
                "push.vapid_subject",
                "is neither empty nor https://… nor mailto:…",
                "write an address under which you are reached",
            ));
        }
        Ok(())
    }

    /// Whether the bucket can be asked at all; whether it answers is seen when the node runs.
    fn check_media(&self) -> Result<(), Problem> {
        let Some(rest) = self.media.store.strip_prefix("s3://") else {
            return if self.media.store.contains("://") {
                Err(problem(
                    "media.store",
                    "is neither a folder nor s3://…",
                    "name a folder, or write s3://BUCKET/PREFIX",
                ))
            } else {
                Ok(())
            };
        };
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let plain = |text: &str, more: &[u8]| {
            text.bytes()
                .all(|b| b.is_ascii_alphanumeric() || more.contains(&b))
        };
        let parts = || prefix.split('/').filter(|part| !part.is_empty());
        let named = (3..=63).contains(&bucket.len()) && plain(bucket, b"-._");
        let sound = prefix.len() <= 512
            && plain(prefix, b"-._/")
            && parts().all(|part| part != "." && part != "..");
        if !named || !sound {
            return Err(problem(
                "media.store",
                "names no bucket",
                "write s3://BUCKET/PREFIX with letters, digits, dots, hyphens and underscores",
            ));
        }
        let s3 = &self.media.s3;
        for (key, value) in [
            ("media.s3.access_key", &s3.access_key),
            ("media.s3.secret_key", &s3.secret_key),
            ("media.s3.region", &s3.region),
        ] {
            if value.trim().is_empty() {
                return Err(problem(
                    key,
                    "is empty but media.store is a bucket",
                    "set it, or name a folder in media.store",
                ));
            }
        }
        Ok(())
    }

    fn check_not_built(&self) -> Result<(), Problem> {
        let unbuilt = [
            (
                "database.replica_url",
                !self.database.replica_url.is_empty(),
                "set it to \"\"",
            ),
            ("events.url", !self.events.url.is_empty(), "set it to \"\""),
            (
                "registration.mode",
                self.registration.mode == RegistrationMode::Sso,
                "set it to invite, approval or open",
            ),
        ];
        for (key, set, mend) in unbuilt {
            if set {
                return Err(problem(
                    key,
                    "asks for something that is not built yet",
                    mend,
                ));
            }
        }
        Ok(())
    }
}

fn problem(key: &str, what: &str, mend: &str) -> Problem {
    Problem::new(format!("`{key}` {what}"), "the settings", mend)
}
