//! Who looks at a page: signed in or not, in which language, and with which cookies.

use std::sync::Arc;

use axum::extract::{FromRequestParts, OriginalUri};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use chrono::TimeDelta;
use cookie::{Cookie, SameSite};

use super::reply;
use crate::actions::sign_in::keep_session;
use crate::app::App;
use crate::error::Result;
use crate::i18n::Lang;
use crate::model::viewer::Viewer;
use crate::model::words::{AccountState, UserState};
use crate::secrets::{form_token, hash_token, random_token};
use crate::store::accounts::{self, Account};
use crate::store::sessions::{self, ABSOLUTE, Session};
use crate::store::users::{self, User};

/// A signed-in person.
#[allow(missing_debug_implementations, reason = "holds a password hash")]
pub(crate) struct Me {
    /// The private side.
    pub(crate) user: User,
    /// The public side.
    pub(crate) account: Account,
    /// The session.
    pub(crate) session: Session,
    /// The cookie itself.
    pub(super) secret: String,
}

/// Whoever looks at a page.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "holds secrets")]
pub struct Visitor {
    pub(super) app: App,
    pub(super) me: Option<Arc<Me>>,
    pub(super) lang: Lang,
    /// Path and query of the request.
    pub(super) path: String,
    /// What the tokens of forms follow from while nobody is signed in, and whether the cookie must be set.
    pub(super) form_secret: String,
    pub(super) fresh: bool,
}

impl Visitor {
    /// For whom to read.
    pub fn viewer(&self) -> Viewer {
        self.me
            .as_ref()
            .map_or(Viewer::Anonymous, |me| me.user.viewer())
    }

    /// The language of the answer.
    pub fn lang(&self) -> Lang {
        self.lang
    }

    /// What the tokens of this visitor's forms follow from.
    pub(super) fn secret(&self) -> &str {
        self.me.as_ref().map_or(&self.form_secret, |me| &me.secret)
    }

    /// The token that every form carries.
    pub(super) fn token(&self) -> String {
        form_token(self.secret())
    }

    /// Reads the cookies and languages of a request.
    ///
    /// # Errors
    /// `Unavailable` where the database does not answer.
    pub async fn of(app: &App, headers: &HeaderMap, path: &str) -> Result<Self> {
        let names = Names::of(app);
        let me = match cookie(headers, names.session) {
            Some(secret) => find_session(app, secret).await?,
            None => None,
        };
        let accepted = headers
            .get(header::ACCEPT_LANGUAGE)
            .and_then(|value| value.to_str().ok());
        let locale = me
            .as_ref()
            .map(|me| me.user.locale.as_str())
            .filter(|locale| !locale.is_empty());
        let lang = cookie(headers, names.language)
            .and_then(|chosen| Lang::parse(&chosen))
            .unwrap_or_else(|| {
                let first = app
                    .config
                    .node
                    .languages
                    .first()
                    .map_or("en", String::as_str);
                Lang::negotiate(accepted, locale, first)
            });
        let known = cookie(headers, names.form).filter(|secret| secret.len() >= 32);
        let fresh = known.is_none();
        let form_secret = known.unwrap_or_else(random_token);
        Ok(Self {
            app: app.clone(),
            me: me.map(Arc::new),
            lang,
            path: path.to_owned(),
            form_secret,
            fresh,
        })
    }
}

impl FromRequestParts<App> for Visitor {
    type Rejection = Response;

    async fn from_request_parts(
        parts: &mut Parts,
        app: &App,
    ) -> std::result::Result<Self, Response> {
        let uri = parts
            .extensions
            .get::<OriginalUri>()
            .map_or(&parts.uri, |original| &original.0);
        let path = uri
            .path_and_query()
            .map_or("/", |path| path.as_str())
            .to_owned();
        match Self::of(app, &parts.headers, &path).await {
            Ok(visitor) => Ok(visitor),
            Err(error) => Err(reply::bare_error(app, &parts.headers, &error)),
        }
    }
}

async fn find_session(app: &App, secret: String) -> Result<Option<Me>> {
    let (hash, now) = (hash_token(&secret), app.db.now());
    let found = app
        .db
        .read(move |conn| {
            let Some(session) =
                sessions::find(conn, &hash)?.filter(|session| session.is_alive(now))
            else {
                return Ok(None);
            };
            let user = users::find(conn, session.account_id)?
                .filter(|user| user.state == UserState::Active);
            let account = accounts::find(conn, session.account_id)?
                .filter(|a| a.state == AccountState::Active);
            Ok(user
                .zip(account)
                .map(|(user, account)| (session, user, account)))
        })
        .await?;
    let Some((session, user, account)) = found else {
        return Ok(None);
    };
    if now - session.seen_at > TimeDelta::minutes(10) {
        let (db, seen) = (app.db.clone(), session.clone());
        app.spawn(async move {
            if let Err(error) = db.write(move |tx| keep_session(tx, &seen)).await {
                tracing::warn!(%error, "a session's last use was not noted");
            }
        });
    }
    Ok(Some(Me {
        user,
        account,
        session,
        secret,
    }))
}

/// A cookie of a request.
fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(Cookie::split_parse)
        .filter_map(std::result::Result::ok)
        .find(|cookie| cookie.name() == name)
        .map(|cookie| cookie.value().to_owned())
}

/// How the cookies are called: with `__Host-` where the public address is https.
#[derive(Clone, Copy)]
struct Names {
    session: &'static str,
    form: &'static str,
    language: &'static str,
    secure: bool,
}

impl Names {
    fn of(app: &App) -> Self {
        if app.config.server.public_url.scheme() == "https" {
            Self {
                session: "__Host-cordee",
                form: "__Host-cordee-form",
                language: "__Host-cordee-lang",
                secure: true,
            }
        } else {
            Self {
                session: "cordee",
                form: "cordee-form",
                language: "cordee-lang",
                secure: false,
            }
        }
    }

    fn set(self, name: &'static str, value: String, days: Option<i64>) -> HeaderValue {
        let mut cookie = Cookie::build((name, value))
            .path("/")
            .http_only(true)
            .same_site(SameSite::Lax);
        if self.secure {
            cookie = cookie.secure(true);
        }
        if let Some(days) = days {
            cookie = cookie.max_age(cookie::time::Duration::days(days));
        }
        HeaderValue::from_str(&cookie.build().to_string())
            .unwrap_or_else(|_| HeaderValue::from_static(""))
    }
}

/// Sets the session cookie.
pub(super) fn session_cookie(app: &App, secret: &str) -> HeaderValue {
    let names = Names::of(app);
    names.set(names.session, secret.to_owned(), Some(ABSOLUTE.num_days()))
}

/// Takes the session cookie away.
pub(super) fn no_session_cookie(app: &App) -> HeaderValue {
    let names = Names::of(app);
    names.set(names.session, String::new(), Some(0))
}

/// Sets the cookie that binds forms to a visitor who is not signed in.
pub(super) fn form_cookie(app: &App, secret: &str) -> HeaderValue {
    let names = Names::of(app);
    names.set(names.form, secret.to_owned(), None)
}

/// Sets the chosen language.
pub(super) fn language_cookie(app: &App, lang: Lang) -> HeaderValue {
    let names = Names::of(app);
    names.set(names.language, lang.code().to_owned(), Some(365))
}
