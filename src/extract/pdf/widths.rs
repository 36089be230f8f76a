//! Advance widths of the standard fonts, for files that leave them out as ISO 32000-1 allowed (Adobe Core 14 AFM
//! files), and of fonts that say nothing at all.

/// Codes 32 to 126 in thousandths of an em.
type Ascii = [u16; 95];

const HELVETICA: Ascii = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556,
    556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833,
    722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556,
    556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334,
    260, 334, 584,
];
const HELVETICA_BOLD: Ascii = [
    278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556,
    556, 556, 556, 333, 333, 584, 584, 584, 611, 975, 722, 722, 722, 722, 667, 611, 778, 722, 278, 556, 722, 611, 833,
    722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 333, 278, 333, 584, 556, 333, 556, 611, 556, 611,
    556, 333, 611, 611, 278, 278, 556, 278, 889, 611, 611, 611, 611, 389, 556, 333, 611, 556, 778, 556, 556, 500, 389,
    280, 389, 584,
];
const TIMES: Ascii = [
    250, 333, 408, 500, 500, 833, 778, 180, 333, 333, 500, 564, 250, 333, 250, 278, 500, 500, 500, 500, 500, 500, 500,
    500, 500, 500, 278, 278, 564, 564, 564, 444, 921, 722, 667, 667, 722, 611, 556, 722, 722, 333, 389, 722, 611, 889,
    722, 722, 556, 722, 667, 556, 611, 722, 722, 944, 722, 722, 611, 333, 278, 333, 469, 500, 333, 444, 500, 444, 500,
    444, 333, 500, 500, 278, 278, 500, 278, 778, 500, 500, 500, 500, 333, 389, 278, 500, 500, 722, 500, 500, 444, 480,
    200, 480, 541,
];
const TIMES_BOLD: Ascii = [
    250, 333, 555, 500, 500, 1000, 833, 278, 333, 333, 500, 570, 250, 333, 250, 278, 500, 500, 500, 500, 500, 500, 500,
    500, 500, 500, 333, 333, 570, 570, 570, 500, 930, 722, 667, 722, 722, 667, 611, 778, 778, 389, 500, 778, 667, 944,
    722, 778, 611, 778, 722, 556, 667, 722, 722, 1000, 722, 722, 667, 333, 278, 333, 581, 500, 333, 500, 556, 444, 556,
    444, 333, 500, 556, 278, 333, 556, 278, 833, 556, 500, 556, 556, 444, 389, 333, 556, 500, 722, 500, 500, 444, 394,
    220, 394, 520,
];

/// The metrics that stand in for a font without widths of its own.
#[derive(Debug, Clone, Copy)]
pub(super) struct StandIn {
    ascii: Option<&'static Ascii>,
}

impl StandIn {
    /// The closest standard font by name; Helvetica where the name says nothing.
    pub(super) fn for_name(name: &[u8]) -> Self {
        let lower = name.to_ascii_lowercase();
        let has = |part: &str| memchr::memmem::find(&lower, part.as_bytes()).is_some();
        let is_bold = has("bold") || has("black") || has("heavy");
        let ascii = match (has("courier") || has("mono") || has("consol"), has("times") || has("serif"), is_bold) {
            (true, ..) => None,
            (_, true, true) => Some(&TIMES_BOLD),
            (_, true, false) => Some(&TIMES),
            (_, _, true) => Some(&HELVETICA_BOLD),
            _ => Some(&HELVETICA),
        };
        Self { ascii }
    }

    /// The width of a character in thousandths of an em. Accented letters are as wide as their bases.
    pub(super) fn width(self, character: char) -> f64 {
        let Some(ascii) = self.ascii else { return 600.0 };
        let base = match character {
            ' '..='~' => character,
            'À'..='Å' => 'A',
            'Ç' => 'C',
            'È'..='Ë' => 'E',
            'Ì'..='Ï' => 'I',
            'Ñ' => 'N',
            'Ò'..='Ö' | 'Ø' => 'O',
            'Ù'..='Ü' => 'U',
            'à'..='å' => 'a',
            'ç' => 'c',
            'è'..='ë' => 'e',
            'ì'..='ï' => 'i',
            'ñ' => 'n',
            'ò'..='ö' | 'ø' => 'o',
            'ù'..='ü' => 'u',
            'ÿ' => 'y',
            '\u{a0}' => ' ',
            '\u{2018}' | '\u{2019}' => '\'',
            _ => 'n',
        };
        ascii.get(base as usize - 32).map_or(500.0, |width| f64::from(*width))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_choose_the_closest_standard_font() {
        assert_eq!(StandIn::for_name(b"ABCDEF+Courier-Bold").width('i') as i32, 600);
        assert_eq!(StandIn::for_name(b"Times-Roman").width('é') as i32, 444);
        assert_eq!(StandIn::for_name(b"Helvetica-Bold").width('~') as i32, 584);
        assert_eq!(StandIn::for_name(b"").width('W') as i32, 944);
    }
}
