# Over, privacy, toegankelijkheid.
about-heading = Over { $node }
about-lead = Cordée is een thuis voor leergemeenschappen op het werk: mensen vragen, antwoorden en bewaren wat ze leren, over afdelingen en bedrijven heen.
about-node = Adres van deze node
about-firm = Bedrijf
about-software = Software
about-licence = Licentie
about-source = De broncode is ook van u
about-source-text = Cordée is vrije software onder de GNU Affero General Public License, versie 3 of later. Wie deze node gebruikt, mag de broncode hebben van precies de versie die hier draait, ze wijzigen en doorgeven.
about-source-link = De broncode van versie { $version } downloaden
about-clients = Gebruik het met een app
about-clients-text = Elke app voor Mastodon werkt. Geef { $node } op als server, meld u aan en geef de app toestemming.
about-federation = Praten met andere nodes
about-federation-text = Nodes spreken ActivityPub. Wat openbaar is, kan gevolgd worden vanuit Mastodon, Lemmy en andere servers; wat alleen voor deze node bedoeld is, verlaat ze nooit.

privacy-heading = Privacy
privacy-lead = Wat deze node over u bewaart, wie het ziet en wat u eraan kunt doen.
privacy-kept = Wat bewaard wordt
privacy-kept-text = Uw naam, uw e-mailadres, een hash van uw wachtwoord, uw berichten, lidmaatschappen en markeringen. Geen enkele pagina telt of vergelijkt wat afzonderlijke mensen doen.
privacy-seen = Wie het ziet
privacy-seen-text = Elk bericht toont hoe ver het reikt: deze node, het bedrijf, partners of iedereen. Beheerders lezen niet mee in gesloten communities. Uw e-mailadres wordt aan niemand getoond.
privacy-others = Wat andere nodes hebben
privacy-others-text = Een openbaar bericht kan gekopieerd worden door nodes waarvan mensen u of de community volgen. Als u het wijzigt of verwijdert, wordt hun gevraagd hetzelfde te doen; of ze gehoorzamen, bepalen zij.
privacy-cookies = Cookies
privacy-cookies-text = Eén cookie houdt u aangemeld, één beschermt formulieren, één onthoudt de taal die u koos. Andere zijn er niet, en er wordt niets van elders geladen.
privacy-rights = Uw rechten
privacy-rights-text = U kunt inzien, verbeteren, meenemen en verwijderen wat van u is. Vraag het aan een beheerder van deze node waar een pagina ervoor ontbreekt.

accessibility-heading = Toegankelijkheid
accessibility-lead = Deze pagina’s zijn voor iedereen gemaakt: met een toetsenbord, een schermlezer, een klein scherm, een printer of een oude browser.
accessibility-works = Wat werkt
accessibility-works-text = Alle pagina’s werken zonder JavaScript, met alleen het toetsenbord, op 320 pixels breed en bij 400 procent zoom. Elk veld heeft een label, elke fout staat bij haar veld en bovenaan, niets wordt alleen met kleur gezegd. Het doel is WCAG 2.2, niveau AA.
accessibility-limits = Wat nog niet werkt
accessibility-limits-text = Afbeeldingen in berichten hebben alleen een beschrijving als hun auteur er een schreef. Berichten van andere nodes kunnen slecht opgebouwd zijn.
accessibility-contact = Zit er iets in de weg?
accessibility-contact-text = Zeg aan een beheerder van deze node wat u wilde doen en waar u vastliep. Het wordt als een fout behandeld.
