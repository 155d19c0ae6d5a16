//! Plausible posts about work in English, French and Dutch, put together from sentences by a seeded random source.

use rand::Rng;
use rand::seq::SliceRandom;

/// A made-up post.
pub(super) struct Made {
    pub(super) title: String,
    pub(super) text: String,
    pub(super) language: &'static str,
}

/// The material of one language. `{m}` is a machine, `{p}` a part, `{s}` a symptom, `{n}` a number.
struct Stock {
    language: &'static str,
    machines: &'static [&'static str],
    parts: &'static [&'static str],
    symptoms: &'static [&'static str],
    questions: &'static [&'static str],
    titles: &'static [&'static str],
    openings: &'static [&'static str],
    middles: &'static [&'static str],
    endings: &'static [&'static str],
    answers: &'static [&'static str],
    replies: &'static [&'static str],
    tags: &'static [&'static str],
}

const ENGLISH: Stock = Stock {
    language: "en",
    machines: &[
        "feed pump 3",
        "the north conveyor",
        "compressor B",
        "the palletiser",
        "mixer 2",
        "the dryer",
        "press line 4",
        "the packing robot",
    ],
    parts: &[
        "the shaft seal",
        "the drive belt",
        "the inlet valve",
        "the bearing",
        "the filter",
        "the coupling",
        "the level sensor",
        "the gearbox",
    ],
    symptoms: &[
        "leaks after every cold start",
        "runs hot",
        "stops without an alarm",
        "vibrates at half load",
        "loses pressure overnight",
        "reads two degrees too high",
    ],
    questions: &[
        "Why does {p} of {m} fail so soon?",
        "Who has seen {m} that {s}?",
        "How do you set {p} after a change?",
        "What is the right interval for {p}?",
    ],
    titles: &[
        "What we changed on {m}",
        "{m}: a short note on {p}",
        "Before you open {m}",
        "Two findings from the round on {m}",
    ],
    openings: &[
        "On Tuesday {m} {s} again.",
        "We looked at {m} because it {s}.",
        "During the morning round we found that {m} {s}.",
        "The night shift asked us about {m}: it {s}.",
    ],
    middles: &[
        "We measured for {n} days and wrote down every start.",
        "Replacing {p} took {n} minutes, most of it waiting for the permit.",
        "The drawing shows another type than the one that is mounted.",
        "With the new setting the temperature stayed below {n} degrees.",
        "Nobody had told the store that {p} is a different size now.",
        "Two colleagues from the other hall had the same and sent photographs.",
    ],
    endings: &[
        "We check again in {n} weeks and tell you here.",
        "If your line has the same part, have a look before the next stop.",
        "The instruction at the machine is updated.",
        "It saves us about {n} hours a month.",
        "Thank you to the colleagues who came over to help.",
    ],
    answers: &[
        "We had that. {p} was the cause: change it and check the alignment, it has been quiet for {n} weeks.",
        "Look at the cooling first; with us it was a closed valve behind {m}.",
        "Set it back to the drawing, run {n} minutes without load, then measure once more.",
        "The supplier confirmed it: the old type does not stand this temperature. Order the other one.",
    ],
    replies: &[
        "Thanks, that helps us too.",
        "We see the same on {m}.",
        "Could you add the figures from last year?",
        "I will bring this up at the stand-up tomorrow.",
        "Good point. We wrote it into the checklist.",
    ],
    tags: &["maintenance", "safety", "quality", "energy", "pumps"],
};

