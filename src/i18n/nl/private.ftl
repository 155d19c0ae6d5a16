# Wat de node een persoon privé schrijft.

ask-for-fields = Bedankt om dit te delen. Vul nog aan, zodat anderen ervan kunnen leren: { $fields }. U kunt uw bericht hier bewerken: { $url }
kf-context = de context
kf-what_happened = wat er gebeurde
kf-learned = wat u leerde
kf-next_time = wat u de volgende keer doet
kf-surprise = wat u verraste
kf-situation = de situatie
kf-action = wat u deed
kf-helpers = wie hielp
kf-url = het adres
kf-licence = de licentie
kf-minutes = hoeveel minuten het duurt
kf-starts_at = wanneer het begint
kf-ends_at = wanneer het eindigt
kf-place = waar het is
kf-capacity = hoeveel mensen er kunnen komen
kf-goal = het doel
kf-audience = voor wie het is
planned-post-refused = Een bericht dat u had gepland, kon niet worden gepubliceerd. De reden: { $reason } Dit was de tekst: { $text }
planned-post-lost = iets wat nodig is, bestaat niet meer of is niet meer toegankelijk voor u.

# Pushberichten.
push-closed = Er is nieuws op { $node }
push-accepted = { $name } aanvaardde uw antwoord
push-admitted = U bent nu lid van { $community }
push-invited = { $community } nodigt u uit
push-asks-to-join = { $name } vraagt om lid te worden van { $community }
