# Startpagina, communities, profielen, instellingen.
landing-title = Samen leren op het werk
landing-heading = Samen leren op { $node }
landing-lead = Vraag het aan wie het weet, antwoord wie iets vraagt, en bewaar wat u leerde: in communities over afdelingen en bedrijven heen.
landing-communities = Communities hier
landing-all-communities = Alle communities, met een filter
landing-invite = Een account krijgt u op uitnodiging. Vraag ze aan een collega die er een heeft, of aan een beheerder van deze node.
landing-open = U kunt op deze node zelf een account maken.
landing-sso = Accounts komen met de aanmelding van het bedrijf.
communities-none = Er is geen community om te tonen. Verander de filter, of meld u aan om er meer te zien.
directory-words = Woorden
directory-which = Welke communities
directory-local = Van deze node
directory-known = Van deze en andere nodes
directory-joined = Waarvan ik lid ben
apply = Toepassen

community-pages = Pagina’s van de community
community-kinds = Soorten berichten
community-posts = Berichten
community-charter = Charter
community-members = Leden
community-requests = Aanvragen
community-held = In wacht
community-goals = Doelen
community-team = Wie ze trekt
community-join = Lid worden
community-leave = Verlaten
community-ask = Een vraag stellen
community-sign-in = Aanmelden om lid te worden
community-no-posts = Hier is nog niets geplaatst dat u kunt lezen.
community-elsewhere = Van elders volgen
community-elsewhere-text = Zoek deze naam in uw Mastodon- of Lemmy-app, of vermeld hem in een bericht om een vraag te stellen:
community-proposed = Nog niet open
community-at-risk = Heeft trekkers, doelen of antwoorden nodig
community-dormant = Slaapt: al een half jaar plaatste niemand iets
community-retired = Gesloten, alleen om te lezen
tab-all = Alles
tab-questions = Vragen
tab-knowledge = Kennis
tab-lessons = Lessen
tab-stories = Successen
tab-discussions = Gesprekken
goal-sentence = van { $baseline } naar { $target } { $unit } tegen { $due }
members-count = { $count ->
    [one] { $count } lid
   *[other] { $count } leden
}
join-open = Vrij om lid te worden
join-request = Lid worden op aanvraag
join-invite = Lid worden op uitnodiging
posting-members = Leden beginnen gesprekken
posting-anyone = Iedereen begint gesprekken
posting-stewards = Trekkers beginnen gesprekken
boundary-node = Alleen deze node
boundary-firm = Het bedrijf
boundary-partners = Het bedrijf en zijn partners
boundary-public = Openbaar
audience-members = Leden van de community
audience-followers = Volgers
audience-mentioned = Wie vermeld is
membership-active = U bent lid
membership-requested = U vroeg om lid te worden
membership-invited = U bent uitgenodigd
membership-refused = Uw aanvraag is geweigerd
membership-banned = U bent uitgesloten
role-member = Lid
role-steward = Trekker
role-sponsor = Sponsor

charter-heading = Charter van { $title }
charter-purpose = Bestaansreden
charter-no-goals = Er is nog geen doel gesteld.
charter-goal = Doel
charter-baseline = Begin
charter-target = Streefcijfer
charter-unit = Eenheid
charter-due = Tegen
charter-rules = Regels
charter-boundary = Reikwijdte
charter-join = Lid worden
charter-posting = Gesprekken beginnen
charter-since = Sinds
members-heading = Leden van { $title }
members-closed = Alleen leden zien wie in deze community zit.
more-people = Meer mensen
requests-heading = Aanvragen voor { $title }
requests-none = Niemand wacht.
requests-waiting = { $count ->
    [one] Eén persoon vraagt om lid te worden. Beslis nu.
   *[other] { $count } mensen vragen om lid te worden. Beslis nu.
}
requests-reason = Reden
requests-accept = { $name } toelaten
requests-refuse = { $name } weigeren

held-heading = Berichten die wachten in { $title }
held-intro = Antwoorden van nodes waarvan de berichten eerst bekeken worden. Alleen wie ze schreef ziet ze, tot u ze doorlaat.
held-none = Er wacht niets.
held-waiting = { $count ->
    [one] Eén bericht wacht op een begeleider. Beslis nu.
   *[other] { $count } berichten wachten op een begeleider. Beslis nu.
}
held-release = Doorlaten
held-refuse = Afwijzen
held-answers = Waarop het antwoordt

profile-edit = Profiel bewerken
profile-since = Hier sinds { $date }
profile-communities = Communities
profile-posts = Berichten
profile-no-posts = Geen berichten die u kunt lezen.
follow = Volgen
unfollow = Niet meer volgen
follow-requested = Volgverzoek intrekken

settings-saved = Opgeslagen.
settings-profile = Profiel
settings-profile-intro = Wat anderen van u zien, en hoe uw berichten gemaakt worden.
settings-note = Over u
settings-visibility = Zichtbaarheid van nieuwe berichten
visibility-public = Openbaar
visibility-unlisted = Openbaar, maar niet in openbare lijsten
visibility-private = Alleen voor volgers
settings-locked = Ik beslis wie mij mag volgen
settings-discoverable = Mijn profiel aan anderen voorstellen
settings-indexable = Andere servers in mijn openbare berichten laten zoeken
settings-hide-collections = Voor anderen verbergen wie ik volg en wie mij volgt
settings-quotes = Wie mag citeren wat ik voortaan schrijf
settings-password = Wachtwoord
settings-password-intro = Als u uw wachtwoord wijzigt, worden alle andere browsers en alle apps afgemeld.
settings-password-current = Huidig wachtwoord
settings-password-new = Nieuw wachtwoord
settings-password-button = Wachtwoord wijzigen
settings-password-done = Uw wachtwoord is gewijzigd. Andere browsers en apps zijn afgemeld.
settings-apps = Verbonden apps
settings-apps-intro = Deze apps mogen voor u optreden. Verbreek de verbinding met wat u niet meer gebruikt.
settings-apps-none = Er is geen app verbonden.
settings-apps-since = Sinds { $time }
settings-apps-revoke = Verbinding met { $name } verbreken
settings-invite = Uitnodigingen
settings-invite-intro = Een link maakt één account en werkt 14 dagen. Geef hem aan één persoon.
settings-invite-button = Een uitnodigingslink maken
settings-invite-link = Uitnodigingslink
settings-invite-done = Kopieer de link nu. Hij wordt niet opnieuw getoond.
follow-heading = { $title } volgen vanaf uw node
follow-account = Uw account
follow-account-hint = Bijvoorbeeld @naam@node.example. Uw node vraagt dan of u wilt volgen.
follow-wrong = Dit is geen account. Schrijf het als @naam@node.example.
follow-button = De link maken
follow-link = Naar uw node
follow-link-here = Volgen vanaf uw node
settings-avatar = Foto
settings-header = Beeld bovenaan uw pagina
settings-picture-hint = JPEG, PNG, GIF of WebP. Wat u niet kiest, blijft zoals het is.
settings-avatar-remove = Mijn foto weghalen
settings-header-remove = Het beeld bovenaan weghalen
