# Signing in, invitations, consent for apps, fields of forms.
form-errors = Please look at this again
optional = (optional)

login-name = Name or e-mail address
login-password = Password
login-no-account = No account yet? Ask a colleague who has one, or an administrator, for an invitation.
login-for-app = Sign in to connect your app. On the next page you decide what it may do.
login-wrong = Name or password is wrong. Check both and try again.

invite-heading = Your account on this node
invite-intro = You were invited. Choose a name and a password, and you are in.
invite-first-admin = This makes the first administrator of the node. The link works once.
invite-button = Create my account
invite-unusable = This invitation cannot be used

field-username = Name
field-username-hint = Others mention you by it. Lower-case letters, digits, dots, hyphens and underscores; it cannot be changed later.
field-display-name = Your name as others see it
field-email = E-mail address
field-email-hint = Only for signing in and for messages from this node. Nobody else sees it.
field-password-hint = At least 12 characters. A sentence that only you know works well.

authorize-heading = Connect an app
authorize-asks = { $app } asks for access to your account.
authorize-website = The app says its website is:
authorize-may = If you allow it, the app may
authorize-goes-to = The answer goes to:
authorize-code-shown = this page, as a code for you to copy
authorize-revoke = You can take this back at any time in your settings, under “Connected apps”.
authorize-allow = Allow
authorize-deny = Refuse
authorize-stopped = The app cannot be connected
authorize-unknown-app = This node does not know the app. Start again in the app, so that it registers here.
authorize-bad-redirect = The app wants the answer sent to an address that it did not register. To protect you, nothing was sent. Tell the makers of the app.
scope-read = read everything that you can read here
scope-write = post, change and delete in your name
scope-follow = follow, block and mute people in your name
scope-push = send you notifications
scope-profile = see your name and profile
scope-read-posts = read and search posts that you can read
scope-read-notifications = read your notifications
scope-read-own = read some of your settings and lists
scope-write-posts = write posts and upload files in your name
scope-write-profile = change your profile
scope-write-own = change some of your settings and lists
scope-admin-read = read what administrators can read
scope-admin-write = act as an administrator

code-heading = One more step
code-copy = Copy this code and paste it into { $app }.
code-label = Code
code-once = The code works once, for ten minutes. Give it to nobody.

register-heading = Make an account
register-intro = Choose a name and a password, and you are in.
register-intro-mail = Choose a name and a password. We then write to your address: open the link in that mail, and you are in.
register-intro-moderator = Choose a name and a password. Somebody of this node looks at every request and answers you by mail.
register-reason = Why would you like an account here?
register-reason-hint = One or two sentences: who you are and what you would like to learn or share.
register-button = Make my account
register-closed = Accounts here are by invitation
register-sent = Look into your mail
register-sent-text = We wrote to your address. Open the link in that mail within two days. Nothing there? Look among unwanted mail, or sign in here: we then write again.
register-asked = Your request is noted
register-asked-text = Somebody of this node looks at it and answers you by mail. Until then you cannot sign in.
confirm-heading = Confirm your address
confirm-intro = Type the password you chose, and your account is ready. If you did not ask for an account here, close this page: nothing happens.
confirm-wrong = That is not the password this account was asked for with. If you did not ask for it, close this page.
confirm-button = This is my address
confirm-unusable = This link cannot be used
confirm-unusable-text = It was used already or is too old. If you are not in yet, sign in with your name and password: we then send a new link.
applicants-heading = Requests for accounts
applicants-none = Nobody is waiting for an account.
