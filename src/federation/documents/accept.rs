//! What an Accept header asks for: a document for other nodes, or a page for people.

/// What is to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Negotiated {
    /// JSON of ActivityStreams.
    Activity,
    /// A page.
    Page,
    /// Neither is wanted: 406.
    NotAcceptable,
}

/// How exactly a media range names a type, and with which weight in thousandths.
type Match = (u8, u32);

/// Reads an Accept header with its weights (RFC 9110 §12.5.1). Without any, or where it cannot be read, people are
/// assumed. Where both are wanted alike, whoever names a JSON type at all gets it: browsers never do.
pub fn wants_activity(accept: &str) -> Negotiated {
    let mut seen = false;
    let (mut activity, mut page): (Match, Match) = ((0, 0), (0, 0));
    for part in accept.split(',').take(100) {
        let mut pieces = part.split(';');
        let range = pieces
            .next()
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase();
        let Some((main, sub)) = range
            .split_once('/')
            .filter(|(main, sub)| !main.is_empty() && !sub.is_empty())
        else {
            continue;
        };
        seen = true;
        let weight = weight(pieces);
        match (main, sub) {
            ("application", "activity+json" | "ld+json" | "json") => {
                raise(&mut activity, (3, weight));
            }
            ("text", "html") | ("application", "xhtml+xml") => raise(&mut page, (3, weight)),
            ("application", "*") => raise(&mut activity, (2, weight)),
            ("text", "*") => raise(&mut page, (2, weight)),
            ("*", "*") => {
                raise(&mut activity, (1, weight));
                raise(&mut page, (1, weight));
            }
            _ => {}
        }
    }
    match (activity, page) {
        _ if !seen => Negotiated::Page,
        ((_, 0), (_, 0)) => Negotiated::NotAcceptable,
        ((exact, json), (_, html)) if json > html || (json == html && exact == 3) => {
            Negotiated::Activity
        }
        _ => Negotiated::Page,
    }
}

/// The more exact range counts; of two alike the heavier.
fn raise(known: &mut Match, new: Match) {
    if new.0 > known.0 || (new.0 == known.0 && new.1 > known.1) {
        *known = new;
    }
}

/// `q` in thousandths; 1 where there is none or it cannot be read.
fn weight<'a>(parameters: impl Iterator<Item = &'a str>) -> u32 {
    let given = parameters
        .filter_map(|part| part.split_once('='))
        .find(|(name, _)| name.trim().eq_ignore_ascii_case("q"));
    let Some((_, value)) = given else { return 1000 };
    let value = value.trim();
    let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
    let digits: String = format!("{fraction}000").chars().take(3).collect();
    match (whole, digits.parse::<u32>()) {
        ("0", Ok(thousandths)) => thousandths,
        _ => 1000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accept_headers_of_the_wild_are_understood() {
        use Negotiated::{Activity, NotAcceptable, Page};
        for (accept, wanted) in [
            ("application/activity+json", Activity),
            (
                "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"",
                Activity,
            ),
            (
                "application/activity+json, application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"",
                Activity,
            ),
            (
                "application/activity+json, application/ld+json, text/html;q=0.1",
                Activity,
            ),
            ("text/html;q=0.1, application/activity+json", Activity),
            ("Application/Activity+JSON", Activity),
            ("application/json", Activity),
            ("application/activity+json, */*;q=0.1", Activity),
            ("application/activity+json;q=0.2, text/html;q=0.8", Page),
            ("application/activity+json;q=0, text/html", Page),
            (
                "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
                Page,
            ),
            ("text/html,application/xhtml+xml;q=0.9,*/*;q=0.5", Page),
            ("*/*", Page),
            ("", Page),
            ("garbage", Page),
            ("text/*", Page),
            ("image/png", NotAcceptable),
            ("text/html;q=0", NotAcceptable),
            ("text/html;q=x", Page),
        ] {
            assert_eq!(wants_activity(accept), wanted, "{accept}");
        }
    }
}
