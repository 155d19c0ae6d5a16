//! The closed lists of words that the contract fixes: one enum each, the same word in code, columns, settings and JSON.

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $word)] $variant),* }

        impl $name {
            /// Every word of the list, in the contract's order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The word itself.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }

            /// The value for a word; `None` for any other text.
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($word => Some(Self::$variant),)* _ => None }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

words! {
    /// What an account stands for (ActivityStreams actor types; unknown ones are taken for persons, FEP-a974).
    ActorKind { Person = "person", Group = "group", Application = "application", Service = "service" }
}
words! {
    /// What a node says at length.
    NodeTextKind { About = "about", Privacy = "privacy", Terms = "terms" }
}
words! {
    /// What a person takes along from one node to another.
    TransferKind {
        Follows = "follows", Mutes = "mutes", Blocks = "blocks", DomainBlocks = "domain_blocks", Lists = "lists",
        Bookmarks = "bookmarks",
    }
}
words! {
    /// Whether an actor still acts.
    AccountState { Active = "active", Pending = "pending", Suspended = "suspended", Deleted = "deleted" }
}
words! {
    /// Whether somebody may sign in.
    UserState {
        Active = "active", Pending = "pending", Suspended = "suspended",
        /// Must not sign in; everything else stays.
        Disabled = "disabled",
    }
}
words! {
    /// How far a community or post reaches, narrowest first.
    Boundary { Node = "node", Firm = "firm", Partners = "partners", Public = "public" }
}
words! {
    /// Visibility of a status as Mastodon clients know it.
    Visibility { Public = "public", Unlisted = "unlisted", Private = "private", Direct = "direct" }
}
words! {
    /// Who may read a post: computed once at writing from boundary, visibility and community, used in every query.
    Audience {
        /// Anybody.
        Public = "public",
        /// Whoever has an account on this node.
        Node = "node",
        /// Active members of the post's community.
        Members = "members",
        /// Followers of the author, and those mentioned.
        Followers = "followers",
        /// Those mentioned.
        Mentioned = "mentioned",
    }
}
words! {
    /// Kinds of post.
    Kind {
        Discussion = "discussion", Question = "question", Answer = "answer", Knowledge = "knowledge",
        Lesson = "lesson", Story = "story", Resource = "resource", Event = "event", Path = "path",
        Endorsement = "endorsement",
    }
}
words! {
    /// States of a question.
    QuestionState {
        Open = "open", Answered = "answered", Accepted = "accepted", SelfAnswered = "self_answered",
        Duplicate = "duplicate", Closed = "closed", Withdrawn = "withdrawn",
    }
}
words! {
    /// States of a community.
    CommunityState {
        Proposed = "proposed", Active = "active", AtRisk = "at_risk", Dormant = "dormant", Retired = "retired",
    }
}
words! {
    /// How one becomes a member.
    JoinPolicy { Open = "open", Request = "request", Invite = "invite" }
}
words! {
    /// Who may start a thread in a community.
    PostingPolicy { Members = "members", Anyone = "anyone", Stewards = "stewards" }
}
words! {
    /// Whether a community shows in listings; `hidden` ones are absent for whoever is not in them.
    Listing { Listed = "listed", Unlisted = "unlisted", Hidden = "hidden" }
}
words! {
    /// Somebody's relation to a community. `none` is never stored: it is the absence of a row.
    MembershipState {
        None = "none", Requested = "requested", Invited = "invited", Active = "active", Refused = "refused",
        Removed = "removed", Banned = "banned",
    }
}
words! {
    /// Roles in a community.
    CommunityRole { Member = "member", Steward = "steward", Sponsor = "sponsor" }
}
words! {
    /// Roles on a node.
    Role { Member = "member", Moderator = "moderator", Admin = "admin" }
}
words! {
    /// What another node may do here, least first.
    PeerMode {
        Blocked = "blocked", Quarantined = "quarantined", Follow = "follow", ReplyModerated = "reply_moderated",
        Member = "member",
    }
}
words! {
    /// How another node is related to ours.
    Relation { Firm = "firm", Partner = "partner" }
}
words! {
    /// Whether a follow is agreed.
    FollowState { Requested = "requested", Accepted = "accepted" }
}
words! {
    /// Whether a goal's figure should rise or fall.
    Direction { Up = "up", Down = "down" }
}
words! {
    /// The quiet marks a person can put on a post.
    Reaction { Favourite = "favourite", Bookmark = "bookmark", Pin = "pin", Mute = "mute" }
}
words! {
    /// Who may quote a post at once, as Mastodon names it. Its author always may.
    QuotePolicy {
        /// Whoever may read it.
        Public = "public",
        /// Followers of its author.
        Followers = "followers",
        /// Nobody but its author.
        Nobody = "nobody",
    }
}
words! {
    /// Where a quote stands.
    QuoteState {
        /// The author of what is quoted has not answered.
        Pending = "pending",
        /// Has agreed.
        Accepted = "accepted",
        /// Has not.
        Rejected = "rejected",
        /// Agreed once, and does not any more.
        Revoked = "revoked",
    }
}
words! {
    /// Types of media as Mastodon names them.
    MediaKind { Image = "image", Gifv = "gifv", Video = "video", Audio = "audio", Unknown = "unknown" }
}
words! {
    /// How far an upload is.
    MediaState {
        Ready = "ready",
        /// A job works on it.
        Processing = "processing",
        /// It could not be read.
        Failed = "failed",
    }
}
words! {
    /// Types of notification as Mastodon names them; ours arrive as the nearest of these.
    NotificationKind {
        Mention = "mention", Status = "status", Reblog = "reblog", Follow = "follow",
        FollowRequest = "follow_request", Favourite = "favourite", Poll = "poll", Update = "update",
        AdminReport = "admin.report", AdminSignUp = "admin.sign_up",
        Quote = "quote", QuotedUpdate = "quoted_update",
        SeveredRelationships = "severed_relationships", ModerationWarning = "moderation_warning",
    }
}
words! {
    /// What cut follows, as Mastodon names it.
    SeveranceKind {
        /// Moderators blocked a node.
        DomainBlock = "domain_block",
        /// The person blocked a node.
        UserDomainBlock = "user_domain_block",
        /// Moderators suspended an account.
        AccountSuspension = "account_suspension",
    }
}
words! {
    /// What was done that a person is warned of, as Mastodon names it.
    StrikeAction {
        /// A warning and no more.
        None = "none",
        Disable = "disable",
        MarkStatusesAsSensitive = "mark_statuses_as_sensitive", DeleteStatuses = "delete_statuses",
        Sensitive = "sensitive",
        Silence = "silence",
        Suspend = "suspend",
    }
}

