# Mots présents sur chaque page, erreurs, dates.
skip-link = Aller au contenu
nav-main = Navigation principale
nav-account = Votre compte
nav-node = À propos de ce nœud
nav-home = Accueil
nav-communities = Communautés
nav-search = Recherche
nav-ask = Demander
nav-notifications = Notifications
nav-profile = Profil
nav-settings = Réglages
nav-about = À propos
nav-privacy = Vie privée
nav-accessibility = Accessibilité
language = Langue
sign-in = Se connecter
sign-out = Se déconnecter
date = { $day ->
    [1] 1er
   *[other] { $day }
} { $month ->
    [1] janvier
    [2] février
    [3] mars
    [4] avril
    [5] mai
    [6] juin
    [7] juillet
    [8] août
    [9] septembre
    [10] octobre
    [11] novembre
   *[12] décembre
} { $year }
moment = { $date }, { $time } UTC

error-not-found = Il n’y a rien ici
error-not-found-text = L’adresse est peut-être fausse, ou ce qui se trouvait ici n’est pas destiné à tout le monde. Vérifiez le lien, connectez-vous ou faites une recherche.
error-gone = Ce contenu a été supprimé
error-gone-text = Il était ici ; son auteur ou un pilote l’a retiré. Il ne reviendra pas.
error-forbidden = Vous ne pouvez pas faire cela
error-invalid = Quelque chose ne va pas encore
error-too-many = Trop de tentatives
error-too-many-text = Attendez un quart d’heure, puis réessayez.
error-unavailable = Impossible pour le moment
error-unavailable-text = Une partie de ce nœud ne répond pas. Réessayez dans une minute.
error-internal = Quelque chose s’est mal passé
error-internal-text = L’erreur est de notre côté et a été notée. Réessayez ; si cela se reproduit, prévenez une personne qui administre ce nœud.
error-foreign-form = Ce formulaire n’a pas été accepté
error-foreign-form-text = Il ne venait pas d’une page de ce nœud, ou la page était trop ancienne. Rouvrez la page et envoyez-le de nouveau.
error-to-start = Vers la page de départ
