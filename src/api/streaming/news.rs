//! What an event means for whom: each line is what a timeline of REST gives that person for that one id.

use std::collections::HashSet;
use std::sync::Arc;

use super::channel::{Channel, Feed};
use super::exchange::{Frame, Listener};
use super::notices;
use crate::api::entities::Desk;
use crate::api::entities::notification::Loaded;
use crate::api::{conversations, lists};
use crate::app::App;
use crate::error::{Error, Result};
use crate::model::event::Event;
use crate::model::ids::{AccountId, PostId};
use crate::model::viewer::Viewer;
use crate::model::words::Visibility;
use crate::store::conn::Conn;
use crate::store::conversations as store_conversations;
use crate::store::page::Page;
use crate::store::posts::{self, Post};
use crate::store::timelines::{self, Entry, TagQuery};
use crate::store::{notifications, streams};

/// A frame for the listener with this key.
pub(super) type Line = (u64, Frame);

pub(super) type Listeners = [(u64, Listener)];

/// Turns events into lines.
pub(super) struct News {
    app: App,
}

/// The page that holds one id and nothing else.
fn exactly(id: i64) -> Page {
    Page {
        max_id: Some(id + 1),
        since_id: Some(id - 1),
        ..Page::first(1)
    }
}

fn text(json: Vec<u8>) -> Result<Arc<str>> {
    Ok(String::from_utf8(json).map_err(Error::internal)?.into())
}

fn people(listeners: &Listeners, wanted: impl Fn(&Feed) -> bool) -> Vec<AccountId> {
    let mut found: Vec<AccountId> = listeners
        .iter()
        .filter(|(_, known)| known.channels.iter().any(|channel| wanted(&channel.feed)))
        .map(|(_, known)| known.account)
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// The channels of one person that take something, over all connections.
fn channels_of<'l>(
    listeners: &'l Listeners,
    account: AccountId,
    wanted: impl Fn(&Feed) -> bool + 'l,
) -> impl Iterator<Item = (u64, &'l Listener, &'l Channel)> + 'l {
    listeners
        .iter()
        .filter(move |(_, known)| known.account == account)
        .flat_map(move |(key, known)| {
            known
                .channels
                .iter()
                .map(move |channel| (*key, known, channel))
        })
        .filter(move |(_, _, channel)| wanted(&channel.feed))
}

fn bare(channel: &Channel, event: &'static str) -> Frame {
    Frame {
        label: Arc::clone(&channel.label),
        event,
        payload: None,
    }
}

pub(super) fn frame(channel: &Channel, event: &'static str, payload: &Arc<str>) -> Frame {
    Frame {
        label: Arc::clone(&channel.label),
        event,
        payload: Some(Arc::clone(payload)),
    }
}

impl News {
    pub(super) fn of(app: &App) -> Self {
        Self { app: app.clone() }
    }

    /// Adds the lines that an event is worth.
    ///
    /// # Errors
    /// What the database says.
    pub(super) fn tell(
        &self,
        conn: &mut Conn,
        event: &Event,
        listeners: &Listeners,
        out: &mut Vec<Line>,
    ) -> Result<()> {
        match event {
            Event::PostCreated { post } => self.created(conn, *post, listeners, out),
            Event::Boosted { boost: entry, .. }
            | Event::Announced {
                announce: entry, ..
            } => {
                self.at_home(conn, &[*entry], listeners, out)?;
                self.in_lists(conn, &[*entry], "update", listeners, out)
            }
            Event::PostEdited { post }
            | Event::PostRestated { post }
            | Event::PollEnded { post } => self.changed(conn, *post, listeners, out),
            Event::AnswerAccepted {
                answer, question, ..
            }
            | Event::AnswerUnaccepted {
                answer, question, ..
            } => {
                self.changed(conn, *answer, listeners, out)?;
                self.changed(conn, *question, listeners, out)
            }
            Event::PostDeleted { post, .. } => deleted(conn, *post, listeners, out),
            Event::Unboosted { boost, by, .. } => unboosted(conn, *boost, *by, listeners, out),
            Event::Notified {
                account,
                notification,
            } => self.notified(conn, *account, *notification, listeners, out),
            Event::FiltersChanged { account } => {
                for (key, _, channel) in
                    channels_of(listeners, *account, |feed| matches!(feed, Feed::User))
                {
                    out.push((key, bare(channel, "filters_changed")));
                }
                Ok(())
            }
            Event::AnnouncementPublished { announcement } => {
                notices::announced(&self.app, conn, *announcement, listeners, out)
            }
            Event::AnnouncementRemoved { announcement } => {
                notices::removed(*announcement, listeners, out);
                Ok(())
            }
            Event::AnnouncementReacted { announcement, name } => {
                notices::reacted(conn, *announcement, name, listeners, out)
            }
            _ => Ok(()),
        }
    }

