//! What a client is told in a push message, as the reader may see it at the moment of sending: nothing of what was
//! deleted, closed, muted or filtered away meanwhile, and of what is not for everybody neither names nor texts, unless
//! the node's settings say so.

use chrono::TimeDelta;
use serde_json::json;
use url::Url;

use crate::app::App;
use crate::error::Result;
use crate::i18n::{self, Lang, Value};
use crate::jobs::quiet;
use crate::media::remote::{self, Part};
use crate::model::ids::{AccountId, PostId};
use crate::model::push::{BODY, LIFE, TITLE};
use crate::model::text::teaser;
use crate::model::time::Time;
use crate::model::words::{
    AccountState, Audience, Boundary, FilterAction, FilterContext, FollowState, MembershipState,
    NotificationKind, Role, SeveranceKind, UserState,
};
use crate::secrets::VapidKey;
use crate::store::accounts::{self, Account};
use crate::store::communities;
use crate::store::conn::Conn;
use crate::store::filtering;
use crate::store::follows;
use crate::store::notifications::{self, Notification};
use crate::store::posts::{self, Post};
use crate::store::pushes::{self, Subscription};
use crate::store::reports;
use crate::store::users::{self, User};
use crate::store::{severances, strikes};
use crate::webpush::{self, ClientKeys, Envelope, Signer};

/// What is to be done for a subscription.
pub(super) enum Next {
    /// Nothing waits.
    Nothing,
    /// Its token or its person is no longer good.
    Dead,
    /// Its person may not act for now: nothing waits for it, and it stays.
    Resting,
    /// This notification is not worth a message any more.
    Skip(i64),
    /// This goes out.
    Send(Box<Message>),
}

/// A message before it is sealed.
pub(super) struct Message {
    pub(super) subscription: Subscription,
    pub(super) notification: i64,
    kind: NotificationKind,
    lang: Lang,
    title: String,
    body: String,
    icon: String,
    /// What it is about: the same again takes its place.
    about: String,
    /// How long it is still worth something.
    left: TimeDelta,
}

impl Message {
    /// How the push service shall treat it (RFC 8030 §5.2, §5.3, §5.4).
    pub(super) fn headers(&self) -> Vec<(&'static str, String)> {
        let urgency = match self.kind {
            NotificationKind::Favourite | NotificationKind::Reblog | NotificationKind::Update => {
                "low"
            }
            _ => "normal",
        };
        let mut headers = vec![
            ("ttl", self.left.num_seconds().max(0).to_string()),
            ("urgency", urgency.to_owned()),
            ("content-type", "application/octet-stream".to_owned()),
        ];
        if let Some(keys) = self.keys() {
            headers.push(("topic", keys.topic(&self.about)));
        }
        headers
    }

    fn keys(&self) -> Option<ClientKeys> {
        ClientKeys::read(&self.subscription.p256dh, &self.subscription.auth)
    }

    /// Encrypts it for its client, in Mastodon's form. The id is a number as it is there: apps in stricter languages
    /// read nothing else. `None` where the keys or the address of the client are none.
    ///
    /// # Errors
    /// `Internal` where it is too long.
    pub(super) fn seal(
        &self,
        key: &VapidKey,
        contact: &str,
        now: Time,
        token: &str,
    ) -> Result<Option<Envelope>> {
        let (Some(keys), Ok(endpoint)) = (self.keys(), Url::parse(&self.subscription.endpoint))
        else {
            return Ok(None);
        };
        let text = json!({
            "access_token": token,
            "preferred_locale": self.lang.code(),
            "notification_id": self.notification,
            "notification_type": self.kind.as_str(),
            "icon": self.icon,
            "title": self.title,
            "body": self.body,
        });
        let signer = Signer { key, contact, now };
        let text = text.to_string();
        webpush::seal(
            &keys,
            self.subscription.standard,
            text.as_bytes(),
            &signer,
            &endpoint,
        )
        .map(Some)
    }
}

/// Looks at what waits longest for a subscription.
///
/// # Errors
/// `Internal` where the database fails.
pub(super) fn next(conn: &mut Conn, app: &App, id: i64) -> Result<Next> {
    let Some((subscription, state)) = pushes::find_living(conn, id)? else {
        return Ok(Next::Dead);
    };
    if state != UserState::Active {
        return Ok(Next::Resting);
    }
    let Some(waiting) = pushes::next_waiting(conn, id)? else {
        return Ok(Next::Nothing);
    };
    let Some(row) = notifications::find(conn, subscription.account_id, waiting)? else {
        return Ok(Next::Skip(waiting));
    };
    let message = message(conn, app, subscription, &row)?;
    Ok(message.map_or(Next::Skip(waiting), |message| Next::Send(Box::new(message))))
}

