# Woorden die op elke pagina staan, fouten, datums.
skip-link = Naar de inhoud
nav-main = Hoofdmenu
nav-account = Uw account
nav-node = Over deze node
nav-home = Start
nav-communities = Communities
nav-search = Zoeken
nav-ask = Vragen
nav-notifications = Meldingen
nav-profile = Profiel
nav-settings = Instellingen
nav-about = Over
nav-privacy = Privacy
nav-accessibility = Toegankelijkheid
language = Taal
sign-in = Aanmelden
sign-out = Afmelden
date = { $day } { $month ->
    [1] januari
    [2] februari
    [3] maart
    [4] april
    [5] mei
    [6] juni
    [7] juli
    [8] augustus
    [9] september
    [10] oktober
    [11] november
   *[12] december
} { $year }
moment = { $date }, { $time } UTC

error-not-found = Hier is niets
error-not-found-text = Misschien klopt het adres niet, of is wat hier stond niet voor iedereen bedoeld. Kijk de link na, meld u aan of zoek ernaar.
error-gone = Dit is verwijderd
error-gone-text = Het stond hier, maar de auteur of een trekker heeft het weggehaald. Het komt niet terug.
error-forbidden = Dit kunt u niet doen
error-invalid = Er klopt nog iets niet
error-too-many = Te veel pogingen
error-too-many-text = Wacht een kwartier en probeer het dan opnieuw.
error-unavailable = Nu even niet mogelijk
error-unavailable-text = Een deel van deze node antwoordt niet. Probeer het over een minuut opnieuw.
error-internal = Er ging iets mis
error-internal-text = Dit is onze fout, en ze is genoteerd. Probeer het opnieuw; gebeurt het nog eens, verwittig dan een beheerder van deze node.
error-foreign-form = Dit formulier werd niet aanvaard
error-foreign-form-text = Het kwam niet van een pagina van deze node, of de pagina was te oud. Open de pagina opnieuw en verstuur het nog eens.
error-to-start = Naar de startpagina
