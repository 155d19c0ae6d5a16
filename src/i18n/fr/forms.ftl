# Connexion, invitations, accord pour les applications, champs des formulaires.
form-errors = Veuillez revoir ceci
optional = (facultatif)

login-name = Nom ou adresse électronique
login-password = Mot de passe
login-no-account = Pas encore de compte ? Demandez une invitation à un collègue qui en a un, ou à une personne qui administre le nœud.
login-for-app = Connectez-vous pour relier votre application. À la page suivante, vous décidez de ce qu’elle peut faire.
login-wrong = Le nom ou le mot de passe est faux. Vérifiez les deux et réessayez.

invite-heading = Votre compte sur ce nœud
invite-intro = Vous êtes invité. Choisissez un nom et un mot de passe, et vous y êtes.
invite-first-admin = Ceci crée le premier compte d’administration du nœud. Le lien ne sert qu’une fois.
invite-button = Créer mon compte
invite-unusable = Cette invitation ne peut pas servir

field-username = Nom
field-username-hint = C’est par lui que les autres vous mentionnent. Minuscules sans accent, chiffres, points, traits d’union et tirets bas ; il ne change plus ensuite.
field-display-name = Votre nom tel que les autres le voient
field-email = Adresse électronique
field-email-hint = Seulement pour se connecter et pour les messages de ce nœud. Personne d’autre ne la voit.
field-password-hint = Au moins 12 caractères. Une phrase que vous seul connaissez convient bien.

authorize-heading = Relier une application
authorize-asks = { $app } demande l’accès à votre compte.
authorize-website = L’application dit que son site est :
authorize-may = Si vous l’autorisez, l’application peut
authorize-goes-to = La réponse va à :
authorize-code-shown = cette page, sous la forme d’un code à copier
authorize-revoke = Vous pouvez revenir là-dessus à tout moment dans vos réglages, sous « Applications reliées ».
authorize-allow = Autoriser
authorize-deny = Refuser
authorize-stopped = L’application ne peut pas être reliée
authorize-unknown-app = Ce nœud ne connaît pas l’application. Recommencez dans l’application, pour qu’elle s’inscrive ici.
authorize-bad-redirect = L’application veut envoyer la réponse à une adresse qu’elle n’a pas inscrite. Pour vous protéger, rien n’a été envoyé. Prévenez ses auteurs.
scope-read = lire tout ce que vous pouvez lire ici
scope-write = publier, modifier et supprimer en votre nom
scope-follow = suivre, bloquer et masquer des personnes en votre nom
scope-push = vous envoyer des notifications
scope-profile = voir votre nom et votre profil
scope-read-posts = lire et chercher les publications que vous pouvez lire
scope-read-notifications = lire vos notifications
scope-read-own = lire certains de vos réglages et de vos listes
scope-write-posts = écrire des publications et envoyer des fichiers en votre nom
scope-write-profile = modifier votre profil
scope-write-own = modifier certains de vos réglages et de vos listes
scope-admin-read = lire ce que peuvent lire les personnes qui administrent
scope-admin-write = agir comme une personne qui administre

code-heading = Encore une étape
code-copy = Copiez ce code et collez-le dans { $app }.
code-label = Code
code-once = Le code sert une seule fois, pendant dix minutes. Ne le donnez à personne.

register-heading = Créer un compte
register-intro = Choisissez un nom et un mot de passe, et vous y êtes.
register-intro-mail = Choisissez un nom et un mot de passe. Nous écrivons ensuite à votre adresse : ouvrez le lien de ce message, et vous y êtes.
register-intro-moderator = Choisissez un nom et un mot de passe. Quelqu’un de ce nœud examine chaque demande et vous répond par courriel.
register-reason = Pourquoi souhaitez-vous un compte ici ?
register-reason-hint = Une ou deux phrases : qui vous êtes et ce que vous aimeriez apprendre ou partager.
register-button = Créer mon compte
register-closed = Les comptes s’obtiennent ici sur invitation
register-sent = Regardez votre courrier
register-sent-text = Nous avons écrit à votre adresse. Ouvrez le lien de ce message dans les deux jours. Rien reçu ? Regardez parmi les indésirables, ou connectez-vous ici : nous écrivons alors de nouveau.
register-asked = Votre demande est notée
register-asked-text = Quelqu’un de ce nœud l’examine et vous répond par courriel. D’ici là, vous ne pouvez pas vous connecter.
confirm-heading = Confirmez votre adresse
confirm-intro = Tapez le mot de passe que vous avez choisi, et votre compte est prêt. Si vous n’avez pas demandé de compte ici, fermez cette page : il ne se passera rien.
confirm-wrong = Ce n’est pas le mot de passe avec lequel ce compte a été demandé. Si vous ne l’avez pas demandé, fermez cette page.
confirm-button = Cette adresse est la mienne
confirm-unusable = Ce lien ne peut pas servir
confirm-unusable-text = Il a déjà servi ou il est trop ancien. Si vous n’y êtes pas encore, connectez-vous avec votre nom et votre mot de passe : nous envoyons alors un nouveau lien.
applicants-heading = Demandes de compte
applicants-none = Personne n’attend de compte.
