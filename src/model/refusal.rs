//! Every "no" that a rule can say, typed. The shells turn it into a sentence in the reader's language; the message ids
//! are those of the Fluent catalogues.

/// Why a rule says no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// Only the asker or a steward may accept an answer.
    NotTheAsker,
    /// The answer belongs to another question, or the post is no question.
    OtherQuestion,
    /// A question has at most three accepted answers.
    EnoughAccepted,
    /// One cannot accept something deleted.
    Deleted,
    /// Only members may post here.
    MembersOnly,
    /// Only stewards may do this.
    StewardsOnly,
    /// The community is not open (yet, or any more).
    CommunityNotActive,
    /// Somebody was banned from, or is not admitted to, the community.
    Banned,
    /// One comes in by invitation only.
    InviteOnly,
    /// Only the author may do this.
    NotTheAuthor,
    /// The role on the node does not allow it.
    RoleTooLow,
    /// An account cannot do this to itself.
    Oneself,
    /// One of the two has blocked the other.
    Blocked,
    /// The field must not be empty.
    Blank,
    /// The text is longer than this many characters.
    TooLong(usize),
    /// The text is shorter than this many characters.
    TooShort(usize),
    /// Not one of the allowed words; the text lists them.
    NotOneOf(String),
    /// The name is taken by a person or community.
    Taken,
    /// The name has characters that handles cannot have.
    BadName,
    /// The name is reserved.
    Reserved,
    /// Not an e-mail address.
    BadEmail,
    /// The address or its provider is shut out.
    EmailNotAllowed,
    /// The network is shut out.
    NetworkNotAllowed,
    /// Wider than the community's boundary.
    WiderThanCommunity,
    /// The charter needs this before the community can open.
    CharterIncomplete,
    /// At least this many stewards are needed.
    TooFewStewards(usize),
    /// Not a date, number or address of the wanted form.
    Malformed,
    /// The kind or community of a post with replies does not change.
    HasReplies,
    /// A poll has ended.
    PollEnded,
    /// Somebody voted already.
    AlreadyVoted,
    /// A choice the poll does not have, or several where one is allowed.
    BadChoice,
    /// Private posts of others cannot be boosted, nor posts that stay inside.
    NotBoostable,
    /// The same idempotency key with another request.
    KeyReused,
    /// More than this many of something.
    TooMany(usize),
    /// The media are not there, not one's own or already used.
    BadMedia,
    /// An upload is still worked on.
    MediaNotReady,
    /// The type of file is not accepted.
    BadMediaType,
    /// The file is too large; the limit in mebibytes.
    FileTooLarge(u64),
    /// Only one's own public, unlisted or private posts can be pinned.
    NotPinnable,
    /// The other node does not admit this.
    PeerMode,
    /// The invitation does not exist, is used up or has expired.
    BadInvitation,
    /// No account with this name.
    UnknownPerson,
    /// The password is not the present one.
    WrongPassword,
    /// The state does not allow it (for example deciding a request that was decided).
    WrongState,
    /// A file that is to replace what is here names nothing: all of it would go.
    NothingNamed,
    /// Only people whom one follows go into a list.
    NotFollowed,
    /// The list of a community is as its members are.
    FixedList,
    /// The author of a post does not want it quoted.
    NotQuotable,
    /// The post that quotes would be read by people who may not read what it quotes.
    QuoteTooWide,
    /// A planned post needs a moment that is at least this many minutes away.
    TooSoon(usize),
    /// The node has no push messages.
    PushOff,
    /// Nobody else could lead the node.
    LastAdmin,
    /// The community named would be left without a steward.
    SoleSteward(String),
    /// Not a member of the community.
    NotAMember,
    /// The account has moved away; its owner writes elsewhere now.
    Moved,
    /// The other account does not name this one as its own.
    NoAlias,
    /// An account moves once in a while; it may again in this many days.
    MovedLately(usize),
    /// Not the https address of a push service that may be sent to.
    BadPushService,
    /// Not the public key of a push client.
    BadPushKey,
    /// Not the shared secret of a push client.
    BadPushSecret,
    /// A command that is known, but that this node cannot carry out yet.
    CommandNotYet,
}

