# Courriels au sujet des comptes. Texte simple ; { $base } est l’adresse du nœud.
mail-confirm = { $node } : confirmez votre adresse
mail-confirm-text = Bonjour,

    quelqu’un, sans doute vous, a créé un compte sur { $node } avec cette adresse. Ouvrez ce lien dans les { $hours } heures pour la confirmer :

    { $link }

    Si ce n’était pas vous, ne faites rien : le compte sera oublié.
mail-applied = { $node } : { $name } demande un compte
mail-applied-text = Bonjour,

    { $name } demande un compte sur { $node }. Lisez sa demande et décidez :

    { $base }/admin/accounts
mail-welcome = { $node } : votre compte est prêt
mail-welcome-text = Bonjour,

    votre demande est acceptée. Vous pouvez vous connecter sous le nom { $name } :

    { $base }/login
mail-refused = { $node } : votre demande de compte
mail-refused-text = Bonjour,

    votre demande de compte sur { $node } n’a pas été acceptée. Rien n’en a été conservé.
mail-refused-why-text = Bonjour,

    votre demande de compte sur { $node } n’a pas été acceptée, pour ce motif :

    { $reason }

    Rien de votre demande n’a été conservé.
mail-already-here = { $node } : vous avez déjà un compte
mail-already-here-text = Bonjour,

    quelqu’un, sans doute vous, a demandé un compte sur { $node } avec cette adresse. Il en existe déjà un : { $name }. Connectez-vous ici :

    { $base }/login

    Si ce n’était pas vous, ne faites rien : la personne n’a pas appris que cette adresse est la vôtre.