    fn desk(&self, listener: &Listener) -> Desk {
        Desk::new(&self.app, listener.grant.viewer())
    }

    /// New entries of home feeds and of the lists that are made of them.
    fn at_home(
        &self,
        conn: &mut Conn,
        entries: &[i64],
        listeners: &Listeners,
        out: &mut Vec<Line>,
    ) -> Result<()> {
        let asked = people(listeners, |feed| matches!(feed, Feed::User));
        if asked.is_empty() {
            return Ok(());
        }
        for (account, entry) in streams::with_entry(conn, &asked, entries)? {
            let mut ready: Option<Arc<str>> = None;
            for (key, listener, channel) in
                channels_of(listeners, account, |feed| matches!(feed, Feed::User))
            {
                let desk = self.desk(listener);
                let payload = match &ready {
                    Some(payload) => Arc::clone(payload),
                    None => {
                        let page = exactly(entry);
                        let lines = timelines::home(conn, &desk.viewer, desk.now(), &page)?;
                        let Some(line) = lines.first() else { break };
                        Arc::clone(ready.insert(text(desk.status(conn, line)?)?))
                    }
                };
                out.push((key, frame(channel, "update", &payload)));
            }
        }
        Ok(())
    }

    fn created(
        &self,
        conn: &mut Conn,
        id: PostId,
        listeners: &Listeners,
        out: &mut Vec<Line>,
    ) -> Result<()> {
        let Some(post) = posts::find(conn, id)?.filter(|post| !post.held) else {
            return Ok(());
        };
        let mut entries = vec![post.id.0];
        entries.extend(post.announce_id);
        self.at_home(conn, &entries, listeners, out)?;
        self.in_lists(conn, &entries, "update", listeners, out)?;
        if post.visibility == Visibility::Direct {
            return self.spoken(conn, &post, listeners, out);
        }
        self.elsewhere(conn, &post, "update", listeners, out)
    }

    /// A direct post is the last word of a conversation of those who are in it.
    fn spoken(
        &self,
        conn: &mut Conn,
        post: &Post,
        listeners: &Listeners,
        out: &mut Vec<Line>,
    ) -> Result<()> {
        for row in store_conversations::list_ending_with(conn, post.id)? {
            for (key, listener, channel) in channels_of(listeners, row.account_id, |feed| {
                matches!(feed, Feed::Direct)
            }) {
                let desk = self.desk(listener);
                for json in conversations::entities(&desk, conn, std::slice::from_ref(&row))? {
                    out.push((key, frame(channel, "conversation", &text(json)?)));
                }
            }
        }
        Ok(())
    }

    /// Entries of lists: one of the reader's own holds entries of the home feed, a community's holds posts.
    fn in_lists(
        &self,
        conn: &mut Conn,
        entries: &[i64],
        event: &'static str,
        listeners: &Listeners,
        out: &mut Vec<Line>,
    ) -> Result<()> {
        for (key, listener) in listeners {
            for channel in &listener.channels {
                let Feed::List(list) = channel.feed else {
                    continue;
                };
                let desk = self.desk(listener);
                for entry in entries {
                    let lines = match lists::lines(conn, &desk, list, &exactly(*entry)) {
                        // Deleted, or no longer a member.
                        Err(Error::NotFound) => Vec::new(),
                        lines => lines?,
                    };
                    if let Some(line) = lines.first() {
                        let payload = text(desk.status(conn, line)?)?;
                        out.push((*key, frame(channel, event, &payload)));
                        break;
                    }
                }
            }
        }
        Ok(())
    }

    /// The public and tag streams that a post is in.
    fn elsewhere(
        &self,
        conn: &mut Conn,
        post: &Post,
        event: &'static str,
        listeners: &Listeners,
        out: &mut Vec<Line>,
    ) -> Result<()> {
        let tags: HashSet<String> = posts::list_tags(conn, &[post.id])?
            .into_iter()
            .map(|(_, tag, _)| tag)
            .collect();
        let public = post.visibility == Visibility::Public;
        for (key, listener) in listeners {
            for channel in &listener.channels {
                let worth = match &channel.feed {
                    Feed::Public { .. } => public && post.parent_id.is_none(),
                    Feed::Tag { tag, .. } => public && tags.contains(tag),
                    _ => false,
                };
                if !worth {
                    continue;
                }
                let desk = self.desk(listener);
                if let Some(line) = line_in(conn, &desk, channel, post)? {
                    let payload = text(desk.status(conn, &line)?)?;
                    out.push((*key, frame(channel, event, &payload)));
                }
            }
        }
        Ok(())
    }