impl Refusal {
    /// The id of the message in the catalogues.
    #[expect(clippy::too_many_lines, reason = "one line for each refusal")]
    pub fn message_id(&self) -> &'static str {
        match self {
            Self::NotTheAsker => "no-not-the-asker",
            Self::OtherQuestion => "no-other-question",
            Self::EnoughAccepted => "no-enough-accepted",
            Self::Deleted => "no-deleted",
            Self::MembersOnly => "no-members-only",
            Self::StewardsOnly => "no-stewards-only",
            Self::CommunityNotActive => "no-community-not-active",
            Self::Banned => "no-banned",
            Self::InviteOnly => "no-invite-only",
            Self::NotTheAuthor => "no-not-the-author",
            Self::RoleTooLow => "no-role-too-low",
            Self::Oneself => "no-oneself",
            Self::Blocked => "no-blocked",
            Self::Blank => "no-blank",
            Self::TooLong(_) => "no-too-long",
            Self::TooShort(_) => "no-too-short",
            Self::NotOneOf(_) => "no-not-one-of",
            Self::Taken => "no-taken",
            Self::BadName => "no-bad-name",
            Self::Reserved => "no-reserved",
            Self::BadEmail => "no-bad-email",
            Self::EmailNotAllowed => "no-email-not-allowed",
            Self::NetworkNotAllowed => "no-network-not-allowed",
            Self::WiderThanCommunity => "no-wider-than-community",
            Self::CharterIncomplete => "no-charter-incomplete",
            Self::TooFewStewards(_) => "no-too-few-stewards",
            Self::Malformed => "no-malformed",
            Self::HasReplies => "no-has-replies",
            Self::PollEnded => "no-poll-ended",
            Self::AlreadyVoted => "no-already-voted",
            Self::BadChoice => "no-bad-choice",
            Self::NotBoostable => "no-not-boostable",
            Self::KeyReused => "no-key-reused",
            Self::TooMany(_) => "no-too-many",
            Self::BadMedia => "no-bad-media",
            Self::MediaNotReady => "no-media-not-ready",
            Self::BadMediaType => "no-bad-media-type",
            Self::FileTooLarge(_) => "no-file-too-large",
            Self::NotPinnable => "no-not-pinnable",
            Self::PeerMode => "no-peer-mode",
            Self::BadInvitation => "no-bad-invitation",
            Self::UnknownPerson => "no-unknown-person",
            Self::WrongPassword => "no-wrong-password",
            Self::WrongState => "no-wrong-state",
            Self::NothingNamed => "no-nothing-named",
            Self::NotFollowed => "no-not-followed",
            Self::FixedList => "no-fixed-list",
            Self::NotQuotable => "no-not-quotable",
            Self::QuoteTooWide => "no-quote-too-wide",
            Self::TooSoon(_) => "no-too-soon",
            Self::LastAdmin => "no-last-admin",
            Self::SoleSteward(_) => "no-sole-steward",
            Self::NotAMember => "no-not-a-member",
            Self::Moved => "no-moved",
            Self::NoAlias => "no-no-alias",
            Self::MovedLately(_) => "no-moved-lately",
            Self::PushOff => "no-push-off",
            Self::BadPushService => "no-bad-push-service",
            Self::BadPushKey => "no-bad-push-key",
            Self::BadPushSecret => "no-bad-push-secret",
            Self::CommandNotYet => "no-command-not-yet",
        }
    }

    /// The value that the message shows, named `limit` or `words` there.
    pub fn argument(&self) -> Option<String> {
        match self {
            Self::TooLong(n)
            | Self::TooShort(n)
            | Self::TooFewStewards(n)
            | Self::TooMany(n)
            | Self::TooSoon(n)
            | Self::MovedLately(n) => Some(n.to_string()),
            Self::FileTooLarge(n) => Some(n.to_string()),
            Self::NotOneOf(words) | Self::SoleSteward(words) => Some(words.clone()),
            _ => None,
        }
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.message_id())?;
        match self.argument() {
            Some(argument) => write!(f, " ({argument})"),
            None => Ok(()),
        }
    }
}
