# What the node writes to a person privately.

ask-for-fields = Thank you for sharing this. So that others can learn from it, please add: { $fields }. You can edit your post here: { $url }
kf-context = the context
kf-what_happened = what happened
kf-learned = what you learned
kf-next_time = what you will do next time
kf-surprise = what surprised you
kf-situation = the situation
kf-action = what you did
kf-helpers = who helped
kf-url = the address
kf-licence = the licence
kf-minutes = how many minutes it takes
kf-starts_at = when it begins
kf-ends_at = when it ends
kf-place = where it is
kf-capacity = how many can come
kf-goal = the goal
kf-audience = whom it is for
planned-post-refused = A post that you had planned could not be published. The reason: { $reason } This was its text: { $text }
planned-post-lost = something it needs is no longer there, or no longer open to you.

# Push messages.
push-closed = Something new on { $node }
push-accepted = { $name } accepted your answer
push-admitted = You are now a member of { $community }
push-invited = { $community } invites you
push-asks-to-join = { $name } asks to join { $community }
