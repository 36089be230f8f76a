//! IPTC-IIM (IIM 4.2): the press captions that picture archives write.

use super::super::octets::text;
use crate::model::{Field, Meaning, Origin, Part, Sink};

/// Record and dataset, key, meaning.
const DATASETS: &[(u8, u8, &str, Meaning)] = &[
    (2, 5, "ObjectName", Meaning::Words),
    (2, 25, "Keywords", Meaning::Words),
    (2, 40, "SpecialInstructions", Meaning::Words),
    (2, 55, "DateCreated", Meaning::Moment),
    (2, 62, "DigitalCreationDate", Meaning::Moment),
    (2, 65, "OriginatingProgram", Meaning::Tool),
    (2, 80, "By-line", Meaning::Person),
    (2, 85, "By-lineTitle", Meaning::Words),
    (2, 90, "City", Meaning::Place),
    (2, 92, "Sub-location", Meaning::Place),
    (2, 95, "Province-State", Meaning::Place),
    (2, 101, "Country", Meaning::Place),
    (2, 103, "OriginalTransmissionReference", Meaning::Words),
    (2, 105, "Headline", Meaning::Words),
    (2, 110, "Credit", Meaning::Party),
    (2, 115, "Source", Meaning::Party),
    (2, 116, "CopyrightNotice", Meaning::Party),
    (2, 118, "Contact", Meaning::Contact),
    (2, 120, "Caption-Abstract", Meaning::Words),
    (2, 122, "Writer-Editor", Meaning::Person),
];

/// Datasets of one stream that are read.
const COUNT: usize = 2_000;

/// Hands over the fields of one stream, up to its first damage.
pub(super) fn read(mut stream: &[u8], sink: &mut dyn Sink) {
    // Dataset 1:90 announces the character set; ESC % G is UTF-8. Text that is valid UTF-8 is taken as such anyway,
    // all else as Windows-1252, the superset of ISO 8859-1 that writers mean.
    for _ in 0..COUNT {
        let [0x1c, record, dataset, high, low, rest @ ..] = stream else { return };
        let short = usize::from(u16::from_be_bytes([*high, *low]));
        let (length, rest) = if short & 0x8000 == 0 { (short, rest) } else { extended(short & 0x7fff, rest) };
        let data = rest.get(..length).unwrap_or(rest);
        if let Some((_, _, key, meaning)) = DATASETS.iter().find(|row| row.0 == *record && row.1 == *dataset)
            && let Some(value) = text(data)
        {
            sink.field(Field::new(Origin::field(Part::Iptc, *key), *meaning, value));
        }
        let Some(next) = rest.get(length..) else { return };
        stream = next;
    }
}

/// An extended dataset: the first number says how many bytes the length takes (IIM 4.2, 1.5).
fn extended(size: usize, rest: &[u8]) -> (usize, &[u8]) {
    let (digits, data) = rest.split_at(size.min(rest.len()).min(8));
    (digits.iter().fold(0_usize, |sum, byte| sum.saturating_mul(256).saturating_add(usize::from(*byte))), data)
}

#[cfg(test)]
mod tests {
    use super::super::tests::Kept;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_by_line_and_a_latin_caption_are_read() {
        let mut stream = vec![0x1c, 2, 80, 0, 3];
        stream.extend(b"Ada");
        stream.extend([0x1c, 2, 120, 0x80, 2, 0, 5]);
        stream.extend(b"R\xe9sum");
        let mut kept = Kept::default();
        read(&stream, &mut kept);
        assert_eq!(kept.shown(), ["By-line=Ada", "Caption-Abstract=Résum"]);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_a_panic(tail in prop::collection::vec(any::<u8>(), 0..200)) {
            let mut stream = vec![0x1c, 2, 80];
            stream.extend(tail);
            read(&stream, &mut Kept::default());
        }
    }
}
