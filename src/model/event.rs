//! What can happen, as data. An action emits it; what follows (deliveries, notifications, streams) is decided in one
//! exhaustive match in `jobs::fanout`.

use super::ids::{AccountId, PostId};
use super::words::{MembershipState, Visibility};

/// Something that happened. Variants carry ids, plus what a later reader could no longer find in the database. Processes on
/// one database tell each other of them.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Event {
    /// A post (or reply) was written here or arrived.
    PostCreated {
        /// The post.
        post: PostId,
    },
    /// Its text, title, fields or media changed.
    PostEdited {
        /// The post.
        post: PostId,
    },
    /// The post itself reads as before, but what stands around it changed: what it quotes, or who may quote it.
    PostRestated {
        /// The post.
        post: PostId,
    },
    /// A person of this node wants to quote somebody elsewhere, who is asked.
    QuoteRequested {
        /// The quote.
        quote: i64,
    },
    /// Somebody elsewhere asked to quote a person of this node: what its author's terms say to that.
    QuoteDecided {
        /// The quote.
        quote: i64,
        /// Whether it holds since now: who asks again is answered again, but nobody is told of it twice.
        new: bool,
    },
    /// An author of this node took consent to a quote back.
    QuoteRevoked {
        /// The quote.
        quote: i64,
        /// The address of the stamp that held; empty where there was none.
        stamp: String,
    },
    /// It was deleted by its author or removed by `by`; the row stays as a tombstone.
    PostDeleted {
        /// The post.
        post: PostId,
        /// Who did it.
        by: AccountId,
    },
    /// A community of this node took something in that a remote person sent: its activity is passed on unchanged.
    Relayed {
        /// The community that passes it on.
        community: AccountId,
        /// The activity as it came, byte for byte.
        activity: String,
        /// The new top-level post it brought, which microblogs get as a plain Announce.
        new_post: Option<PostId>,
        /// The post that it changed or removed, whose plain Announce must be repeated or taken back.
        changed_post: Option<PostId>,
        /// Whether `changed_post` was removed.
        removed: bool,
    },
    /// A community announced a post that was known here before.
    Announced {
        /// The post.
        post: PostId,
        /// The announce's id.
        announce: i64,
    },
    /// A person boosted a post.
    Boosted {
        /// The boost's id.
        boost: i64,
        /// The post.
        post: PostId,
        /// Who.
        by: AccountId,
    },
    /// And took it back.
    Unboosted {
        /// The boost's id.
        boost: i64,
        /// Its address.
        uri: String,
        /// The post.
        post: PostId,
        /// Who.
        by: AccountId,
        /// Who saw it.
        visibility: Visibility,
    },
    /// A person found a post good.
    Favourited {
        /// The reaction's id.
        reaction: i64,
        /// The post.
        post: PostId,
        /// Who.
        by: AccountId,
    },
    /// And took it back.
    Unfavourited {
        /// The reaction's id.
        reaction: i64,
        /// The post.
        post: PostId,
        /// Who.
        by: AccountId,
    },
    /// A person of this node was told of something.
    Notified {
        /// Who.
        account: AccountId,
        /// The notification.
        notification: i64,
    },
    /// Somebody asked to follow a person, or to join a community.
    FollowRequested {
        /// Who asks.
        follower: AccountId,
        /// Whom.
        target: AccountId,
        /// The address of the Follow.
        uri: String,
        /// Whether it was agreed at once.
        accepted: bool,
    },
    /// The answer to a Follow.
    FollowDecided {
        /// Who asked.
        follower: AccountId,
        /// Who answers.
        target: AccountId,
        /// The address of the Follow.
        uri: String,
        /// Yes or no. A no also ends a follow that was agreed before.
        accepted: bool,
    },
    /// A follow or membership was ended by the follower.
    Unfollowed {
        /// Who.
        follower: AccountId,
        /// Whom.
        target: AccountId,
        /// The address of the Follow.
        uri: String,
    },
    /// A membership changed its state.
    MembershipChanged {
        /// The community.
        community: AccountId,
        /// The person.
        account: AccountId,
        /// The new state.
        state: MembershipState,
    },
    /// A ban from a community was lifted.
    BanLifted {
        /// The community.
        community: AccountId,
        /// The person.
        account: AccountId,
    },
    /// One person shut another out.
    Blocked {
        /// Who.
        by: AccountId,
        /// Whom.
        target: AccountId,
        /// The address of the Block.
        uri: String,
        /// Whether it was lifted instead.
        undone: bool,
    },
    /// An answer was accepted.
    AnswerAccepted {
        /// The question.
        question: PostId,
        /// The answer.
        answer: PostId,
        /// Who accepted.
        by: AccountId,
        /// The address of the `ChooseAnswer`.
        uri: String,
    },
    /// An acceptance was taken back.
    AnswerUnaccepted {
        /// The question.
        question: PostId,
        /// The answer.
        answer: PostId,
        /// Who took it back.
        by: AccountId,
        /// The address of the `ChooseAnswer` that is undone.
        uri: String,
    },
    /// Votes in a poll.
    Voted {
        /// The poll's post.
        post: PostId,
        /// Who.
        by: AccountId,
    },
    /// Votes were counted since others were last told how a poll of this node stands.
    PollCounted {
        /// The poll's post.
        post: PostId,
    },
    /// A poll reached its end.
    PollEnded {
        /// The poll's post.
        post: PostId,
    },
    /// A profile or charter changed.
    AccountUpdated {
        /// Whose.
        account: AccountId,
    },
    /// Somebody has an account of this node from now on, and may use it.
    SignedUp {
        /// Who.
        account: AccountId,
    },
    /// An account of this node ended.
    AccountDeleted {
        /// Whose.
        account: AccountId,
    },
    /// An account of this node moved to another.
    AccountMoved {
        /// The old one.
        account: AccountId,
        /// The new one.
        target: AccountId,
    },
    /// Somebody reported an account, perhaps with posts of it.
    Reported {
        /// The report.
        report: i64,
    },
    /// A block or a suspension cut follows of a person of this node.
    Severed {
        /// What the person is told of it.
        severance: i64,
    },
    /// Moderators decided about a person of this node.
    Warned {
        /// The strike.
        strike: i64,
    },
    /// Somebody's filters changed.
    FiltersChanged {
        /// Whose.
        account: AccountId,
    },
    /// The node announces something to its people, or changed what it announced.
    AnnouncementPublished {
        /// The announcement.
        announcement: i64,
    },
    /// An announcement was taken back.
    AnnouncementRemoved {
        /// The announcement.
        announcement: i64,
    },
    /// Somebody set an emoji on an announcement, or took it off.
    AnnouncementReacted {
        /// The announcement.
        announcement: i64,
        /// The emoji.
        name: String,
    },
    /// A signed activity was stored and waits to be worked on.
    Received {
        /// Its row.
        inbound: i64,
    },
    /// A job was put into the queue.
    JobQueued,
    /// An admin changed what a peer may do.
    PeerChanged {
        /// Its domain.
        domain: String,
    },
}
