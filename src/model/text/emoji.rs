//! Which texts are one emoji of Unicode: what people may set on an announcement. There are no pictures of one's own.

/// Longest emoji that is taken, in characters: families and flags are made of several.
const LONGEST: usize = 16;

fn is_picture(c: char) -> bool {
    matches!(u32::from(c),
        0x00A9 | 0x00AE | 0x203C | 0x2049 | 0x2122 | 0x2139 | 0x2190..=0x21FF | 0x2300..=0x23FF
        | 0x2460..=0x24FF | 0x25A0..=0x27BF | 0x2900..=0x297F | 0x2B00..=0x2BFF | 0x3030 | 0x303D
        | 0x3297 | 0x3299 | 0x1F000..=0x1FAFF)
}

/// What only joins and colours pictures: joiner, variation, keycap, skin tones and tags.
fn is_modifier(c: char) -> bool {
    matches!(u32::from(c), 0x200D | 0xFE0F | 0x20E3 | 0xE0020..=0xE007F)
}

/// Whether a text consists of one emoji, however many characters that takes.
pub fn is_emoji(text: &str) -> bool {
    let count = text.chars().count();
    if count == 0 || count > LONGEST {
        return false;
    }
    let keycap = text.ends_with('\u{20E3}')
        && text
            .chars()
            .next()
            .is_some_and(|c| c.is_ascii_digit() || matches!(c, '#' | '*'));
    if keycap {
        return text.chars().skip(1).all(is_modifier);
    }
    let pictures = text.chars().filter(|c| is_picture(*c) && !is_tone(*c));
    let joined = text.chars().filter(|c| *c == '\u{200D}').count();
    let flags = text.chars().filter(|c| is_letter(*c)).count();
    let pictures = pictures.count();
    let one = if flags > 0 {
        flags == 2 && pictures == 2
    } else {
        pictures == joined + 1
    };
    one && text.chars().next().is_some_and(is_picture)
        && text.chars().all(|c| is_picture(c) || is_modifier(c))
}

fn is_tone(c: char) -> bool {
    matches!(u32::from(c), 0x1F3FB..=0x1F3FF)
}

/// The letters that flags of countries are made of.
fn is_letter(c: char) -> bool {
    matches!(u32::from(c), 0x1F1E6..=0x1F1FF)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_emoji_is_one_however_it_is_made() {
        for good in [
            "👍",
            "👍🏽",
            "❤️",
            "❤",
            "🇧🇪",
            "1️⃣",
            "👩‍👩‍👧",
            "🏳️‍🌈",
            "⭐",
            "✅",
            "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
        ] {
            assert!(is_emoji(good), "{good}");
        }
        for bad in [
            "",
            "a",
            "ok",
            "1",
            "👍👍",
            ":thumbsup:",
            "👍 ",
            "<b>",
            "\u{200D}",
            "🇧",
            "é",
        ] {
            assert!(!is_emoji(bad), "{bad}");
        }
    }
}
