# Mails about accounts. Plain text; { $base } is the address of the node.
mail-confirm = { $node }: confirm your address
mail-confirm-text = Hello,

    somebody, probably you, made an account on { $node } with this address. Open this link within { $hours } hours to confirm it:

    { $link }

    If it was not you, do nothing: the account is then forgotten.
mail-applied = { $node }: { $name } asks for an account
mail-applied-text = Hello,

    { $name } asks for an account on { $node }. See what was written and decide:

    { $base }/admin/accounts
mail-welcome = { $node }: your account is ready
mail-welcome-text = Hello,

    your request was granted. You can sign in as { $name }:

    { $base }/login
mail-refused = { $node }: your request for an account
mail-refused-text = Hello,

    your request for an account on { $node } was not granted. Nothing of it was kept.
mail-refused-why-text = Hello,

    your request for an account on { $node } was not granted, for this reason:

    { $reason }

    Nothing of your request was kept.
mail-already-here = { $node }: you have an account already
mail-already-here-text = Hello,

    somebody, probably you, asked for an account on { $node } with this address. There is one already: { $name }. Sign in to it here:

    { $base }/login

    If it was not you, do nothing: whoever asked was not told that the address is yours.
