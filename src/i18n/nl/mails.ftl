# Mails over accounts. Gewone tekst; { $base } is het adres van de node.
mail-confirm = { $node }: bevestig uw adres
mail-confirm-text = Dag,

    iemand, waarschijnlijk uzelf, heeft met dit adres een account gemaakt op { $node }. Open deze link binnen { $hours } uur om het te bevestigen:

    { $link }

    Was u het niet, doe dan niets: het account wordt vergeten.
mail-applied = { $node }: { $name } vraagt een account
mail-applied-text = Dag,

    { $name } vraagt een account op { $node }. Lees de aanvraag en beslis:

    { $base }/admin/accounts
mail-welcome = { $node }: uw account is klaar
mail-welcome-text = Dag,

    uw aanvraag is aanvaard. U kunt zich aanmelden als { $name }:

    { $base }/login
mail-refused = { $node }: uw aanvraag voor een account
mail-refused-text = Dag,

    uw aanvraag voor een account op { $node } is niet aanvaard. Er werd niets van bewaard.
mail-refused-why-text = Dag,

    uw aanvraag voor een account op { $node } is niet aanvaard, om deze reden:

    { $reason }

    Er werd niets van uw aanvraag bewaard.
mail-already-here = { $node }: u hebt al een account
mail-already-here-text = Dag,

    iemand, waarschijnlijk uzelf, heeft met dit adres een account gevraagd op { $node }. Er is er al een: { $name }. Meld u hier aan:

    { $base }/login

    Was u het niet, doe dan niets: wie het vroeg, kreeg niet te horen dat dit adres van u is.
