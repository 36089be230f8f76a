//! XMP (ISO 16684-1): who made, owns and is shown in a picture, where and when, read out of its RDF by property name.
//!
//! Prefixes are by convention only, so a property is known by its local name; the key of a field is that of the
//! table here, never text of the packet.

use super::super::octets::{Order, text_utf16};
use crate::model::{Field, Meaning, Origin, Part, Sink};
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

/// Local name in lower case, key, meaning.
const PROPERTIES: &[(&str, &str, Meaning)] = &[
    ("creator", "dc:creator", Meaning::Person),
    ("contributor", "dc:contributor", Meaning::Person),
    ("publisher", "dc:publisher", Meaning::Party),
    ("title", "dc:title", Meaning::Words),
    ("description", "dc:description", Meaning::Words),
    ("subject", "dc:subject", Meaning::Words),
    ("rights", "dc:rights", Meaning::Party),
    ("source", "photoshop:Source", Meaning::Party),
    ("credit", "photoshop:Credit", Meaning::Party),
    ("headline", "photoshop:Headline", Meaning::Words),
    ("captionwriter", "photoshop:CaptionWriter", Meaning::Person),
    ("authorsposition", "photoshop:AuthorsPosition", Meaning::Words),
    ("instructions", "photoshop:Instructions", Meaning::Words),
    ("transmissionreference", "photoshop:TransmissionReference", Meaning::Words),
    ("city", "photoshop:City", Meaning::Place),
    ("state", "photoshop:State", Meaning::Place),
    ("country", "photoshop:Country", Meaning::Place),
    ("datecreated", "photoshop:DateCreated", Meaning::Moment),
    ("location", "Iptc4xmpCore:Location", Meaning::Place),
    ("sublocation", "Iptc4xmpExt:Sublocation", Meaning::Place),
    ("provincestate", "Iptc4xmpExt:ProvinceState", Meaning::Place),
    ("countryname", "Iptc4xmpExt:CountryName", Meaning::Place),
    ("event", "Iptc4xmpExt:Event", Meaning::Words),
    ("personinimage", "Iptc4xmpExt:PersonInImage", Meaning::Person),
    ("personname", "Iptc4xmpExt:PersonName", Meaning::Person),
    ("persondisplayname", "MPReg:PersonDisplayName", Meaning::Person),
    ("personemaildigest", "MPReg:PersonEmailDigest", Meaning::Serial),
    ("personliveidcid", "MPReg:PersonLiveIdCID", Meaning::Serial),
    ("ciadrextadr", "Iptc4xmpCore:CiAdrExtadr", Meaning::Contact),
    ("ciadrcity", "Iptc4xmpCore:CiAdrCity", Meaning::Place),
    ("ciadrpcode", "Iptc4xmpCore:CiAdrPcode", Meaning::Contact),
    ("ciadrctry", "Iptc4xmpCore:CiAdrCtry", Meaning::Place),
    ("citelwork", "Iptc4xmpCore:CiTelWork", Meaning::Contact),
    ("ciemailwork", "Iptc4xmpCore:CiEmailWork", Meaning::Contact),
    ("ciurlwork", "Iptc4xmpCore:CiUrlWork", Meaning::Contact),
    ("owner", "xmpRights:Owner", Meaning::Person),
    ("usageterms", "xmpRights:UsageTerms", Meaning::Words),
    ("webstatement", "xmpRights:WebStatement", Meaning::Contact),
    ("copyrightownername", "plus:CopyrightOwnerName", Meaning::Party),
    ("imagecreatorname", "plus:ImageCreatorName", Meaning::Person),
    ("imagesuppliername", "plus:ImageSupplierName", Meaning::Party),
    ("licensorname", "plus:LicensorName", Meaning::Party),
    ("licensoremail", "plus:LicensorEmail", Meaning::Contact),
    ("licensortelephone1", "plus:LicensorTelephone1", Meaning::Contact),
    ("licensorurl", "plus:LicensorURL", Meaning::Contact),
    ("artist", "tiff:Artist", Meaning::Person),
    ("make", "tiff:Make", Meaning::Tool),
    ("model", "tiff:Model", Meaning::Tool),
    ("copyright", "tiff:Copyright", Meaning::Party),
    ("imagedescription", "tiff:ImageDescription", Meaning::Words),
    ("usercomment", "exif:UserComment", Meaning::Words),
    ("imageuniqueid", "exif:ImageUniqueID", Meaning::Serial),
    ("datetimeoriginal", "exif:DateTimeOriginal", Meaning::Moment),
    ("datetimedigitized", "exif:DateTimeDigitized", Meaning::Moment),
    ("createdate", "xmp:CreateDate", Meaning::Moment),
    ("modifydate", "xmp:ModifyDate", Meaning::Moment),
    ("metadatadate", "xmp:MetadataDate", Meaning::Moment),
    ("creatortool", "xmp:CreatorTool", Meaning::Tool),
    ("nickname", "xmp:Nickname", Meaning::Words),
    ("author", "pdf:Author", Meaning::Person),
    ("producer", "pdf:Producer", Meaning::Tool),
    ("keywords", "pdf:Keywords", Meaning::Words),
    ("ownername", "aux:OwnerName", Meaning::Person),
    ("cameraownername", "exifEX:CameraOwnerName", Meaning::Person),
    ("serialnumber", "aux:SerialNumber", Meaning::Serial),
    ("bodyserialnumber", "exifEX:BodySerialNumber", Meaning::Serial),
    ("cameraserialnumber", "MicrosoftPhoto:CameraSerialNumber", Meaning::Serial),
    ("lensserialnumber", "aux:LensSerialNumber", Meaning::Serial),
    ("droneserialnumber", "drone-dji:DroneSerialNumber", Meaning::Serial),
    ("lastkeywordxmp", "MicrosoftPhoto:LastKeywordXMP", Meaning::Words),
    ("lastkeywordiptc", "MicrosoftPhoto:LastKeywordIPTC", Meaning::Words),
    ("hierarchicalsubject", "lr:hierarchicalSubject", Meaning::Words),
    ("tagslist", "digiKam:TagsList", Meaning::Words),
    ("caption", "acdsee:caption", Meaning::Words),
    ("notes", "acdsee:notes", Meaning::Words),
    ("documentid", "xmpMM:DocumentID", Meaning::Serial),
    ("originaldocumentid", "xmpMM:OriginalDocumentID", Meaning::Serial),
];