const FRENCH: Stock = Stock {
    language: "fr",
    machines: &[
        "la pompe 3",
        "le convoyeur nord",
        "le compresseur B",
        "le palettiseur",
        "le mélangeur 2",
        "le sécheur",
        "la presse 4",
        "le robot d'emballage",
    ],
    parts: &[
        "le joint d'arbre",
        "la courroie",
        "la vanne d'entrée",
        "le roulement",
        "le filtre",
        "l'accouplement",
        "la sonde de niveau",
        "le réducteur",
    ],
    symptoms: &[
        "fuit à chaque démarrage à froid",
        "chauffe",
        "s'arrête sans alarme",
        "vibre à mi-charge",
        "perd de la pression la nuit",
        "affiche deux degrés de trop",
    ],
    questions: &[
        "Pourquoi {p} lâche si vite ?",
        "Qui a déjà vu que {m} {s} ?",
        "Comment réglez-vous {p} après un remplacement ?",
        "Quel est le bon intervalle pour {p} ?",
    ],
    titles: &[
        "Ce que nous avons changé : {m}",
        "{m} : une note sur {p}",
        "Avant d'ouvrir {m}",
        "Deux constats de la tournée : {m}",
    ],
    openings: &[
        "Mardi, {m} : encore le même défaut, ça {s}.",
        "Nous avons observé {m}, parce que ça {s}.",
        "Pendant la tournée du matin : {m} {s}.",
        "L'équipe de nuit nous a interrogés : {m} {s}.",
    ],
    middles: &[
        "Nous avons mesuré pendant {n} jours et noté chaque démarrage.",
        "Remplacer {p} a pris {n} minutes, surtout à attendre le permis.",
        "Le plan montre un autre type que celui qui est monté.",
        "Avec le nouveau réglage, la température reste sous {n} degrés.",
        "Personne n'avait prévenu le magasin que {p} a changé de taille.",
        "Deux collègues de l'autre hall avaient le même cas et ont envoyé des photos.",
    ],
    endings: &[
        "Nous vérifions dans {n} semaines et le disons ici.",
        "Si votre ligne a la même pièce, regardez avant le prochain arrêt.",
        "La consigne près de la machine est à jour.",
        "Cela nous épargne environ {n} heures par mois.",
        "Merci aux collègues qui sont venus aider.",
    ],
    answers: &[
        "Nous l'avons eu. C'était {p} : remplacez et vérifiez l'alignement, plus rien depuis {n} semaines.",
        "Regardez d'abord le refroidissement ; chez nous une vanne était fermée.",
        "Revenez au plan, tournez {n} minutes à vide, puis mesurez encore.",
        "Le fournisseur l'a confirmé : l'ancien type ne supporte pas cette température.",
    ],
    replies: &[
        "Merci, cela nous aide aussi.",
        "Nous voyons la même chose : {m}.",
        "Pouvez-vous ajouter les chiffres de l'an dernier ?",
        "J'en parle demain à la réunion du matin.",
        "Bonne remarque, c'est dans la liste de contrôle.",
    ],
    tags: &["maintenance", "securite", "qualite", "energie", "pompes"],
};

const DUTCH: Stock = Stock {
    language: "nl",
    machines: &[
        "voedingspomp 3",
        "de noordelijke band",
        "compressor B",
        "de palletiseerder",
        "menger 2",
        "de droger",
        "perslijn 4",
        "de inpakrobot",
    ],
    parts: &[
        "de asafdichting",
        "de aandrijfriem",
        "de inlaatklep",
        "het lager",
        "de filter",
        "de koppeling",
        "de niveausensor",
        "de tandwielkast",
    ],
    symptoms: &[
        "lekt na elke koude start",
        "loopt warm",
        "stopt zonder alarm",
        "trilt bij halve last",
        "verliest 's nachts druk",
        "meet twee graden te hoog",
    ],
    questions: &[
        "Waarom gaat {p} van {m} zo snel stuk?",
        "Wie heeft gezien dat {m} {s}?",
        "Hoe stellen jullie {p} af na een vervanging?",
        "Wat is het juiste interval voor {p}?",
    ],
    titles: &[
        "Wat we veranderd hebben: {m}",
        "{m}: een korte nota over {p}",
        "Voor u {m} opent",
        "Twee vaststellingen van de ronde: {m}",
    ],
    openings: &[
        "Dinsdag was het weer zover: {m} {s}.",
        "We bekeken {m}, want die {s}.",
        "Tijdens de ochtendronde zagen we het: {m} {s}.",
        "De nachtploeg vroeg ernaar: {m} {s}.",
    ],
    middles: &[
        "We hebben {n} dagen gemeten en elke start genoteerd.",
        "Het vervangen van {p} duurde {n} minuten, vooral wachten op de vergunning.",
        "De tekening toont een ander type dan wat gemonteerd is.",
        "Met de nieuwe instelling bleef de temperatuur onder {n} graden.",
        "Niemand had het magazijn gezegd dat {p} een andere maat heeft.",
        "Twee collega's van de andere hal hadden hetzelfde en stuurden foto's.",
    ],
    endings: &[
        "We kijken over {n} weken opnieuw en melden het hier.",
        "Heeft uw lijn hetzelfde onderdeel, kijk dan voor de volgende stilstand.",
        "De instructie bij de machine is aangepast.",
        "Het spaart ons ongeveer {n} uur per maand.",
        "Dank aan de collega's die kwamen helpen.",
    ],
    answers: &[
        "Dat hadden wij ook. Het lag aan {p}: vervang het en controleer de uitlijning, al {n} weken rust.",
        "Kijk eerst naar de koeling; bij ons stond een klep dicht.",
        "Zet het terug zoals op de tekening, draai {n} minuten zonder last en meet opnieuw.",
        "De leverancier bevestigt het: het oude type verdraagt deze temperatuur niet.",
    ],
    replies: &[
        "Dank je, dat helpt ons ook.",
        "Wij zien hetzelfde bij {m}.",
        "Kan je de cijfers van vorig jaar toevoegen?",
        "Ik breng dit morgen op het overleg.",
        "Goed punt, het staat nu in de controlelijst.",
    ],
    tags: &["onderhoud", "veiligheid", "kwaliteit", "energie", "pompen"],
};

