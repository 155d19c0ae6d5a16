# Start page, communities, profiles, settings.
landing-title = Learn together at work
landing-heading = Learn together on { $node }
landing-lead = Ask those who know, answer those who ask, and keep what you learned: in communities that reach across departments and firms.
landing-communities = Communities here
landing-all-communities = All communities, with a filter
landing-invite = Accounts are by invitation. Ask a colleague who has one, or an administrator of this node.
landing-open = You can get an account on this node yourself.
landing-sso = Accounts come with the sign-on of the firm.
communities-none = There is no community to show. Change the filter, or sign in to see more.
directory-words = Words
directory-which = Which communities
directory-local = Of this node
directory-known = Of this and other nodes
directory-joined = Those I am in
apply = Apply

community-pages = Pages of the community
community-kinds = Kinds of posts
community-posts = Posts
community-charter = Charter
community-members = Members
community-requests = Requests
community-held = Waiting posts
community-goals = Goals
community-team = Who runs it
community-join = Join
community-leave = Leave
community-ask = Ask a question
community-sign-in = Sign in to join
community-no-posts = Nothing has been posted here yet that you can read.
community-elsewhere = Follow it from elsewhere
community-elsewhere-text = Search for this handle in your Mastodon or Lemmy app, or mention it in a post to ask a question:
community-proposed = Not open yet
community-at-risk = Needs stewards, goals or answers
community-dormant = Asleep: nobody has posted for half a year
community-retired = Closed, for reading only
tab-all = All
tab-questions = Questions
tab-knowledge = Knowledge
tab-lessons = Lessons
tab-stories = Success stories
tab-discussions = Discussions
goal-sentence = from { $baseline } to { $target } { $unit } by { $due }
members-count = { $count ->
    [one] { $count } member
   *[other] { $count } members
}
join-open = Open to join
join-request = Join on request
join-invite = Join by invitation
posting-members = Members start threads
posting-anyone = Everyone starts threads
posting-stewards = Stewards start threads
boundary-node = This node only
boundary-firm = The firm
boundary-partners = The firm and its partners
boundary-public = Public
audience-members = Members of the community
audience-followers = Followers
audience-mentioned = Those mentioned
membership-active = You are a member
membership-requested = You asked to join
membership-invited = You are invited
membership-refused = Your request was refused
membership-banned = You are shut out
role-member = Member
role-steward = Steward
role-sponsor = Sponsor

charter-heading = Charter of { $title }
charter-purpose = Purpose
charter-no-goals = No goal has been set yet.
charter-goal = Goal
charter-baseline = Start
charter-target = Target
charter-unit = Unit
charter-due = Due
charter-rules = Rules
charter-boundary = Reaches
charter-join = Joining
charter-posting = Starting threads
charter-since = Since
members-heading = Members of { $title }
members-closed = Only members see who is in this community.
more-people = More people
requests-heading = Requests to join { $title }
requests-none = Nobody is waiting.
requests-waiting = { $count ->
    [one] One person asks to join. Decide now.
   *[other] { $count } people ask to join. Decide now.
}
requests-reason = Reason
requests-accept = Admit { $name }
requests-refuse = Refuse { $name }

held-heading = Posts that wait in { $title }
held-intro = Answers from nodes whose posts are looked at first. Nobody but their authors sees them until you let them through.
held-none = Nothing waits.
held-waiting = { $count ->
    [one] One post waits for a steward. Decide now.
   *[other] { $count } posts wait for a steward. Decide now.
}
held-release = Let through
held-refuse = Turn down
held-answers = What it answers

profile-edit = Edit profile
profile-since = Here since { $date }
profile-communities = Communities
profile-posts = Posts
profile-no-posts = No posts that you can read.
follow = Follow
unfollow = Stop following
follow-requested = Take the follow request back

settings-saved = Saved.
settings-profile = Profile
settings-profile-intro = What others see of you, and how your posts are made.
settings-note = About you
settings-visibility = Visibility of new posts
visibility-public = Public
visibility-unlisted = Public, but not in public lists
visibility-private = For followers only
settings-locked = I decide who may follow me
settings-discoverable = Suggest my profile to others
settings-indexable = Let other servers search my public posts
settings-hide-collections = Hide whom I follow and who follows me from others
settings-quotes = Who may quote what I write from now on
settings-password = Password
settings-password-intro = When you change your password, all other browsers and all apps are signed out.
settings-password-current = Present password
settings-password-new = New password
settings-password-button = Change password
settings-password-done = Your password was changed. Other browsers and apps were signed out.
settings-apps = Connected apps
settings-apps-intro = These apps may act for you. Disconnect those you no longer use.
settings-apps-none = No app is connected.
settings-apps-since = Since { $time }
settings-apps-revoke = Disconnect { $name }
settings-invite = Invitations
settings-invite-intro = A link makes one account and works for 14 days. Give it to one person only.
settings-invite-button = Make an invitation link
settings-invite-link = Invitation link
settings-invite-done = Copy the link now. It is not shown again.
follow-heading = Follow { $title } from your node
follow-account = Your account
follow-account-hint = For example @name@node.example. Your node then asks whether you want to follow.
follow-wrong = This is not an account. Write it like @name@node.example.
follow-button = Prepare the link
follow-link = Go to your node
follow-link-here = Follow from your node
settings-avatar = Picture
settings-header = Picture across the top of your page
settings-picture-hint = JPEG, PNG, GIF or WebP. What is not chosen stays as it is.
settings-avatar-remove = Take my picture away
settings-header-remove = Take the picture at the top away
