# Berichten, gesprekken, schrijven, zoeken, meldingen.
kind-discussion = Gesprek
kind-question = Vraag
kind-answer = Antwoord
kind-knowledge = Kennis
kind-lesson = Les
kind-story = Succesverhaal
kind-resource = Bron
kind-event = Afspraak
kind-path = Leerpad
kind-endorsement = Steunbetuiging
question-open = Wacht op een antwoord
question-answered = Heeft antwoorden
question-accepted = Opgelost
question-self-answered = Opgelost door de vrager
question-duplicate = Al eerder gesteld
question-closed = Gesloten
question-withdrawn = Ingetrokken
post-by = { $kind } van { $name }
post-in = in
post-boosted-by = { $name } gaf dit door
post-edited = bewerkt
post-held = Wacht op een trekker
post-warning = Waarschuwing:
post-edit = Bewerken
post-delete = Verwijderen
read-on = Lees verder
picture-without-description = Afbeelding zonder beschrijving
file-attached = Bijgevoegd bestand
poll-votes = { $count ->
    [one] { $count } stem
   *[other] { $count } stemmen
}
works-for-me = Werkt voor mij
pass-on = Doorgeven
favourites-count = { $count ->
    [one] Werkt voor { $count } persoon
   *[other] Werkt voor { $count } mensen
}
boosts-count = { $count ->
    [one] Eén keer doorgegeven
   *[other] { $count } keer doorgegeven
}
replies-count = { $count ->
    [0] Geen reacties
    [one] { $count } reactie
   *[other] { $count } reacties
}
answers-count = { $count ->
    [0] Nog geen antwoorden
    [one] { $count } antwoord
   *[other] { $count } antwoorden
}
older-posts = Oudere berichten
answer-accepted = Aanvaard antwoord
answer-accepted-by = Aanvaard antwoord van { $name }
accepted-first = Aanvaarde antwoorden staan eerst.
accepted-why = Waarom het hielp: { $why }
accept = Aanvaarden: dit hielp
unaccept = De aanvaarding intrekken
answer-write = Uw antwoord
reply-write = Uw reactie
reply-label = Tekst
reply-hint = Markdown werkt. Vermeld mensen met hun volledige naam, zoals @naam@node.
reply-send = Versturen
reply-open = Reageren
reply-to = Naar het bericht waarop dit een reactie is
reply-join-in = Doe mee
reply-sign-in = Aanmelden om te reageren
reply-from-elsewhere = Zoek vanaf een andere server dit adres in uw app en reageer daar:
history-heading = Geschiedenis
history-version = Zoals op { $time }

home-new = Nieuw voor u
home-waiting = Wacht op een antwoord
home-nothing = Nog niets nieuws. Word lid van een community of volg iemand, dan komen hun berichten hier.
tag-nothing = Geen openbaar bericht heeft dit trefwoord.