    /// A post that somebody may be looking at looks different now.
    fn changed(
        &self,
        conn: &mut Conn,
        id: PostId,
        listeners: &Listeners,
        out: &mut Vec<Line>,
    ) -> Result<()> {
        let Some(post) = posts::find(conn, id)?.filter(|post| !post.held) else {
            return Ok(());
        };
        let asked = people(listeners, |feed| matches!(feed, Feed::User));
        let mut told = HashSet::new();
        for (account, entry) in streams::with_post(conn, &asked, id)? {
            for (key, listener, channel) in
                channels_of(listeners, account, |feed| matches!(feed, Feed::User))
            {
                let desk = self.desk(listener);
                let page = exactly(entry);
                // Only where the home timeline shows it now: muted people and exclusive lists are no part of it.
                if timelines::home(conn, &desk.viewer, desk.now(), &page)?.is_empty()
                    || told.contains(&key)
                {
                    continue;
                }
                let lines = timelines::by_ids(conn, &desk.viewer, &[id])?;
                if let Some(line) = lines.first() {
                    let payload = text(desk.status(conn, line)?)?;
                    out.push((key, frame(channel, "status.update", &payload)));
                    told.insert(key);
                }
            }
        }
        let mut entries = vec![post.id.0];
        entries.extend(post.announce_id);
        self.in_lists(conn, &entries, "status.update", listeners, out)?;
        self.elsewhere(conn, &post, "status.update", listeners, out)
    }

    fn notified(
        &self,
        conn: &mut Conn,
        account: AccountId,
        id: i64,
        listeners: &Listeners,
        out: &mut Vec<Line>,
    ) -> Result<()> {
        let wanted = |feed: &Feed| matches!(feed, Feed::User | Feed::Notifications);
        for (key, listener, channel) in channels_of(listeners, account, wanted) {
            if !listener.grant.scopes.allow("read:notifications") {
                continue;
            }
            let Some(row) = notifications::find(conn, account, id)? else {
                return Ok(());
            };
            let loaded = Loaded::new(&self.desk(listener), conn, vec![row])?;
            let mut json = Vec::new();
            if loaded
                .rows
                .first()
                .is_some_and(|row| loaded.write(&mut json, row))
            {
                out.push((key, frame(channel, "notification", &text(json)?)));
            }
        }
        Ok(())
    }
}

/// A post's line in a public or tag timeline, if it is in there.
fn line_in(conn: &mut Conn, desk: &Desk, channel: &Channel, post: &Post) -> Result<Option<Entry>> {
    let page = exactly(post.id.0);
    let viewer: &Viewer = &desk.viewer;
    let lines = match &channel.feed {
        Feed::Public { origin, media } => {
            timelines::public(conn, viewer, *origin, *media, desk.now(), &page)?
        }
        Feed::Tag { tag, origin } => {
            let query = TagQuery {
                any: vec![tag.clone()],
                origin: *origin,
                ..TagQuery::default()
            };
            timelines::tag(conn, viewer, &query, desk.now(), &page)?
        }
        _ => Vec::new(),
    };
    Ok(lines.into_iter().next())
}

/// A post is gone: its id, to those who could read it. Streams of direct posts are told of direct posts alone.
fn deleted(conn: &mut Conn, id: PostId, listeners: &Listeners, out: &mut Vec<Line>) -> Result<()> {
    let Some(post) = posts::find(conn, id)? else {
        return Ok(());
    };
    let direct = post.visibility == Visibility::Direct;
    let wanted = move |feed: &Feed| match feed {
        Feed::Notifications => false,
        Feed::Direct => direct,
        _ => true,
    };
    let asked = people(listeners, wanted);
    let payload: Arc<str> = id.0.to_string().into();
    for account in streams::could_read(conn, &asked, &post)? {
        for (key, _, channel) in channels_of(listeners, account, wanted) {
            out.push((key, frame(channel, "delete", &payload)));
        }
    }
    Ok(())
}

/// A boost was taken back: the id of its line, to those who follow whoever boosted.
fn unboosted(
    conn: &mut Conn,
    boost: i64,
    by: AccountId,
    listeners: &Listeners,
    out: &mut Vec<Line>,
) -> Result<()> {
    let asked = people(listeners, |feed| matches!(feed, Feed::User));
    let payload: Arc<str> = boost.to_string().into();
    let mut readers = streams::following(conn, &asked, by)?;
    readers.extend(asked.contains(&by).then_some(by));
    for account in readers {
        for (key, _, channel) in channels_of(listeners, account, |feed| matches!(feed, Feed::User))
        {
            out.push((key, frame(channel, "delete", &payload)));
        }
    }
    Ok(())
}
