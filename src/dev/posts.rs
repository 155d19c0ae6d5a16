//! What the people of the sample world wrote, in the order in which they wrote it. Only data.

use crate::model::words::Kind;

/// A post of the demo, in the order in which they are written.
#[derive(Debug, Clone, Copy)]
pub struct PostPlan {
    /// Names the post for replies.
    pub key: &'static str,
    /// Node and name of its author.
    pub author: (&'static str, &'static str),
    /// The community; none for a post of the person alone. A reply is where its parent is.
    pub community: Option<&'static str>,
    /// What it replies to.
    pub parent: Option<&'static str>,
    /// What it is; absent for replies.
    pub kind: Option<Kind>,
    /// Title; empty where the kind needs none.
    pub title: &'static str,
    /// Markdown.
    pub text: &'static str,
    /// Fields of lessons and stories.
    pub fields: &'static [(&'static str, &'static str)],
    /// ISO 639-1.
    pub language: &'static str,
    /// Who accepts it, with the reason.
    pub accepted_by: Option<(&'static str, &'static str, &'static str)>,
    /// Who likes it.
    pub favourites: &'static [(&'static str, &'static str)],
}

const POST: PostPlan = PostPlan {
    key: "",
    author: ("", ""),
    community: None,
    parent: None,
    kind: None,
    title: "",
    text: "",
    fields: &[],
    language: "en",
    accepted_by: None,
    favourites: &[],
};

/// What they wrote.
pub const POSTS: &[PostPlan] = &[
    PostPlan {
        key: "welcome",
        author: ("north", "anne"),
        community: Some("pumps"),
        kind: Some(Kind::Discussion),
        text: "Last year our pumps stopped us fourteen times a month, and most of the causes were known to somebody in \
               another hall. That is why this community exists. I will not ask who made a mistake; I will ask what we \
               know now. My part: two hours a week for whoever needs them to write here, and an answer from me within \
               three days when you need a decision.",
        favourites: &[("north", "karim"), ("north", "bart")],
        ..POST
    },
    PostPlan {
        key: "restart",
        author: ("south", "mei"),
        community: Some("pumps"),
        kind: Some(Kind::Question),
        title: "Why does the mechanical seal of our condensate pump leak after every cold restart?",
        text: "Pump P-204, 55 kW, condensate at 92 °C. In operation it is dry. After each weekend stop it leaks for \
               about twenty minutes, then closes again. We have changed the seal twice since August, the third one does \
               the same.\n\n- Alignment was checked, 0.04 mm.\n- The flush line is open.\n- It never happens after a \
               short stop.\n\nWhat are we not looking at?",
        favourites: &[("north", "lotte")],
        ..POST
    },
    PostPlan {
        key: "restart-guess",
        author: ("north", "bart"),
        parent: Some("restart"),
        text: "We had a leak like that on line 2 when the elastomer was the wrong one for hot condensate. Worth a look at \
               the data sheet before the next change.",
        ..POST
    },
    PostPlan {
        key: "restart-answer",
        author: ("north", "karim"),
        parent: Some("restart"),
        text: "It is not the seal, it is the warm-up. At a cold start the shaft grows faster than the casing and the \
               faces part for a while. We had the same on P-117 until we did two things:\n\n1. Open the warm-up bypass \
               fifteen minutes before the start, until the casing is above 60 °C.\n2. Set the seal 0.3 mm tighter, cold, \
               as note 4 on the drawing says (everybody overlooks it).\n\nSince then: eleven cold starts, no leak.",
        accepted_by: Some((
            "south",
            "mei",
            "Three cold starts with the warm-up, all dry. Note 4 was indeed overlooked.",
        )),
        favourites: &[("south", "noor"), ("north", "bart")],
        ..POST
    },
    PostPlan {
        key: "lesson",
        author: ("north", "lotte"),
        community: Some("pumps"),
        kind: Some(Kind::Lesson),
        title: "The alarm that everybody knew how to silence",
        text: "Told with the agreement of the whole shift.",
        fields: &[
            (
                "context",
                "Cooling water pump 3, night of 2 to 3 March. The vibration alarm had come about twice a week for a \
                         year, always for some seconds.",
            ),
            (
                "what_happened",
                "The alarm came at 02:10 and was reset, as on all nights before. At 04:40 the bearing seized. \
                               Line 2 stood still for nine hours. Nobody was in danger.",
            ),
            (
                "learned",
                "The limit had been set during commissioning, with another coupling, and was too low ever since. It \
                         taught us to reset it. A limit that is wrong in ninety-nine cases hides the hundredth; that was no \
                         fault of whoever stood at the panel.",
            ),
            (
                "next_time",
                "An alarm that was reset three times in a month goes on the list of the Monday round, and the limit \
                           is looked at, not the operator. We went through all 46 limits: 17 were changed.",
            ),
            (
                "surprise",
                "The trend of the bearing had been in the system for six weeks. Nobody had a reason to open it.",
            ),
        ],
        favourites: &[
            ("north", "karim"),
            ("north", "anne"),
            ("south", "mei"),
            ("partner", "sofia"),
        ],
        ..POST
    },
    PostPlan {
        key: "lesson-thanks",
        author: ("south", "noor"),
        parent: Some("lesson"),
        text: "Dank dat jullie dit zo openlijk vertellen. Wij hebben dezelfde pompen en ik heb vanmorgen onze lijst \
               opgevraagd: vier alarmen die meer dan drie keer per maand worden weggedrukt. Die staan maandag op de ronde.",
        language: "nl",
        favourites: &[("north", "lotte")],
        ..POST
    },
    PostPlan {
        key: "knowledge",
        author: ("north", "bart"),
        community: Some("pumps"),
        kind: Some(Kind::Knowledge),
        title: "Priming the suction line of line 2, step by step",
        text: "The line has a high point behind the wall that the drawing does not show. Air collects there, and then the \
               pump runs dry although the tank is full.\n\n1. Close the discharge valve **HV-12**.\n2. Open the vent at the \
               high point: the small blue handle, 1.8 m up, behind the cable tray.\n3. Open the suction valve a quarter \
               turn and wait. It takes about four minutes until water comes without bubbles.\n4. Close the vent, open the \
               suction valve fully, start, then open HV-12 slowly.\n\n| Sign | What it means |\n|---|---|\n| Current below \
               21 A | still air in the line, vent again |\n| Current 24 to 26 A | good |\n| Crackling noise | suction \
               strainer, not air |\n\nChecked on the machine with both shifts. If something is different with you, say so \
               below and I change the text.",
        favourites: &[("north", "karim"), ("partner", "sofia")],
        ..POST
    },
    PostPlan {
        key: "knowledge-question",
        author: ("partner", "sofia"),
        parent: Some("knowledge"),
        text: "Very clear. At two customers I saw the same high point after the wall was moved. I would add: mark the vent \
               with a tag, or the next person searches for an hour.",
        favourites: &[("north", "bart")],
        ..POST
    },
    PostPlan {
        key: "story",
        author: ("north", "karim"),
        community: Some("pumps"),
        kind: Some(Kind::Story),
        title: "From fourteen stops a month to six: one question at the morning meeting",
        text: "Between January and September unplanned stops of our pumps fell from 14 to 6 a month. Counted from the shift \
               log, by the same rule as before; lotte checked the figures.",
        fields: &[
            (
                "situation",
                "Forty-one pumps, four shifts, and each shift with a notebook of its own. The same causes came back \
                           under other names: in 2025 we paid for nine seals of the same type on one pump.",
            ),
            (
                "action",
                "Every morning one question: *what did a pump tell us last night?* The answer is written here in three \
                        sentences, whether something broke or not. On Fridays we take the two that came most often and \
                        change something: a setting, a tag, a spare part. In nine months 38 small changes, together 11,400 \
                        euro, against about 96 hours of production that we did not lose.",
            ),
            (
                "helpers",
                "bart and the night shift, mei for the warm-up on P-204, sofia for the drawings of the new seal.",
            ),
        ],
        favourites: &[
            ("north", "anne"),
            ("north", "lotte"),
            ("south", "mei"),
            ("south", "noor"),
        ],
        ..POST
    },
    PostPlan {
        key: "story-sponsor",
        author: ("north", "anne"),
        parent: Some("story"),
        text: "Merci à toute l'équipe. J'ai présenté ces chiffres hier au comité de direction, avec vos mots et vos noms. La \
               question du matin reste, et les deux heures par semaine aussi.",
        language: "fr",
        favourites: &[("north", "karim"), ("north", "bart")],
        ..POST
    },
    PostPlan {
        key: "spare",
        author: ("south", "noor"),
        community: Some("pumps"),
        kind: Some(Kind::Question),
        title: "Wie heeft ervaring met cartridge-afdichtingen op oude voetstukken?",
        text: "Wij willen op zes pompen uit 1998 naar een cartridge-afdichting. Past dat zonder het voetstuk te bewerken, en \
               hoe lang waren jullie bezig per pomp? Ik zoek vooral wat tegenviel.",
        language: "nl",
        ..POST
    },
    PostPlan {
        key: "near-miss",
        author: ("south", "noor"),
        community: Some("safety"),
        kind: Some(Kind::Lesson),
        title: "A pallet came down where people walk",
        text: "Nobody was hurt. Told so that it stays that way.",
        fields: &[
            ("context", "Warehouse south, gate 4, change of shift."),
            (
                "what_happened",
                "A pallet slid from the third level. The walkway below had been moved there two weeks earlier, \
                               because of the works at gate 3.",
            ),
            (
                "learned",
                "The risk assessment was right for the old walkway. Nobody had the task to look at it again when the \
                         walkway moved.",
            ),
            (
                "next_time",
                "Whoever moves a walkway calls the safety adviser before the paint is dry. The form has a line for \
                           it now.",
            ),
        ],
        favourites: &[("south", "mei")],
        ..POST
    },
    PostPlan {
        key: "field",
        author: ("partner", "sofia"),
        community: Some("field-notes"),
        kind: Some(Kind::Knowledge),
        title: "Three signs that a seal ran dry, before you open the pump",
        text: "1. A fine black ring on the gland plate: carbon dust, not oil.\n2. The flush line is cold although the pump is \
               warm.\n3. The leak stops when the pump runs and comes when it stands.\n\nTwo of three are enough for me to \
               look at the venting first. It saved a dismantling in seven of nine visits this quarter.",
        favourites: &[("partner", "petra")],
        ..POST
    },
    PostPlan {
        key: "field-thanks",
        author: ("partner", "petra"),
        parent: Some("field"),
        text: "This goes into the training of the new colleagues next week. Could you take a photograph of the black ring \
               when you see the next one?",
        ..POST
    },
];
