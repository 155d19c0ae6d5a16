# Ce que le nœud écrit à une personne en privé.

ask-for-fields = Merci pour ce partage. Pour que d'autres puissent en apprendre, complétez-le : { $fields }. Vous pouvez modifier votre message ici : { $url }
kf-context = le contexte
kf-what_happened = ce qui s'est passé
kf-learned = ce que vous avez appris
kf-next_time = ce que vous ferez la prochaine fois
kf-surprise = ce qui vous a surpris
kf-situation = la situation
kf-action = ce que vous avez fait
kf-helpers = qui a aidé
kf-url = l'adresse
kf-licence = la licence
kf-minutes = combien de minutes il faut
kf-starts_at = quand cela commence
kf-ends_at = quand cela finit
kf-place = où cela se passe
kf-capacity = combien de personnes peuvent venir
kf-goal = le but
kf-audience = à qui cela s'adresse
planned-post-refused = Un message que vous aviez programmé n'a pas pu être publié. La raison : { $reason } Voici son texte : { $text }
planned-post-lost = un élément nécessaire n'existe plus ou ne vous est plus accessible.

# Messages push.
push-closed = Du nouveau sur { $node }
push-accepted = { $name } a accepté votre réponse
push-admitted = Vous êtes maintenant membre de { $community }
push-invited = { $community } vous invite
push-asks-to-join = { $name } demande à rejoindre { $community }
