# Aanmelden, uitnodigingen, toestemming voor apps, velden van formulieren.
form-errors = Kijk dit nog eens na
optional = (niet verplicht)

login-name = Naam of e-mailadres
login-password = Wachtwoord
login-no-account = Nog geen account? Vraag een uitnodiging aan een collega die er een heeft, of aan een beheerder.
login-for-app = Meld u aan om uw app te verbinden. Op de volgende pagina beslist u wat ze mag doen.
login-wrong = De naam of het wachtwoord klopt niet. Kijk beide na en probeer het opnieuw.

invite-heading = Uw account op deze node
invite-intro = U bent uitgenodigd. Kies een naam en een wachtwoord, en u bent binnen.
invite-first-admin = Hiermee maakt u het eerste beheerdersaccount van de node. De link werkt één keer.
invite-button = Mijn account maken
invite-unusable = Deze uitnodiging kan niet gebruikt worden

field-username = Naam
field-username-hint = Hiermee vermelden anderen u. Kleine letters zonder accenten, cijfers, punten, koppeltekens en lage streepjes; later kan de naam niet meer veranderen.
field-display-name = Uw naam zoals anderen hem zien
field-email = E-mailadres
field-email-hint = Alleen om aan te melden en voor berichten van deze node. Niemand anders ziet het.
field-password-hint = Minstens 12 tekens. Een zin die alleen u kent, werkt goed.

authorize-heading = Een app verbinden
authorize-asks = { $app } vraagt toegang tot uw account.
authorize-website = De app zegt dat dit haar website is:
authorize-may = Als u het toestaat, mag de app
authorize-goes-to = Het antwoord gaat naar:
authorize-code-shown = deze pagina, als een code die u kopieert
authorize-revoke = U kunt dit altijd intrekken bij uw instellingen, onder “Verbonden apps”.
authorize-allow = Toestaan
authorize-deny = Weigeren
authorize-stopped = De app kan niet verbonden worden
authorize-unknown-app = Deze node kent de app niet. Begin opnieuw in de app, zodat ze zich hier inschrijft.
authorize-bad-redirect = De app wil het antwoord naar een adres sturen dat ze niet heeft ingeschreven. Om u te beschermen is niets verstuurd. Verwittig de makers van de app.
scope-read = alles lezen wat u hier kunt lezen
scope-write = in uw naam berichten plaatsen, wijzigen en verwijderen
scope-follow = in uw naam mensen volgen, blokkeren en verbergen
scope-push = u meldingen sturen
scope-profile = uw naam en profiel zien
scope-read-posts = berichten lezen en doorzoeken die u kunt lezen
scope-read-notifications = uw meldingen lezen
scope-read-own = sommige van uw instellingen en lijsten lezen
scope-write-posts = in uw naam berichten schrijven en bestanden uploaden
scope-write-profile = uw profiel wijzigen
scope-write-own = sommige van uw instellingen en lijsten wijzigen
scope-admin-read = lezen wat beheerders kunnen lezen
scope-admin-write = optreden als beheerder

code-heading = Nog één stap
code-copy = Kopieer deze code en plak ze in { $app }.
code-label = Code
code-once = De code werkt één keer, tien minuten lang. Geef ze aan niemand.

register-heading = Een account maken
register-intro = Kies een naam en een wachtwoord, en u bent binnen.
register-intro-mail = Kies een naam en een wachtwoord. Daarna schrijven we naar uw adres: open de link in die mail, en u bent binnen.
register-intro-moderator = Kies een naam en een wachtwoord. Iemand van deze node bekijkt elke aanvraag en antwoordt u per mail.
register-reason = Waarom wilt u hier een account?
register-reason-hint = Een of twee zinnen: wie u bent en wat u wilt leren of delen.
register-button = Mijn account maken
register-closed = Hier krijgt men een account op uitnodiging
register-sent = Kijk in uw mail
register-sent-text = We hebben naar uw adres geschreven. Open de link in die mail binnen twee dagen. Niets gekregen? Kijk bij de ongewenste mail, of meld u hier aan: dan schrijven we opnieuw.
register-asked = Uw aanvraag is genoteerd
register-asked-text = Iemand van deze node bekijkt ze en antwoordt u per mail. Tot dan kunt u zich niet aanmelden.
confirm-heading = Bevestig uw adres
confirm-intro = Typ het wachtwoord dat u koos, en uw account is klaar. Hebt u hier geen account gevraagd, sluit dan deze pagina: er gebeurt niets.
confirm-wrong = Dat is niet het wachtwoord waarmee dit account is gevraagd. Hebt u het niet gevraagd, sluit dan deze pagina.
confirm-button = Dit adres is van mij
confirm-unusable = Deze link kan niet gebruikt worden
confirm-unusable-text = Hij werd al gebruikt of is te oud. Bent u nog niet binnen, meld u dan aan met uw naam en wachtwoord: dan sturen we een nieuwe link.
applicants-heading = Aanvragen voor een account
applicants-none = Niemand wacht op een account.