const STOCKS: &[&Stock] = &[&ENGLISH, &FRENCH, &DUTCH];

const FIRST: &[&str] = &[
    "Anna", "Bart", "Claire", "David", "Els", "Fatima", "Georges", "Hanna", "Ines", "Jan", "Karel",
    "Lotte", "Marie", "Nadia", "Olivier", "Petra", "Quentin", "Rosa", "Samir", "Tine", "Ugo",
    "Vera", "Wim", "Yasmine", "Zoe",
];
const LAST: &[&str] = &[
    "Adams",
    "Bernard",
    "Claes",
    "Dubois",
    "Evers",
    "Fontaine",
    "Goossens",
    "Hermans",
    "Ivanov",
    "Jacobs",
    "Khalil",
    "Lambert",
    "Martens",
    "Nguyen",
    "Okafor",
    "Peeters",
    "Quinn",
    "Renard",
    "Santos",
    "Thomas",
    "Urban",
    "Vermeulen",
    "Willems",
    "Yilmaz",
    "Zimmer",
];
const UNITS: &[&str] = &[
    "Maintenance",
    "Production",
    "Quality",
    "Logistics",
    "Energy",
    "Engineering",
];

/// Topics of communities: name, title and purpose.
pub(super) const TOPICS: &[(&str, &str, &str)] = &[
    (
        "pumps",
        "Pumps and seals",
        "Fewer unplanned stops of pumps, whoever looks after them.",
    ),
    (
        "forklifts",
        "Safe forklifts",
        "Nobody is hurt by a forklift, in any hall.",
    ),
    (
        "steam",
        "Steam and energy",
        "Use a tenth less steam for the same output.",
    ),
    (
        "qualite",
        "Qualité des emballages",
        "Moins de retours de clients à cause des emballages.",
    ),
    (
        "onderhoud",
        "Onderhoud van lijnen",
        "Minder stilstand door beter gepland onderhoud.",
    ),
    (
        "welcome",
        "Welcoming newcomers",
        "A new colleague works on their own after four weeks.",
    ),
    (
        "data",
        "Data at the machine",
        "Figures where the work is, not in a drawer.",
    ),
    (
        "cleaning",
        "Cleaning in place",
        "Clean in less time with less water.",
    ),
];

fn pick<'a>(random: &mut impl Rng, from: &[&'a str]) -> &'a str {
    from.choose(random).copied().unwrap_or_default()
}

fn fill(random: &mut impl Rng, stock: &Stock, text: &str) -> String {
    text.replace("{m}", pick(random, stock.machines))
        .replace("{p}", pick(random, stock.parts))
        .replace("{s}", pick(random, stock.symptoms))
        .replace("{n}", &random.gen_range(2..40).to_string())
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

fn sentence(random: &mut impl Rng, stock: &Stock, from: &[&str]) -> String {
    let text = pick(random, from);
    capital(&fill(random, stock, text))
}

fn stock(random: &mut impl Rng) -> &'static Stock {
    STOCKS.choose(random).copied().unwrap_or(&ENGLISH)
}

/// A post that begins a thread; `question` chooses what its title is like.
pub(super) fn post(random: &mut impl Rng, question: bool) -> Made {
    let stock = stock(random);
    let titles = if question {
        stock.questions
    } else {
        stock.titles
    };
    let title = sentence(random, stock, titles);
    let mut parts = vec![sentence(random, stock, stock.openings)];
    for _ in 0..random.gen_range(1..5) {
        parts.push(sentence(random, stock, stock.middles));
    }
    parts.push(sentence(random, stock, stock.endings));
    let mut text = parts.join(" ");
    if random.gen_bool(0.4) {
        text = format!("{text} #{}", pick(random, stock.tags));
    }
    Made {
        title,
        text,
        language: stock.language,
    }
}

/// A reply: to a question an answer, else a remark.
pub(super) fn reply(random: &mut impl Rng, question: bool) -> Made {
    let stock = stock(random);
    let from = if question {
        stock.answers
    } else {
        stock.replies
    };
    Made {
        title: String::new(),
        text: sentence(random, stock, from),
        language: stock.language,
    }
}

/// A sentence for a field of a lesson or story.
pub(super) fn field(random: &mut impl Rng, like: &Made) -> String {
    let stock = STOCKS
        .iter()
        .find(|stock| stock.language == like.language)
        .copied()
        .unwrap_or(&ENGLISH);
    sentence(random, stock, stock.middles)
}

/// A person: account name, name to show, unit.
pub(super) fn person(random: &mut impl Rng, number: usize) -> (String, String, &'static str) {
    let (first, last) = (pick(random, FIRST), pick(random, LAST));
    let name = format!("{}_{}{number}", first.to_lowercase(), last.to_lowercase());
    (name, format!("{first} {last}"), pick(random, UNITS))
}
