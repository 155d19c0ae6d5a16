# Algemene antwoorden van de API.
api-bad-token = Het toegangstoken ontbreekt of is niet geldig. Meld u opnieuw aan.
api-needs-person = Hiervoor moet een persoon aangemeld zijn.
api-outside-scopes = De toestemmingen van deze app omvatten dit niet.
api-bad-request = Het verzoek is onbegrijpelijk. Stuur een formulier of JSON in UTF-8.
api-not-found = Hier is niets, of u kunt het niet zien.
api-too-many-requests = Dat was te vaak. Wacht even.
api-unavailable = Dit werkt nu even niet. Probeer het opnieuw.
api-not-confirmed = Bevestig eerst uw adres: open de link in de mail die we u stuurden.
api-not-approved = Over uw aanvraag voor een account is nog niet beslist. U krijgt bericht per mail.
api-disabled = Uw account staat momenteel uit. Vraag het aan een moderator.
