# Posts, threads, writing, search, notifications.
kind-discussion = Discussion
kind-question = Question
kind-answer = Answer
kind-knowledge = Knowledge
kind-lesson = Lesson
kind-story = Success story
kind-resource = Resource
kind-event = Event
kind-path = Learning path
kind-endorsement = Endorsement
question-open = Needs an answer
question-answered = Has answers
question-accepted = Solved
question-self-answered = Solved by the asker
question-duplicate = Asked before
question-closed = Closed
question-withdrawn = Withdrawn
post-by = { $kind } by { $name }
post-in = in
post-boosted-by = { $name } passed this on
post-edited = edited
post-held = Waits for a steward
post-warning = Warning:
post-edit = Edit
post-delete = Delete
read-on = Read on
picture-without-description = Picture without description
file-attached = Attached file
poll-votes = { $count ->
    [one] { $count } vote
   *[other] { $count } votes
}
works-for-me = Works for me
pass-on = Pass on
favourites-count = { $count ->
    [one] Works for { $count } person
   *[other] Works for { $count } people
}
boosts-count = { $count ->
    [one] Passed on once
   *[other] Passed on { $count } times
}
replies-count = { $count ->
    [0] No replies
    [one] { $count } reply
   *[other] { $count } replies
}
answers-count = { $count ->
    [0] No answers yet
    [one] { $count } answer
   *[other] { $count } answers
}
older-posts = Older posts
answer-accepted = Accepted answer
answer-accepted-by = Accepted answer by { $name }
accepted-first = Accepted answers come first.
accepted-why = Why it helped: { $why }
accept = Accept: this helped
unaccept = Take the acceptance back
answer-write = Your answer
reply-write = Your reply
reply-label = Text
reply-hint = Markdown works. Mention people by their handle.
reply-send = Send
reply-open = Reply
reply-to = To the post that this replies to
reply-join-in = Join in
reply-sign-in = Sign in to reply
reply-from-elsewhere = From another server, search for this address in your app and reply there:
history-heading = History
history-version = As of { $time }

home-new = New for you
home-waiting = Needs an answer
home-nothing = Nothing new yet. Join a community or follow somebody, and their posts come here.
tag-nothing = No public post has this tag.

write-question = Ask a question
write-question-hint = Say what you want to reach, what you tried, and what happened.
write-knowledge = Share knowledge
write-knowledge-hint = Something that others can look up and use.
write-lesson = Write down a lesson
write-lesson-hint = What happened, and what will be done differently. It is about the work, not about who was to blame.
write-story = Tell a success story
write-story-hint = What was the situation, what did you do, who helped.
write-discussion = Start a discussion
write-discussion-hint = For everything that is not a question.
write-resource = Recommend a resource
write-resource-hint = A page, a document or a course that is worth the time.
write-event = Announce an event
write-event-hint = When and where people meet.
write-path = Propose a learning path
write-path-hint = What one wants to be able to do, and for whom the path is.
write-community = Community
write-community-hint = Who is in it can read and answer. The words in brackets say how far it reaches.
write-no-community = None: on my own page
write-title = Title
write-text = Text
write-text-hint = Markdown works: **bold**, lists, links, code. Mention people by their handle.
write-boundary = How far it reaches
write-boundary-hint = Never further than its community. What is for this node only never leaves it.
write-boundary-own = As far as its community
write-quotes = Who may quote it
write-quotes-hint = Those who may not are refused. You can take consent back later.
quotes-public = Whoever may read it
quotes-followers = Those who follow me
quotes-nobody = Nobody but me
quotes-heading = Quotes of this
quotes-none = Nobody has quoted this.
quotes-revoke-hint = If you take consent back, that post no longer shows yours.
quotes-revoke = Take consent back
write-reaches = It reaches: { $boundary }.
write-publish = Publish
write-show-preview = Preview
write-preview = Preview
write-others = Something else?
edit-heading = Edit
edit-intro = Earlier forms stay in the history.
edit-save = Save
field-context = Context
field-what-happened = What happened
field-learned = What we learned
field-next-time = What we do next time
field-surprise = What surprised us
field-situation = Situation
field-action = What we did
field-helpers = Who helped
field-url = Address
field-licence = Licence
field-minutes = Minutes it takes
field-starts-at = Begins (such as 2027-03-01T14:00Z)
field-ends-at = Ends
field-place = Place
field-capacity = Seats
field-goal = What one can do afterwards
field-audience = For whom

search-words = Words
search-kind = Kind
search-all-kinds = All kinds
search-title = { $words }: search
search-posts = Posts
search-found = { $count ->
    [0] Nothing found.
    [one] { $count } post found.
   *[other] { $count } posts found.
}
search-many = The newest { $count } posts of many.
search-nothing = No post that you can read has these words. Try fewer or other words.
search-ask = Ask this question

notifications-none = Nothing yet. When somebody answers, mentions or follows you, it is here.
notifications-older = Older notifications
told-mention = { $name } mentioned you
told-status = { $name } posted
told-reblog = { $name } passed on your post
told-follow = { $name } follows you
told-follow-request = { $name } wants to follow you
told-favourite = It works for { $name }
told-poll = A poll has ended
told-update = { $name } edited a post
told-report = { $name } sent a report
told-sign-up = { $name } has an account here now
told-quote = { $name } quoted you
told-quoted-update = { $name } edited a post you quoted
told-severed = Some accounts are out of reach
told-severed-node = Moderators blocked { $target }. You lose { $followers ->
    [one] { $followers } follower
   *[other] { $followers } followers
} and { $following ->
    [one] { $following } account
   *[other] { $following } accounts
} that you follow.
told-severed-own = You blocked { $target }. You lose { $followers ->
    [one] { $followers } follower
   *[other] { $followers } followers
} and { $following ->
    [one] { $following } account
   *[other] { $following } accounts
} that you follow.
told-severed-account = Moderators suspended { $target }. You lose { $followers ->
    [one] { $followers } follower
   *[other] { $followers } followers
} and { $following ->
    [one] { $following } account
   *[other] { $following } accounts
} that you follow.
told-warned = Moderators sent you a warning
told-warned-disable = Moderators disabled your account
told-warned-mark = Moderators marked posts of yours as sensitive
told-warned-delete = A post of yours was removed
told-warned-sensitive = Moderators hide your media at first
told-warned-silence = Moderators limited your account
told-warned-suspend = Moderators suspended your account
post-quoted = Quoted
post-quote-hidden = The quoted post cannot be shown.
poll-choose-one = Choose one
poll-choose-some = Choose one or more
poll-vote = Vote
poll-mine = Your vote
poll-until = Until { $time }
poll-ended = Ended { $time }
