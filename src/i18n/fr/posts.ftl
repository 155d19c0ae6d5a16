# Publications, fils, écriture, recherche, notifications.
kind-discussion = Discussion
kind-question = Question
kind-answer = Réponse
kind-knowledge = Savoir
kind-lesson = Leçon
kind-story = Réussite
kind-resource = Ressource
kind-event = Rendez-vous
kind-path = Parcours
kind-endorsement = Soutien
question-open = Attend une réponse
question-answered = A des réponses
question-accepted = Résolue
question-self-answered = Résolue par son auteur
question-duplicate = Déjà posée
question-closed = Fermée
question-withdrawn = Retirée
post-by = { $kind } de { $name }
post-in = dans
post-boosted-by = { $name } a fait passer
post-edited = modifiée
post-held = Attend un pilote
post-warning = Avertissement :
post-edit = Modifier
post-delete = Supprimer
read-on = Lire la suite
picture-without-description = Image sans description
file-attached = Fichier joint
poll-votes = { $count ->
    [one] { $count } voix
   *[other] { $count } voix
}
works-for-me = Ça marche pour moi
pass-on = Faire passer
favourites-count = { $count ->
    [one] Marche pour { $count } personne
   *[other] Marche pour { $count } personnes
}
boosts-count = { $count ->
    [one] Passée plus loin une fois
   *[other] Passée plus loin { $count } fois
}
replies-count = { $count ->
    [0] Aucune réaction
    [one] { $count } réaction
   *[other] { $count } réactions
}
answers-count = { $count ->
    [0] Pas encore de réponse
    [one] { $count } réponse
   *[other] { $count } réponses
}
older-posts = Publications plus anciennes
answer-accepted = Réponse acceptée
answer-accepted-by = Réponse acceptée, de { $name }
accepted-first = Les réponses acceptées viennent d’abord.
accepted-why = Pourquoi elle a aidé : { $why }
accept = Accepter : cela m’a aidé
unaccept = Retirer l’acceptation
answer-write = Votre réponse
reply-write = Votre réaction
reply-label = Texte
reply-hint = Markdown fonctionne. Mentionnez les gens par leur identifiant.
reply-send = Envoyer
reply-open = Réagir
reply-to = Vers la publication à laquelle ceci répond
reply-join-in = Participer
reply-sign-in = Se connecter pour répondre
reply-from-elsewhere = Depuis un autre serveur, cherchez cette adresse dans votre application et répondez là-bas :
history-heading = Historique
history-version = État au { $time }

home-new = Nouveau pour vous
home-waiting = Attend une réponse
home-nothing = Rien de neuf pour l’instant. Rejoignez une communauté ou suivez quelqu’un : leurs publications arrivent ici.
tag-nothing = Aucune publication publique ne porte ce mot-clé.

write-question = Poser une question
write-question-hint = Dites ce que vous voulez obtenir, ce que vous avez essayé et ce qui s’est passé.
write-knowledge = Partager un savoir
write-knowledge-hint = Quelque chose que d’autres pourront retrouver et utiliser.
write-lesson = Noter une leçon
write-lesson-hint = Ce qui s’est passé, et ce qu’on fera autrement. Il s’agit du travail, pas de chercher un coupable.
write-story = Raconter une réussite
write-story-hint = Quelle était la situation, qu’avez-vous fait, qui a aidé.
write-discussion = Ouvrir une discussion
write-discussion-hint = Pour tout ce qui n’est pas une question.
write-resource = Recommander une ressource
write-resource-hint = Une page, un document ou un cours qui en vaut la peine.
write-event = Annoncer un rendez-vous
write-event-hint = Quand et où l’on se retrouve.
write-path = Proposer un parcours
write-path-hint = Ce qu’on veut savoir faire, et à qui le parcours s’adresse.
write-community = Communauté
write-community-hint = Ses membres peuvent lire et répondre. Les mots entre parenthèses disent jusqu’où elle va.
write-no-community = Aucune : sur ma propre page
write-title = Titre
write-text = Texte
write-text-hint = Markdown fonctionne : **gras**, listes, liens, code. Mentionnez les gens par leur identifiant.
write-boundary = Jusqu’où cela va
write-boundary-hint = Jamais plus loin que la communauté. Ce qui est réservé à ce nœud n’en sort jamais.
write-boundary-own = Aussi loin que la communauté
write-quotes = Qui peut le citer
write-quotes-hint = Les autres essuient un refus. Vous pouvez retirer votre accord plus tard.
quotes-public = Toute personne qui peut le lire
quotes-followers = Les personnes qui me suivent
quotes-nobody = Personne d’autre que moi
quotes-heading = Qui cite ceci
quotes-none = Personne n’a cité ceci.
quotes-revoke-hint = Si vous retirez votre accord, cette publication ne montre plus la vôtre.
quotes-revoke = Retirer mon accord
write-reaches = Portée : { $boundary }.
write-publish = Publier
write-show-preview = Aperçu
write-preview = Aperçu
write-others = Autre chose ?
edit-heading = Modifier
edit-intro = Les versions précédentes restent dans l’historique.
edit-save = Enregistrer
field-context = Contexte
field-what-happened = Ce qui s’est passé
field-learned = Ce que nous avons appris
field-next-time = Ce que nous ferons la prochaine fois
field-surprise = Ce qui nous a surpris
field-situation = Situation
field-action = Ce que nous avons fait
field-helpers = Qui a aidé
field-url = Adresse
field-licence = Licence
field-minutes = Durée en minutes
field-starts-at = Début (par exemple 2027-03-01T14:00Z)
field-ends-at = Fin
field-place = Lieu
field-capacity = Places
field-goal = Ce qu’on saura faire ensuite
field-audience = Pour qui