/// Who reads, in which language.
struct Reader {
    account: AccountId,
    lang: Lang,
}

/// What a notification is about, for its reader, now.
struct Subject {
    reader: Reader,
    from: Account,
    post: Option<Post>,
    /// Whether a filter of the reader lets the text through.
    with_text: bool,
}

/// `None` where the reader is not to hear of it any more.
fn subject(conn: &mut Conn, app: &App, row: &Notification, now: Time) -> Result<Option<Subject>> {
    let from = accounts::find(conn, row.from_id)?.filter(|one| one.state == AccountState::Active);
    let Some(from) = from else {
        return Ok(None);
    };
    let (account, by, post) = (row.account_id, row.from_id, row.post_id);
    if quiet::is_silenced(conn, account, by, post, now)?
        && !quiet::is_duty(conn, account, row.kind, by, post)?
    {
        return Ok(None);
    }
    let user = users::get(conn, row.account_id)?;
    if row.kind == NotificationKind::AdminReport && !may_handle_report(conn, &user, row)? {
        return Ok(None);
    }
    if row.kind == NotificationKind::AdminSignUp && user.role < Role::Moderator {
        return Ok(None);
    }
    let ids: Vec<PostId> = row.post_id.into_iter().collect();
    let post = posts::list_visible(conn, &user.viewer(), &ids)?.pop();
    if post.is_none() && !ids.is_empty() {
        return Ok(None);
    }
    let Some(with_text) = passes_filters(conn, row, now)? else {
        return Ok(None);
    };
    let first = app.config.node.languages.first();
    let first = first.map_or("en", String::as_str);
    let lang = Lang::negotiate(None, Some(&user.locale), first);
    let account = row.account_id;
    Ok(Some(Subject {
        reader: Reader { account, lang },
        from,
        post,
        with_text,
    }))
}

/// Whether the reader is somebody who may handle the report of a notification: moderators are, but not of one about them.
fn may_handle_report(conn: &mut Conn, user: &User, row: &Notification) -> Result<bool> {
    if user.role < Role::Moderator {
        return Ok(false);
    }
    let ids: Vec<i64> = row.report_id.into_iter().collect();
    Ok(!reports::list_by_ids(conn, row.account_id, &ids)?.is_empty())
}

fn message(
    conn: &mut Conn,
    app: &App,
    subscription: Subscription,
    row: &Notification,
) -> Result<Option<Message>> {
    let now = app.db.now();
    let left = row.created_at + LIFE - now;
    if row.filtered || left <= TimeDelta::zero() {
        return Ok(None);
    }
    let Some(subject) = subject(conn, app, row, now)? else {
        return Ok(None);
    };
    let (lang, from) = (subject.reader.lang, &subject.from);
    let told = told(conn, &subject, row)?;
    let closed = told.closed
        || match &subject.post {
            Some(post) => is_closed(conn, post)?,
            None => false,
        };
    let base = app.config.base_url();
    let picture = |id, local, file| remote::image_url(&base, Part::Avatar, id, local, file);
    let decision = row.severance_id.or(row.strike_id);
    let about = row.post_id.map(|post| post.0).or(decision);
    let about = about.unwrap_or_default();
    let mut message = Message {
        subscription,
        notification: row.id,
        kind: row.kind,
        lang,
        title: teaser(&told.sentence, TITLE),
        body: match &subject.post {
            Some(post) if subject.with_text => body(post),
            _ => String::new(),
        },
        icon: picture(from.id.0, from.is_local(), from.avatar.as_deref()),
        about: format!("{} {} {about}", row.kind, row.from_id),
        left,
    };
    if closed && !app.config.push.closed_text {
        let node = Value::from(app.config.node.name.as_str());
        let title = i18n::text(lang, "push-closed", &[("node", node)]);
        message.title = teaser(&title, TITLE);
        message.body = String::new();
        message.icon = picture(0, true, None);
    }
    Ok(Some(message))
}

/// Whether a post is for fewer than everybody, by its boundary or by its visibility, or lies in a community that is.
fn is_closed(conn: &mut Conn, post: &Post) -> Result<bool> {
    if post.boundary != Boundary::Public || post.audience != Audience::Public {
        return Ok(true);
    }
    post.community_id
        .map_or(Ok(false), |id| is_closed_community(conn, id))
}

/// Whether a message may go out: `None` where a filter hides its post from notifications, `Some(false)` where one warns
/// of its text.
fn passes_filters(conn: &mut Conn, row: &Notification, now: Time) -> Result<Option<bool>> {
    let Some(post) = row.post_id else {
        return Ok(Some(true));
    };
    let met = filtering::met(conn, row.account_id, &[post], now)?;
    let here: Vec<FilterAction> = met
        .into_values()
        .flatten()
        .filter(|met| {
            met.filter
                .contexts()
                .contains(&FilterContext::Notifications)
        })
        .map(|met| met.filter.action)
        .collect();
    if here.contains(&FilterAction::Hide) {
        return Ok(None);
    }
    Ok(Some(here.is_empty()))
}

