# Page de départ, communautés, profils, réglages.
landing-title = Apprendre ensemble au travail
landing-heading = Apprendre ensemble sur { $node }
landing-lead = Demandez à qui sait, répondez à qui demande, gardez ce que vous avez appris : dans des communautés qui relient services et entreprises.
landing-communities = Les communautés d’ici
landing-all-communities = Toutes les communautés, avec un filtre
landing-invite = On obtient un compte sur invitation. Demandez-en une à un collègue qui en a un, ou à une personne qui administre ce nœud.
landing-open = Vous pouvez créer vous-même un compte sur ce nœud.
landing-sso = Les comptes viennent avec l’authentification de l’entreprise.
communities-none = Il n’y a aucune communauté à montrer. Changez le filtre, ou connectez-vous pour en voir davantage.
directory-words = Mots
directory-which = Quelles communautés
directory-local = De ce nœud
directory-known = De ce nœud et des autres
directory-joined = Celles dont je suis membre
apply = Appliquer

community-pages = Pages de la communauté
community-kinds = Genres de publications
community-posts = Publications
community-charter = Charte
community-members = Membres
community-requests = Demandes
community-held = En attente
community-goals = Objectifs
community-team = Qui la fait vivre
community-join = Rejoindre
community-leave = Quitter
community-ask = Poser une question
community-sign-in = Se connecter pour rejoindre
community-no-posts = Rien n’a encore été publié ici que vous puissiez lire.
community-elsewhere = La suivre depuis ailleurs
community-elsewhere-text = Cherchez cet identifiant dans votre application Mastodon ou Lemmy, ou mentionnez-le dans une publication pour poser une question :
community-proposed = Pas encore ouverte
community-at-risk = Manque de pilotes, d’objectifs ou de réponses
community-dormant = Endormie : personne n’a publié depuis six mois
community-retired = Fermée, en lecture seule
tab-all = Tout
tab-questions = Questions
tab-knowledge = Savoirs
tab-lessons = Leçons
tab-stories = Réussites
tab-discussions = Discussions
goal-sentence = de { $baseline } à { $target } { $unit } d’ici le { $due }
members-count = { $count ->
    [one] { $count } membre
   *[other] { $count } membres
}
join-open = Adhésion libre
join-request = Adhésion sur demande
join-invite = Adhésion sur invitation
posting-members = Les membres ouvrent les fils
posting-anyone = Tout le monde ouvre des fils
posting-stewards = Les pilotes ouvrent les fils
boundary-node = Ce nœud seulement
boundary-firm = L’entreprise
boundary-partners = L’entreprise et ses partenaires
boundary-public = Public
audience-members = Membres de la communauté
audience-followers = Abonnés
audience-mentioned = Personnes mentionnées
membership-active = Vous êtes membre
membership-requested = Vous avez demandé à entrer
membership-invited = Vous êtes invité
membership-refused = Votre demande a été refusée
membership-banned = Vous êtes exclu
role-member = Membre
role-steward = Pilote
role-sponsor = Parrain

charter-heading = Charte de { $title }
charter-purpose = Raison d’être
charter-no-goals = Aucun objectif n’est encore fixé.
charter-goal = Objectif
charter-baseline = Départ
charter-target = Cible
charter-unit = Unité
charter-due = Échéance
charter-rules = Règles
charter-boundary = Portée
charter-join = Adhésion
charter-posting = Ouverture des fils
charter-since = Depuis
members-heading = Membres de { $title }
members-closed = Seuls les membres voient qui fait partie de cette communauté.
more-people = Plus de personnes
requests-heading = Demandes pour rejoindre { $title }
requests-none = Personne n’attend.
requests-waiting = { $count ->
    [one] Une personne demande à entrer. Décidez maintenant.
   *[other] { $count } personnes demandent à entrer. Décidez maintenant.
}
requests-reason = Motif
requests-accept = Accueillir { $name }
requests-refuse = Refuser { $name }

held-heading = Messages en attente dans { $title }
held-intro = Réponses venues de nœuds dont les messages sont d’abord relus. Personne d’autre que leur auteur ne les voit avant que vous les laissiez passer.
held-none = Rien n’attend.
held-waiting = { $count ->
    [one] Un message attend un animateur. Décidez maintenant.
   *[other] { $count } messages attendent un animateur. Décidez maintenant.
}
held-release = Laisser passer
held-refuse = Écarter
held-answers = À quoi il répond

profile-edit = Modifier le profil
profile-since = Ici depuis le { $date }
profile-communities = Communautés
profile-posts = Publications
profile-no-posts = Aucune publication que vous puissiez lire.
follow = Suivre
unfollow = Ne plus suivre
follow-requested = Retirer la demande de suivi

settings-saved = C’est enregistré.
settings-profile = Profil
settings-profile-intro = Ce que les autres voient de vous, et la façon dont vos publications sont faites.
settings-note = À propos de vous
settings-visibility = Visibilité des nouvelles publications
visibility-public = Publique
visibility-unlisted = Publique, mais hors des listes publiques
visibility-private = Pour les abonnés seulement
settings-locked = Je décide qui peut me suivre
settings-discoverable = Proposer mon profil aux autres
settings-indexable = Laisser d’autres serveurs chercher dans mes publications publiques
settings-hide-collections = Cacher aux autres qui je suis et qui me suit
settings-quotes = Qui peut citer ce que j’écrirai désormais
settings-password = Mot de passe
settings-password-intro = Quand vous changez de mot de passe, tous les autres navigateurs et toutes les applications sont déconnectés.
settings-password-current = Mot de passe actuel
settings-password-new = Nouveau mot de passe
settings-password-button = Changer le mot de passe
settings-password-done = Votre mot de passe est changé. Les autres navigateurs et applications ont été déconnectés.
settings-apps = Applications reliées
settings-apps-intro = Ces applications peuvent agir pour vous. Déconnectez celles dont vous ne vous servez plus.
settings-apps-none = Aucune application n’est reliée.
settings-apps-since = Depuis le { $time }
settings-apps-revoke = Déconnecter { $name }
settings-invite = Invitations
settings-invite-intro = Un lien crée un seul compte et reste valable 14 jours. Ne le donnez qu’à une seule personne.
settings-invite-button = Créer un lien d’invitation
settings-invite-link = Lien d’invitation
settings-invite-done = Copiez le lien maintenant. Il ne sera plus montré.
follow-heading = Suivre { $title } depuis votre nœud
follow-account = Votre compte
follow-account-hint = Par exemple @nom@noeud.example. Votre nœud demande ensuite si vous voulez suivre.
follow-wrong = Ceci n’est pas un compte. Écrivez-le comme @nom@noeud.example.
follow-button = Préparer le lien
follow-link = Aller à votre nœud
follow-link-here = Suivre depuis votre nœud
settings-avatar = Photo
settings-header = Image en haut de votre page
settings-picture-hint = JPEG, PNG, GIF ou WebP. Ce qui n’est pas choisi reste inchangé.
settings-avatar-remove = Retirer ma photo
settings-header-remove = Retirer l’image du haut