/// Elements within elements, events and text of one packet that are read.
const DEPTH: usize = 64;
const EVENTS: usize = 500_000;
const VALUE: usize = 1 << 20;

/// What is gathered while a packet is walked.
#[derive(Default)]
struct Walk {
    /// Local names in lower case of the open elements.
    open: Vec<String>,
    text: String,
    latitude: Option<f64>,
    longitude: Option<f64>,
    altitude: Option<f64>,
}

/// Hands over the fields of one packet, up to its first damage.
pub(in crate::extract) fn read(packet: &[u8], sink: &mut dyn Sink) {
    let packet = decode(packet);
    let mut reader = Reader::from_str(&packet);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    let mut walk = Walk::default();
    for _ in 0..EVENTS {
        match reader.read_event() {
            Ok(Event::Start(start)) => {
                walk.open.push(local(start.name().as_ref()));
                walk.text.clear();
                if walk.open.len() > DEPTH {
                    break;
                }
                attributes(&start, &mut walk, sink);
            }
            Ok(Event::Empty(start)) => {
                walk.open.push(local(start.name().as_ref()));
                attributes(&start, &mut walk, sink);
                walk.open.pop();
            }
            Ok(Event::Text(text)) if walk.text.len() < VALUE => walk.text.push_str(&text),
            Ok(Event::CData(text)) if walk.text.len() < VALUE => walk.text.push_str(&text),
            Ok(Event::GeneralRef(name)) if walk.text.len() < VALUE => {
                let written = format!("&{};", &*name);
                walk.text.push_str(&quick_xml::escape::unescape(&written).unwrap_or_default());
            }
            Ok(Event::End(_)) => {
                let text = std::mem::take(&mut walk.text);
                if !text.trim().is_empty() {
                    put_element(&mut walk, text.trim(), sink);
                }
                walk.open.pop();
            }
            Ok(Event::Eof) | Err(_) => break,
            Ok(_) => {}
        }
    }
    if let (Some(latitude), Some(longitude)) = (walk.latitude, walk.longitude) {
        if let Some(mut place) = super::place(latitude, longitude) {
            if let Some(altitude) = walk.altitude {
                place.push_str(&format!(",{altitude:.1}"));
            }
            sink.field(Field::new(Origin::field(Part::Xmp, "exif:GPSPosition"), Meaning::Position, place));
        }
    }
}

/// UTF-8, or UTF-16 by its mark or its zeros (ISO 16684-1, 7.3 allows both). Damaged characters are replaced.
fn decode(packet: &[u8]) -> String {
    let wide = |order| text_utf16(packet, order).unwrap_or_default();
    match packet {
        [0xfe, 0xff, ..] | [0, b'<', ..] => wide(Order::Big),
        [0xff, 0xfe, ..] | [b'<', 0, ..] => wide(Order::Little),
        _ => {
            let text = String::from_utf8_lossy(packet);
            text.trim_start_matches('\u{feff}').trim_matches(['\0', ' ']).to_owned()
        }
    }
}

fn local(name: &str) -> String {
    name.rsplit(':').next().unwrap_or(name).to_ascii_lowercase()
}

fn attributes(start: &BytesStart<'_>, walk: &mut Walk, sink: &mut dyn Sink) {
    for attribute in start.attributes().with_checks(false).flatten().take(500) {
        let name = attribute.key.as_ref();
        if name.starts_with("xmlns") || name.starts_with("xml:") || name.starts_with("rdf:") {
            continue;
        }
        let Ok(value) = attribute.normalized_value(XmlVersion::Implicit1_0) else { continue };
        let value = value.trim();
        if !value.is_empty() && value.len() < VALUE {
            put(&local(name), value, walk, sink);
        }
    }
}