words! {
    /// What happens to a post that a filter finds, as Mastodon names it; clients do it.
    FilterAction { Warn = "warn", Hide = "hide", Blur = "blur" }
}
words! {
    /// Where a filter counts.
    FilterContext {
        Home = "home", Notifications = "notifications", Public = "public", Thread = "thread", Account = "account",
    }
}
words! {
    /// What happens to notifications of some people, mildest first.
    PolicyAction { Accept = "accept", Filter = "filter", Drop = "drop" }
}
words! {
    /// What somebody finds wrong, as Mastodon names it.
    ReportCategory { Spam = "spam", Legal = "legal", Violation = "violation", Other = "other" }
}
words! {
    /// What moderators do with an account, as Mastodon names it.
    AccountMeasure {
        /// A warning and no more.
        None = "none",
        /// Media are hidden at first.
        Sensitive = "sensitive",
        /// No signing in.
        Disable = "disable",
        /// Left out of public timelines.
        Silence = "silence",
        /// Shut out.
        Suspend = "suspend",
    }
}
words! {
    /// What a network may not do, as Mastodon names it, mildest first.
    IpSeverity {
        SignUpRequiresApproval = "sign_up_requires_approval", SignUpBlock = "sign_up_block", NoAccess = "no_access",
    }
}
words! {
    /// Where a report stands. One that was reopened is open.
    ReportState { Open = "open", Resolved = "resolved" }
}
words! {
    /// Which replies a list shows, as Mastodon names them.
    RepliesPolicy {
        /// To anybody whom the list's owner follows.
        Followed = "followed",
        /// To members of the list.
        List = "list",
        /// None.
        None = "none",
    }
}

words! {
    /// What a client may want a push message for, as Mastodon names it.
    Alert {
        Mention = "mention", Status = "status", Reblog = "reblog", Follow = "follow",
        FollowRequest = "follow_request", Favourite = "favourite", Poll = "poll", Update = "update",
        Quote = "quote", QuotedUpdate = "quoted_update", AdminSignUp = "admin.sign_up",
        AdminReport = "admin.report",
        SeveredRelationships = "severed_relationships", ModerationWarning = "moderation_warning",
    }
}
words! {
    /// Whose doings a client wants push messages for, as Mastodon names it.
    PushPolicy {
        /// Anybody's.
        All = "all",
        /// Those of people whom the person follows.
        Followed = "followed",
        /// Those of people who follow the person.
        Follower = "follower",
        /// Nobody's.
        None = "none",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_reads_back() {
        for boundary in Boundary::ALL {
            assert_eq!(Boundary::parse(boundary.as_str()), Some(*boundary));
        }
        assert_eq!(Boundary::parse("company"), None);
        assert!(Boundary::Node < Boundary::Firm && Boundary::Partners < Boundary::Public);
        assert!(
            PeerMode::Blocked < PeerMode::Follow && PeerMode::ReplyModerated < PeerMode::Member
        );
    }
}