/// The warning alone where there is one, else title and text.
fn body(post: &Post) -> String {
    if !post.spoiler.trim().is_empty() {
        return teaser(&post.spoiler, BODY);
    }
    let text = post.plain_text();
    if post.title.is_empty() || text.trim_start().starts_with(&post.title) {
        return teaser(&text, BODY);
    }
    teaser(&format!("{}\n{text}", post.title), BODY)
}

/// The sentence for a notification, and whether what it is about is not for everybody.
struct Told {
    sentence: String,
    closed: bool,
}

/// What nobody in particular did: follows that were cut, which everybody may know of, and a decision of moderators, which
/// is between them and the reader.
fn decided(conn: &mut Conn, lang: Lang, row: &Notification) -> Result<Option<Told>> {
    if let Some(id) = row.severance_id {
        return Ok(severances::find(conn, id)?.map(|cut| {
            let (followers, following) = (cut.followers_count, cut.following_count);
            Told {
                sentence: i18n::severed(lang, cut.kind, &cut.target_name, followers, following),
                // What one shut out oneself is nobody else's business.
                closed: cut.kind == SeveranceKind::UserDomainBlock,
            }
        }));
    }
    let Some(id) = row.strike_id else {
        return Ok(None);
    };
    Ok(strikes::find(conn, id)?.map(|strike| Told {
        sentence: i18n::text(lang, i18n::warned(strike.action), &[]),
        closed: true,
    }))
}

/// Our own events come as types that clients know; the sentence says what they are.
fn told(conn: &mut Conn, subject: &Subject, row: &Notification) -> Result<Told> {
    if let Some(told) = decided(conn, subject.reader.lang, row)? {
        return Ok(told);
    }
    let name = |account: &Account| Value::from(account.shown_name().to_owned());
    let (reader, from) = (&subject.reader, &subject.from);
    let lang = reader.lang;
    match row.kind {
        NotificationKind::Follow if from.is_group() => {
            let membership = communities::find_membership(conn, from.id, reader.account)?;
            let invited = membership.is_some_and(|row| row.state == MembershipState::Invited);
            let args = [("community", name(from))];
            let sentence = if invited {
                i18n::text(lang, "push-invited", &args)
            } else {
                i18n::text(lang, "push-admitted", &args)
            };
            let closed = is_closed_community(conn, from.id)?;
            return Ok(Told { sentence, closed });
        }
        NotificationKind::FollowRequest => {
            if let Some(community) = asked_to_join(conn, reader, from.id)? {
                let args = [("name", name(from)), ("community", name(&community))];
                return Ok(Told {
                    sentence: i18n::text(lang, "push-asks-to-join", &args),
                    closed: is_closed_community(conn, community.id)?,
                });
            }
        }
        NotificationKind::Favourite => {
            if let Some(post) = &subject.post
                && is_accepted_by(conn, post, from.id)?
            {
                let args = [("name", name(from))];
                return Ok(Told {
                    sentence: i18n::text(lang, "push-accepted", &args),
                    closed: false,
                });
            }
        }
        _ => {}
    }
    Ok(Told {
        sentence: i18n::text(lang, i18n::told(row.kind), &[("name", name(from))]),
        closed: false,
    })
}

/// Whether somebody accepted a post as the answer to what it replies to.
fn is_accepted_by(conn: &mut Conn, post: &Post, by: AccountId) -> Result<bool> {
    let Some(question) = post.parent_id else {
        return Ok(false);
    };
    let rows = posts::list_acceptances(conn, &[question])?;
    Ok(rows
        .iter()
        .any(|row| row.answer_id == post.id && row.by_id == by))
}

/// The community that somebody asked the reader, a steward, to be let into.
fn asked_to_join(conn: &mut Conn, reader: &Reader, from: AccountId) -> Result<Option<Account>> {
    let asks = follows::find(conn, from, reader.account)?;
    if asks.is_some_and(|row| row.state == FollowState::Requested) {
        return Ok(None);
    }
    for (community, state) in communities::list_standings(conn, from)? {
        if state == MembershipState::Requested
            && communities::is_steward(conn, community, reader.account)?
        {
            return accounts::find(conn, community);
        }
    }
    Ok(None)
}

fn is_closed_community(conn: &mut Conn, id: AccountId) -> Result<bool> {
    let open = |found: communities::Community| found.reach() == Boundary::Public;
    Ok(!communities::find(conn, id)?.is_some_and(open))
}
