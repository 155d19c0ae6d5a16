# About, privacy, accessibility.
about-heading = About { $node }
about-lead = Cordée is a home for learning communities at work: people ask, answer, and keep what they learn, across departments and firms.
about-node = Address of this node
about-firm = Firm
about-software = Software
about-licence = Licence
about-source = The source is yours, too
about-source-text = Cordée is free software under the GNU Affero General Public License, version 3 or later. Whoever uses this node may have the source of exactly the version that runs here, change it and pass it on.
about-source-link = Download the source of version { $version }
about-clients = Use it with an app
about-clients-text = Any app for Mastodon works. Enter { $node } as the server, sign in, and allow the app.
about-federation = Talk to other nodes
about-federation-text = Nodes speak ActivityPub. What is public can be followed from Mastodon, Lemmy and other servers; what is meant for this node alone never leaves it.

privacy-heading = Privacy
privacy-lead = What this node keeps about you, who sees it, and what you can do about it.
privacy-kept = What is kept
privacy-kept-text = Your name, your e-mail address, a hash of your password, your posts, memberships and marks. No page counts or compares what single people do.
privacy-seen = Who sees it
privacy-seen-text = Every post shows how far it reaches: this node, the firm, partners, or everyone. Administrators do not read closed communities. Your e-mail address is shown to nobody.
privacy-others = What other nodes hold
privacy-others-text = A public post may be copied by nodes whose people follow you or its community. When you change or delete it, they are told to do the same; whether they obey is up to them.
privacy-cookies = Cookies
privacy-cookies-text = One cookie keeps you signed in, one protects forms, one remembers the language you chose. There are no others, and nothing is loaded from elsewhere.
privacy-rights = Your rights
privacy-rights-text = You can see, correct, take along and delete what is yours. Ask an administrator of this node where a page for it is missing.

accessibility-heading = Accessibility
accessibility-lead = These pages are made for everybody: with a keyboard, a screen reader, a small screen, a printer or an old browser.
accessibility-works = What works
accessibility-works-text = All pages work without JavaScript, by keyboard alone, at 320 pixels width and at 400 percent zoom. Every field has a label, every mistake is named beside its field and at the top, nothing is told by colour alone. The aim is WCAG 2.2, level AA.
accessibility-limits = What does not yet work
accessibility-limits-text = Pictures in posts have a description only if their author wrote one. Posts from other nodes can be badly structured.
accessibility-contact = Something is in your way?
accessibility-contact-text = Tell an administrator of this node what you wanted to do and where you got stuck. It will be treated as a fault.