write-question = Een vraag stellen
write-question-hint = Zeg wat u wilt bereiken, wat u probeerde en wat er gebeurde.
write-knowledge = Kennis delen
write-knowledge-hint = Iets dat anderen kunnen opzoeken en gebruiken.
write-lesson = Een les opschrijven
write-lesson-hint = Wat er gebeurde, en wat we voortaan anders doen. Het gaat over het werk, niet over wie schuld had.
write-story = Een succesverhaal vertellen
write-story-hint = Wat was de situatie, wat hebt u gedaan, wie hielp.
write-discussion = Een gesprek beginnen
write-discussion-hint = Voor alles wat geen vraag is.
write-resource = Een bron aanraden
write-resource-hint = Een pagina, document of cursus die de tijd waard is.
write-event = Een afspraak aankondigen
write-event-hint = Wanneer en waar men elkaar ontmoet.
write-path = Een leerpad voorstellen
write-path-hint = Wat men wil kunnen, en voor wie het pad is.
write-community = Community
write-community-hint = Wie erin zit, kan lezen en antwoorden. De woorden tussen haakjes zeggen hoe ver ze reikt.
write-no-community = Geen: op mijn eigen pagina
write-title = Titel
write-text = Tekst
write-text-hint = Markdown werkt: **vet**, lijsten, links, code. Vermeld mensen met hun volledige naam, zoals @naam@node.
write-boundary = Hoe ver het reikt
write-boundary-hint = Nooit verder dan de community. Wat alleen voor deze node is, verlaat ze nooit.
write-boundary-own = Zo ver als de community
write-quotes = Wie het mag citeren
write-quotes-hint = Anderen krijgen een weigering. U kunt uw toestemming later intrekken.
quotes-public = Wie het mag lezen
quotes-followers = Wie mij volgt
quotes-nobody = Niemand behalve ik
quotes-heading = Wie dit citeert
quotes-none = Niemand heeft dit geciteerd.
quotes-revoke-hint = Als u uw toestemming intrekt, toont dat bericht het uwe niet meer.
quotes-revoke = Toestemming intrekken
write-reaches = Het reikt tot: { $boundary }.
write-publish = Publiceren
write-show-preview = Voorbeeld
write-preview = Voorbeeld
write-others = Iets anders?
edit-heading = Bewerken
edit-intro = Vroegere versies blijven in de geschiedenis.
edit-save = Opslaan
field-context = Context
field-what-happened = Wat er gebeurde
field-learned = Wat we leerden
field-next-time = Wat we de volgende keer doen
field-surprise = Wat ons verraste
field-situation = Situatie
field-action = Wat we deden
field-helpers = Wie hielp
field-url = Adres
field-licence = Licentie
field-minutes = Duur in minuten
field-starts-at = Begint (zoals 2027-03-01T14:00Z)
field-ends-at = Eindigt
field-place = Plaats
field-capacity = Plaatsen
field-goal = Wat men daarna kan
field-audience = Voor wie

search-words = Woorden
search-kind = Soort
search-all-kinds = Alle soorten
search-title = { $words }: zoeken
search-posts = Berichten
search-found = { $count ->
    [0] Niets gevonden.
    [one] { $count } bericht gevonden.
   *[other] { $count } berichten gevonden.
}
search-many = De { $count } nieuwste berichten van vele.
search-nothing = Geen bericht dat u kunt lezen, bevat deze woorden. Probeer minder of andere woorden.
search-ask = Deze vraag stellen

notifications-none = Nog niets. Als iemand u antwoordt, vermeldt of volgt, staat het hier.
notifications-older = Oudere meldingen
told-mention = { $name } vermeldde u
told-status = { $name } plaatste iets
told-reblog = { $name } gaf uw bericht door
told-follow = { $name } volgt u
told-follow-request = { $name } wil u volgen
told-favourite = Het werkt voor { $name }
told-poll = Een peiling is afgelopen
told-update = { $name } bewerkte een bericht
told-report = { $name } heeft iets gemeld
told-sign-up = { $name } heeft hier nu een account
told-quote = { $name } citeerde u
told-quoted-update = { $name } bewerkte een bericht dat u citeerde
told-severed = Sommige accounts zijn niet meer bereikbaar
told-severed-node = Moderatoren blokkeerden { $target }. U verliest { $followers ->
    [one] { $followers } volger
   *[other] { $followers } volgers
} en { $following ->
    [one] { $following } account
   *[other] { $following } accounts
} die u volgt.
told-severed-own = U blokkeerde { $target }. U verliest { $followers ->
    [one] { $followers } volger
   *[other] { $followers } volgers
} en { $following ->
    [one] { $following } account
   *[other] { $following } accounts
} die u volgt.
told-severed-account = Moderatoren schorsten { $target }. U verliest { $followers ->
    [one] { $followers } volger
   *[other] { $followers } volgers
} en { $following ->
    [one] { $following } account
   *[other] { $following } accounts
} die u volgt.
told-warned = Moderatoren stuurden u een waarschuwing
told-warned-disable = Moderatoren hebben uw account uitgeschakeld
told-warned-mark = Moderatoren markeerden berichten van u als gevoelig
told-warned-delete = Een bericht van u is verwijderd
told-warned-sensitive = Moderatoren verbergen uw media eerst
told-warned-silence = Moderatoren hebben uw account beperkt
told-warned-suspend = Moderatoren hebben uw account geschorst
post-quoted = Citaat
post-quote-hidden = Het geciteerde bericht kan niet worden getoond.
poll-choose-one = Kies er één
poll-choose-some = Kies er een of meer
poll-vote = Stemmen
poll-mine = Uw stem
poll-until = Tot { $time }
poll-ended = Afgelopen op { $time }
