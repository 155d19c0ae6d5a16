# Réponses générales de l’API.
api-bad-token = Le jeton d’accès manque ou n’est pas valide. Reconnectez-vous.
api-needs-person = Il faut pour cela une personne connectée.
api-outside-scopes = Les autorisations de cette application ne comprennent pas cela.
api-bad-request = La requête est incompréhensible. Envoyez un formulaire ou du JSON en UTF-8.
api-not-found = Il n’y a rien ici, ou vous ne pouvez pas le voir.
api-too-many-requests = C’était trop souvent. Attendez un peu.
api-unavailable = Cela ne fonctionne pas en ce moment. Réessayez.
api-not-confirmed = Confirmez d’abord votre adresse : ouvrez le lien du courriel que nous vous avons envoyé.
api-not-approved = Votre demande de compte n’est pas encore décidée. Vous en serez averti par courriel.
api-disabled = Votre compte est désactivé pour le moment. Veuillez vous adresser à la modération.