/// A text belongs to the nearest open element that is not RDF's own (`li`, `Alt`, `Bag`, `Seq`, `Description`, `value`).
fn put_element(walk: &mut Walk, text: &str, sink: &mut dyn Sink) {
    let is_own = |name: &&String| !matches!(name.as_str(), "li" | "alt" | "bag" | "seq" | "value" | "rdf" | "xmpmeta");
    let Some(name) = walk.open.iter().rev().find(is_own).cloned() else { return };
    put(&name, text, walk, sink);
}

fn put(name: &str, value: &str, walk: &mut Walk, sink: &mut dyn Sink) {
    match name {
        "gpslatitude" => walk.latitude = walk.latitude.or_else(|| degrees(value)),
        "gpslongitude" | "gpslongtitude" => walk.longitude = walk.longitude.or_else(|| degrees(value)),
        "gpsaltitude" => walk.altitude = walk.altitude.or_else(|| ratio(value)),
        // Names of regions: MWG's are persons where the region is a face; the type may follow the name.
        "name" if walk.open.iter().any(|open| open.contains("region")) => {
            sink.field(Field::new(Origin::field(Part::Xmp, "mwg-rs:Name"), Meaning::Person, value));
        }
        // The history of edits and derived documents repeats tools and ids of other files.
        _ if walk.open.iter().any(|open| matches!(open.as_str(), "history" | "derivedfrom" | "ingredients")) => {}
        _ => {
            if let Some((_, key, meaning)) = PROPERTIES.iter().find(|row| row.0 == name) {
                sink.field(Field::new(Origin::field(Part::Xmp, *key), *meaning, value));
            }
        }
    }
}

/// `48,51.5N`, `48,51,30N` (ISO 16684-1, GPSCoordinate), or plain signed degrees.
fn degrees(value: &str) -> Option<f64> {
    let value = value.trim();
    let (digits, sign) = match value.chars().last()? {
        'N' | 'E' | 'n' | 'e' => (value.get(..value.len() - 1)?, 1.0),
        'S' | 'W' | 's' | 'w' => (value.get(..value.len() - 1)?, -1.0),
        _ => (value, 1.0),
    };
    let parts: Option<Vec<f64>> = digits.split(',').map(|part| part.trim().parse::<f64>().ok()).collect();
    let scaled = parts?.iter().zip([1.0, 60.0, 3600.0]).map(|(part, unit)| part / unit).sum::<f64>();
    Some(scaled * sign)
}

fn ratio(value: &str) -> Option<f64> {
    let Some((top, bottom)) = value.split_once('/') else { return value.trim().parse().ok() };
    let (top, bottom) = (top.trim().parse::<f64>().ok()?, bottom.trim().parse::<f64>().ok()?);
    (bottom != 0.0).then(|| top / bottom)
}

#[cfg(test)]
mod tests {
    use super::super::tests::Kept;
    use super::*;
    use proptest::prelude::*;

    const PACKET: &str = r#"<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="r"><rdf:Description
        photoshop:City="Lyon" exif:GPSLatitude="45,45.6N" exif:GPSLongitude="4,50,24E" exif:GPSAltitude="1730/10">
        <dc:creator><rdf:Seq><rdf:li>Ada &amp; Co</rdf:li><rdf:li>Zo&#xe9;</rdf:li></rdf:Seq></dc:creator>
        <mwg-rs:Regions><mwg-rs:RegionList><rdf:Bag><rdf:li><rdf:Description mwg-rs:Name="Jean Exemple"
        mwg-rs:Type="Face"/></rdf:li></rdf:Bag></mwg-rs:RegionList></mwg-rs:Regions>
        <xmpMM:History><rdf:Seq><rdf:li stEvt:softwareAgent="x" xmp:CreatorTool="no"/></rdf:Seq></xmpMM:History>
        </rdf:Description></rdf:RDF></x:xmpmeta>"#;

    const EXPECTED: [&str; 5] = [
        "photoshop:City=Lyon",
        "dc:creator=Ada & Co",
        "dc:creator=Zoé",
        "mwg-rs:Name=Jean Exemple",
        "exif:GPSPosition=45.760000,4.840000,173.0",
    ];

    #[test]
    fn persons_places_and_the_position_are_read_and_the_history_is_not() {
        let mut kept = Kept::default();
        read(PACKET.as_bytes(), &mut kept);
        assert_eq!(kept.shown(), EXPECTED);
    }

    #[test]
    fn a_packet_in_utf16_reads_the_same() {
        let wide: Vec<u8> = PACKET.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let mut kept = Kept::default();
        read(&wide, &mut kept);
        assert_eq!(kept.shown(), EXPECTED);
    }

    proptest! {
        #[test]
        fn a_mutated_packet_does_not_panic(at in 0..PACKET.len(), byte in any::<u8>(), cut in 0..PACKET.len()) {
            let mut bytes = PACKET.as_bytes().to_vec();
            bytes[at] = byte;
            bytes.truncate(cut);
            read(&bytes, &mut Kept::default());
        }
    }
}