search-words = Mots
search-kind = Genre
search-all-kinds = Tous les genres
search-title = { $words } : recherche
search-posts = Publications
search-found = { $count ->
    [0] Rien n’a été trouvé.
    [one] { $count } publication trouvée.
   *[other] { $count } publications trouvées.
}
search-many = Les { $count } publications les plus récentes parmi beaucoup.
search-nothing = Aucune publication que vous puissiez lire ne contient ces mots. Essayez avec moins de mots, ou d’autres.
search-ask = Poser cette question

notifications-none = Rien pour l’instant. Quand quelqu’un vous répond, vous mentionne ou vous suit, c’est ici.
notifications-older = Notifications plus anciennes
told-mention = { $name } vous a mentionné
told-status = { $name } a publié
told-reblog = { $name } a fait passer votre publication
told-follow = { $name } vous suit
told-follow-request = { $name } souhaite vous suivre
told-favourite = Ça marche pour { $name }
told-poll = Un sondage est terminé
told-update = { $name } a modifié une publication
told-report = { $name } a envoyé un signalement
told-sign-up = { $name } a maintenant un compte ici
told-quote = { $name } vous a cité
told-quoted-update = { $name } a modifié une publication que vous avez citée
told-severed = Certains comptes ne sont plus joignables
told-severed-node = La modération a bloqué { $target }. Vous perdez { $followers ->
    [one] { $followers } abonné
   *[other] { $followers } abonnés
} et { $following ->
    [one] { $following } compte
   *[other] { $following } comptes
} que vous suivez.
told-severed-own = Vous avez bloqué { $target }. Vous perdez { $followers ->
    [one] { $followers } abonné
   *[other] { $followers } abonnés
} et { $following ->
    [one] { $following } compte
   *[other] { $following } comptes
} que vous suivez.
told-severed-account = La modération a suspendu { $target }. Vous perdez { $followers ->
    [one] { $followers } abonné
   *[other] { $followers } abonnés
} et { $following ->
    [one] { $following } compte
   *[other] { $following } comptes
} que vous suivez.
told-warned = La modération vous a envoyé un avertissement
told-warned-disable = La modération a désactivé votre compte
told-warned-mark = La modération a marqué des publications de vous comme sensibles
told-warned-delete = Une de vos publications a été retirée
told-warned-sensitive = La modération masque d’abord vos médias
told-warned-silence = La modération a limité votre compte
told-warned-suspend = La modération a suspendu votre compte
post-quoted = Citation
post-quote-hidden = La publication citée ne peut pas être affichée.
poll-choose-one = Choisissez une réponse
poll-choose-some = Choisissez une ou plusieurs réponses
poll-vote = Voter
poll-mine = Votre vote
poll-until = Jusqu’au { $time }
poll-ended = Terminé le { $time }
