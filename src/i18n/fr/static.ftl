# À propos, vie privée, accessibilité.
about-heading = À propos de { $node }
about-lead = Cordée accueille des communautés d’apprentissage au travail : on y demande, on y répond, on y garde ce qu’on apprend, entre services et entre entreprises.
about-node = Adresse de ce nœud
about-firm = Entreprise
about-software = Logiciel
about-licence = Licence
about-source = Le code source est aussi à vous
about-source-text = Cordée est un logiciel libre sous licence GNU Affero General Public License, version 3 ou ultérieure. Toute personne qui utilise ce nœud peut obtenir le code source de la version exacte qui tourne ici, le modifier et le transmettre.
about-source-link = Télécharger le code source de la version { $version }
about-clients = L’utiliser avec une application
about-clients-text = Toute application pour Mastodon convient. Indiquez { $node } comme serveur, connectez-vous et autorisez l’application.
about-federation = Parler aux autres nœuds
about-federation-text = Les nœuds parlent ActivityPub. Ce qui est public peut être suivi depuis Mastodon, Lemmy et d’autres serveurs ; ce qui est réservé à ce nœud n’en sort jamais.

privacy-heading = Vie privée
privacy-lead = Ce que ce nœud garde à votre sujet, qui le voit, et ce que vous pouvez y faire.
privacy-kept = Ce qui est gardé
privacy-kept-text = Votre nom, votre adresse électronique, une empreinte de votre mot de passe, vos publications, vos appartenances et vos marques. Aucune page ne compte ni ne compare ce que fait chaque personne.
privacy-seen = Qui le voit
privacy-seen-text = Chaque publication montre jusqu’où elle va : ce nœud, l’entreprise, les partenaires ou tout le monde. Les personnes qui administrent ne lisent pas les communautés fermées. Votre adresse électronique n’est montrée à personne.
privacy-others = Ce que détiennent les autres nœuds
privacy-others-text = Une publication publique peut être copiée par des nœuds dont les gens vous suivent, vous ou sa communauté. Quand vous la modifiez ou la supprimez, ils sont priés d’en faire autant ; obéir dépend d’eux.
privacy-cookies = Témoins de connexion
privacy-cookies-text = Un témoin (« cookie ») vous garde connecté, un autre protège les formulaires, un troisième retient la langue choisie. Il n’y en a pas d’autres, et rien n’est chargé d’ailleurs.
privacy-rights = Vos droits
privacy-rights-text = Vous pouvez voir, corriger, emporter et supprimer ce qui est à vous. Adressez-vous à une personne qui administre ce nœud si une page manque pour cela.

accessibility-heading = Accessibilité
accessibility-lead = Ces pages sont faites pour tout le monde : au clavier, avec un lecteur d’écran, sur un petit écran, sur papier ou avec un vieux navigateur.
accessibility-works = Ce qui fonctionne
accessibility-works-text = Toutes les pages fonctionnent sans JavaScript, au clavier seul, à 320 pixels de large et à 400 pour cent de zoom. Chaque champ a une étiquette, chaque erreur est nommée près de son champ et en haut de la page, rien n’est dit par la seule couleur. L’objectif est WCAG 2.2, niveau AA.
accessibility-limits = Ce qui ne fonctionne pas encore
accessibility-limits-text = Les images des publications n’ont une description que si leur auteur en a écrit une. Les publications d’autres nœuds peuvent être mal structurées.
accessibility-contact = Quelque chose vous gêne ?
accessibility-contact-text = Dites à une personne qui administre ce nœud ce que vous vouliez faire et où vous êtes resté bloqué. Ce sera traité comme un défaut.
