# Words that are on every page, errors, dates.
skip-link = Skip to the content
nav-main = Main
nav-account = Your account
nav-node = About this node
nav-home = Home
nav-communities = Communities
nav-search = Search
nav-ask = Ask
nav-notifications = Notifications
nav-profile = Profile
nav-settings = Settings
nav-about = About
nav-privacy = Privacy
nav-accessibility = Accessibility
language = Language
sign-in = Sign in
sign-out = Sign out
date = { $day } { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
} { $year }
moment = { $date }, { $time } UTC

error-not-found = There is nothing here
error-not-found-text = The address may be wrong, or what was here is not meant for everyone. Check the link, sign in, or search for it.
error-gone = This was deleted
error-gone-text = It was here, and its author or a steward removed it. It will not come back.
error-forbidden = You cannot do this
error-invalid = Something is not right yet
error-too-many = Too many attempts
error-too-many-text = Wait a quarter of an hour, then try again.
error-unavailable = Not possible right now
error-unavailable-text = A part of this node does not answer. Try again in a minute.
error-internal = Something went wrong
error-internal-text = This is our mistake, and it was noted. Try again; if it happens once more, tell an administrator of this node.
error-foreign-form = This form was not accepted
error-foreign-form-text = It did not come from a page of this node, or the page was too old. Open the page again and send it once more.
error-to-start = To the start page
