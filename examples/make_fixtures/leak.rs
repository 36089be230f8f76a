//! The files of the leak: each class, each format, wrong names, damage and malice.

use crate::metadata::Exif;
use crate::people::{self, ALL, BASILE, MARIGOLD, OSWIN, Person, ULRIKE, ZEPHYRINE};
use crate::{Fixture, container, paper, pdf, picture};
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageFormat, RgbImage};
use std::io::{Cursor, Write as _};

const AURORE: &str = "clinic-aurore-1a7c";
const HARBOUR: &str = "clinic-harbour-9f20";
const SONNE: &str = "clinic-sonnenhof-44d1";

fn jpeg(picture: &RgbImage) -> Vec<u8> {
    let mut out = Vec::new();
    JpegEncoder::new_with_quality(&mut out, 84).encode_image(picture).expect("JPEG is written");
    out
}

fn encode(picture: &RgbImage, format: ImageFormat) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(picture.clone()).write_to(&mut out, format).expect("picture is written");
    out.into_inner()
}

fn camera(date: &'static str) -> Exif<'static> {
    Exif { make: "Fotolux", model: "FX-20", date, serial: "FXL-7741093", ..Exif::default() }
}

fn patient(clinic: &str, person: &Person, rest: &str) -> String {
    format!("{clinic}/patients/{}/{rest}", person.folder)
}

/// Every file.
pub(crate) fn all() -> Vec<Fixture> {
    [pictures(), documents(), data(), messages(), videos(), archives(), hostile()].into_iter().flatten().collect()
}

fn pictures() -> Vec<Fixture> {
    let zephyrine = picture::face(320, 400, 0.1, 11);
    let basile = picture::face(400, 480, 0.5, 12);
    let oswin = picture::face(360, 420, 0.85, 13);
    let limb = picture::limb(420, 320, 0.2, 21);
    let named = Exif {
        artist: "Clinique Aurore",
        description: "Patiente : Zéphyrine Quatrevaux, avant rhinoplastie",
        position: Some((45.764, 4.8357)),
        ..camera("2019:04:12 10:12:00")
    };
    vec![
        Fixture::new(
            patient(AURORE, &ZEPHYRINE, "photos/IMG_0001.jpg"),
            "image/jpeg",
            "face_photo",
            named.into_jpeg(&jpeg(&zephyrine)),
        )
        .finds(&["person_name", "gps", "health"]),
        Fixture::new(
            patient(AURORE, &ZEPHYRINE, "photos/IMG_0002.png"),
            "image/png",
            "face_photo",
            encode(&picture::face(320, 400, 0.12, 14), ImageFormat::Png),
        ),
        Fixture::new(
            patient(AURORE, &BASILE, "photos/IMG_0101.JPG"),
            "image/jpeg",
            "face_photo",
            camera("2018:02:03 09:00:00").into_jpeg(&jpeg(&basile)),
        ),
        Fixture::new(
            patient(HARBOUR, &OSWIN, "photos/before.webp"),
            "image/webp",
            "face_photo",
            encode(&oswin, ImageFormat::WebP),
        ),
        Fixture::new(patient(HARBOUR, &OSWIN, "photos/face_copy.jpg"), "image/jpeg", "face_photo", jpeg(&oswin)),
        Fixture::new(patient(HARBOUR, &OSWIN, "photos/face_copy_2.jpg"), "image/jpeg", "face_photo", jpeg(&oswin)),
        Fixture::new(
            patient(AURORE, &BASILE, "photos/IMG_0102.jpg"),
            "image/jpeg",
            "body_photo",
            camera("2018:02:03 09:04:00").into_jpeg(&jpeg(&limb)),
        ),
        Fixture::new(
            patient(HARBOUR, &MARIGOLD, "photos/arm.tif"),
            "image/tiff",
            "body_photo",
            encode(&picture::limb(300, 240, 0.05, 22), ImageFormat::Tiff),
        ),
        Fixture::new(
            format!("{SONNE}/uploads/bild.bin"),
            "image/jpeg",
            "body_photo",
            camera("2017:09:02 15:00:00").into_jpeg(&jpeg(&picture::limb(400, 300, 0.4, 23))),
        )
        .ends("examined", &["extension_mismatch"]),
        Fixture::new(
            format!("{AURORE}/assets/terrasse.bmp"),
            "image/bmp",
            "other",
            encode(&picture::landscape(200, 140, 31), ImageFormat::Bmp),
        ),
        Fixture::new(
            format!("{AURORE}/assets/logo.gif"),
            "image/gif",
            "other",
            encode(&picture::logo(120, 120), ImageFormat::Gif),
        ),
        Fixture::new(
            format!("{HARBOUR}/assets/view.jpg"),
            "image/jpeg",
            "other",
            jpeg(&picture::landscape(480, 320, 32)),
        ),
        Fixture::new(
            format!("{SONNE}/assets/mark.png"),
            "image/png",
            "other",
            encode(&picture::logo(160, 160), ImageFormat::Png),
        ),
        Fixture::new(patient(SONNE, &ULRIKE, "photos/IMG_2001.HEIC"), "image/heic", "other", heif(b"heic"))
            .ends("partial", &["content_not_seen"]),
        Fixture::new(patient(SONNE, &ULRIKE, "photos/IMG_2002.avif"), "image/avif", "other", heif(b"avif"))
            .ends("partial", &["content_not_seen"]),
        Fixture::new(
            patient(SONNE, &ULRIKE, "imaging/scan0001.dcm"),
            "application/dicom",
            "other",
            container::dicom(&[
                (8, 0x20, b"DA", "20170902"),
                (8, 0x80, b"LO", "Praxis Sonnenhof"),
                (0x10, 0x10, b"PN", "Sonnenbusch^Ulrike"),
                (0x10, 0x20, b"LO", "P-55120"),
                (0x10, 0x30, b"DA", "19661230"),
                (0x10, 0x40, b"CS", "F"),
            ]),
        )
        .finds(&["person_name", "date_of_birth", "patient_id"]),
    ]
}

/// A HEIF file whose metadata names a picture that is not there.
fn heif(brand: &[u8; 4]) -> Vec<u8> {
    let mut out = 24_u32.to_be_bytes().to_vec();
    out.extend_from_slice(b"ftyp");
    out.extend_from_slice(brand);
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(brand);
    out.extend_from_slice(b"mif1");
    out.extend_from_slice(&[0, 0, 0, 12]);
    out.extend_from_slice(b"meta\0\0\0\0");
    out
}

const PERSON: &[&str] = &["person_name", "date_of_birth", "postal_address", "phone", "email", "patient_id"];

fn documents() -> Vec<Fixture> {
    let facture = pdf::text(&paper::facture(&ZEPHYRINE, 2), paper::AUTHOR, "20190503");
    let devis = pdf::text(&paper::devis(&ZEPHYRINE), paper::AUTHOR, "20190412");
    let facture_basile = pdf::text(&paper::facture(&BASILE, 1), paper::AUTHOR, "20190503");
    let mut with_id = PERSON.to_vec();
    with_id.extend(["social_security", "iban", "health"]);
    let mut with_card = PERSON.to_vec();
    with_card.extend(["payment_card", "health"]);
    vec![
        Fixture::new(
            patient(AURORE, &ZEPHYRINE, "documents/facture-2019-0042.pdf"),
            "application/pdf",
            "invoice",
            facture.clone(),
        )
        .finds(&with_id),
        Fixture::new(format!("{AURORE}/backup/copie de facture"), "application/pdf", "invoice", facture)
            .finds(&with_id)
            .ends("examined", &["extension_missing"]),
        Fixture::new(
            patient(AURORE, &ZEPHYRINE, "documents/devis-2019-0108.pdf"),
            "application/pdf",
            "treatment_plan",
            devis,
        )
        .finds(PERSON),
        Fixture::new(
            patient(AURORE, &ZEPHYRINE, "documents/consentement.pdf"),
            "application/pdf",
            "other",
            pdf::text(&paper::consentement(&ZEPHYRINE), paper::AUTHOR, "20190412"),
        )
        .sub("consent_form")
        .finds(&["person_name", "date_of_birth"]),
        Fixture::new(
            patient(AURORE, &BASILE, "documents/ordonnance.pdf"),
            "application/pdf",
            "other",
            pdf::text(&paper::ordonnance(&BASILE), paper::AUTHOR, "20190503"),
        )
        .sub("prescription")
        .finds(&["person_name", "date_of_birth"]),
        Fixture::new(
            patient(AURORE, &BASILE, "documents/facture protegee.pdf"),
            "application/pdf",
            "other",
            pdf::locked(&facture_basile),
        )
        .ends("failed", &["encrypted"]),
        Fixture::new(
            patient(AURORE, &BASILE, "documents/numerisation.pdf"),
            "application/pdf",
            "other",
            scanned(&facture_basile),
        )
        .ends("partial", &["image_only"]),
        Fixture::new(
            patient(HARBOUR, &OSWIN, "documents/invoice HSR-20417.pdf"),
            "application/pdf",
            "invoice",
            pdf::text(&paper::invoice(&OSWIN), "Harbour Skin Rooms", "20180314"),
        )
        .finds(&with_card),
        Fixture::new(
            patient(HARBOUR, &OSWIN, "documents/plan.dat"),
            "application/pdf",
            "treatment_plan",
            pdf::text(&paper::plan(&OSWIN), "Harbour Skin Rooms", "20180314"),
        )
        .finds(PERSON)
        .ends("examined", &["extension_mismatch"]),
        Fixture::new(
            patient(HARBOUR, &MARIGOLD, "documents/invoice.html"),
            "text/html",
            "invoice",
            html_invoice(&MARIGOLD),
        )
        .finds(&["person_name", "date_of_birth", "email"]),
        Fixture::new(
            patient(SONNE, &ULRIKE, "Rechnung 2017-1187.pdf"),
            "application/pdf",
            "invoice",
            pdf::text(&paper::rechnung(&ULRIKE), "Praxis Sonnenhof", "20171009"),
        )
        .finds(&["person_name", "date_of_birth", "postal_address", "phone", "patient_id", "iban"]),
        Fixture::new(
            patient(SONNE, &ULRIKE, "Kostenvoranschlag.docx"),
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "treatment_plan",
            docx_plan(&ULRIKE),
        )
        .finds(&["person_name", "date_of_birth", "postal_address"]),
        Fixture::new(format!("{HARBOUR}/shared/price-list.html"), "text/html", "other", price_list()).sub("price_list"),
        Fixture::new(format!("{HARBOUR}/shared/letter.rtf"), "application/rtf", "other", letter(&OSWIN))
            .finds(&["person_name"]),
        Fixture::new(format!("{HARBOUR}/shared/terms.txt"), "text/plain", "other", terms()).sub("terms"),
    ]
}

/// A page as a picture: the text layer drawn at reading resolution and saved as a JPEG.
fn scanned(document: &[u8]) -> Vec<u8> {
    let pdf = hayro::hayro_syntax::Pdf::new(document.to_vec()).expect("our own document loads");
    let page = pdf.pages().first().expect("one page");
    let size =
        hayro::PixmapSettings { x_scale: 2.5, y_scale: 2.5, bg_color: hayro::vello_cpu::color::palette::css::WHITE };
    let cache = hayro::RenderCache::new();
    let pixmap = hayro::render(page, &cache, &Default::default(), &Default::default(), &size);
    let (width, height) = (u32::from(pixmap.width()), u32::from(pixmap.height()));
    let rgb: Vec<u8> =
        pixmap.data_as_u8_slice().chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
    let picture = RgbImage::from_raw(width, height, rgb).expect("a whole picture");
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, 55).encode_image(&picture).expect("JPEG is written");
    pdf::picture(&bytes, width, height)
}

fn html_invoice(person: &Person) -> Vec<u8> {
    format!(
        "<!doctype html><html><head><meta charset=\"utf-8\"><title>Invoice HSR-20533</title><style>td{{padding:2px}}</style></head><body>\
         <h1>Invoice HSR-20533</h1><p>Harbour Skin Rooms<br>hello@harbourskinrooms.example</p>\
         <table><tr><td>Patient:</td><td>{}</td></tr><tr><td>Date of birth:</td><td>{}</td></tr><tr><td>Email:</td><td>{}</td></tr></table>\
         <table><tr><th>Description</th><th>Amount</th></tr><tr><td>Chemical peel</td><td>£95.00</td></tr>\
         <tr><td>Skin check</td><td>£40.00</td></tr><tr><td>Total due</td><td>£135.00</td></tr></table><p>Paid on 02/06/2019. Thank you for your payment.</p></body></html>\n",
        person.name(),
        person.born_with("/"),
        person.email
    )
    .into_bytes()
}

fn docx_plan(person: &Person) -> Vec<u8> {
    let rows = [
        ["Sitzung 1", "Kryolipolyse Bauch", "350,00 EUR"],
        ["Sitzung 2", "Kryolipolyse Bauch", "350,00 EUR"],
        ["Gesamtbetrag", "", "700,00 EUR"],
    ];
    container::docx(
        &paper::kostenvoranschlag(person),
        &rows.map(|row| row.map(str::to_owned).to_vec()),
        "Praxis Sonnenhof",
    )
}

fn price_list() -> Vec<u8> {
    let rows = [
        ("Botulinum toxin, one area", "£180"),
        ("Botulinum toxin, three areas", "£290"),
        ("Dermal filler 1 ml", "from £240"),
        ("Chemical peel", "£95"),
        ("Laser, per session", "£160"),
        ("Microneedling", "£140"),
    ];
    let rows: String = rows.iter().map(|(what, price)| format!("<tr><td>{what}</td><td>{price}</td></tr>")).collect();
    format!("<html><head><title>Price list</title></head><body><h1>Price list</h1><p>Prices from January 2019, per session.</p><table>{rows}</table></body></html>\n").into_bytes()
}

fn letter(person: &Person) -> Vec<u8> {
    format!("{{\\rtf1\\ansi\\ansicpg1252 Harbour Skin Rooms\\par Dear {},\\par Thank you for coming to see us about your scar revision.\\par Kind regards\\par Dr Perpetua Langholm\\par}}\n", person.name()).into_bytes()
}

fn terms() -> Vec<u8> {
    "Terms and conditions\n\nClause 1. The clinic shall give care. The customer pays on the day.\nClause 2. Liability is limited as the governing law allows.\nClause 3. Personal data are kept as the privacy notice says.\n".into()
}

fn table(separator: &str, heads: &[&str], row: impl Fn(&Person) -> Vec<String>) -> String {
    let mut out = heads.join(separator) + "\n";
    for person in ALL {
        out.push_str(&(row(person).join(separator) + "\n"));
    }
    out
}

fn data() -> Vec<Fixture> {
    let french = table(";", &["id", "nom", "prenom", "date_naissance", "email", "telephone"], |p| {
        vec![p.number.into(), p.surname.into(), p.given.into(), p.born_with("/"), p.email.into(), p.phone.into()]
    });
    let german = table("\t", &["Patientennummer", "Nachname", "Vorname", "Geburtsdatum", "E-Mail"], |p| {
        vec![p.number.into(), p.surname.into(), p.given.into(), p.born_with("."), p.email.into()]
    });
    let utf16: Vec<u8> = std::iter::once(0xfeff).chain(german.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let latin1: Vec<u8> =
        format!("Rappeler Mme {}, tél. {}, pour sa rhinoplastie.\n", ZEPHYRINE.name(), ZEPHYRINE.phone)
            .chars()
            .map(|c| c as u8)
            .collect();
    let json: String = ALL
        .iter()
        .map(|p| format!("  {{\"patient_id\": {:?}, \"first_name\": {:?}, \"last_name\": {:?}, \"birth_date\": {:?}, \"email\": {:?}}}", p.number, p.given, p.surname, p.born_iso(), p.email))
        .collect::<Vec<_>>()
        .join(",\n");
    let xml: String = ALL
        .iter()
        .map(|p| {
            format!(
                "  <patient><name>{}</name><birthDate>{}</birthDate><phone>{}</phone></patient>\n",
                p.name(),
                p.born_iso(),
                p.phone
            )
        })
        .collect();
    let mut sql =
        String::from("CREATE TABLE patients (id int, last_name text, first_name text, birth_date date, email text);\n");
    for (n, p) in ALL.iter().enumerate() {
        sql.push_str(&format!(
            "INSERT INTO patients VALUES ({n}, '{}', '{}', '{}', '{}');\n",
            p.surname,
            p.given,
            p.born_iso(),
            p.email
        ));
    }
    let mut log = String::new();
    for (n, p) in ALL.iter().enumerate() {
        log.push_str(&format!(
            "2019-05-0{} 08:1{n}:00 INFO sync patient=\"{}\" mail={} ok\n",
            n + 1,
            p.name(),
            p.email
        ));
    }
    let sheet: Vec<Vec<String>> =
        std::iter::once(vec!["Patient".to_owned(), "Date of birth".into(), "Phone".into(), "Procedure".into()])
            .chain(ALL.iter().map(|p| vec![p.name(), p.born_with("/"), p.phone.into(), "Dermal filler".into()]))
            .collect();
    let rows: Vec<[String; 5]> = ALL
        .iter()
        .map(|p| [p.number.to_owned(), p.surname.into(), p.given.into(), p.born_iso(), p.email.into()])
        .collect();
    let doctors = [("Dr Ottoline Wexcombe", "o.wexcombe@example.com"), ("Barnaby Quillfeather", "b.quill@example.com")];
    let people: &[&str] = &["person_name", "date_of_birth", "email"];
    vec![
        Fixture::new(format!("{AURORE}/exports/patients.csv"), "text/csv", "other", french.into_bytes())
            .sub("people_table")
            .finds(&["person_name", "date_of_birth", "email", "phone", "patient_id"]),
        Fixture::new(format!("{SONNE}/export/patienten.tsv"), "text/csv", "other", utf16)
            .sub("people_table")
            .finds(people),
        Fixture::new(
            format!("{HARBOUR}/exports/patients.json"),
            "application/json",
            "other",
            format!("[\n{json}\n]\n").into_bytes(),
        )
        .sub("people_table")
        .finds(people),
        Fixture::new(
            format!("{HARBOUR}/exports/patients.xml"),
            "application/xml",
            "other",
            format!("<?xml version=\"1.0\"?>\n<patients>\n{xml}</patients>\n").into_bytes(),
        )
        .finds(&["person_name", "date_of_birth"]),
        Fixture::new(
            format!("{HARBOUR}/exports/patients.xlsx"),
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "other",
            container::xlsx(&sheet),
        )
        .sub("people_table")
        .finds(&["person_name", "date_of_birth"]),
        Fixture::new(format!("{AURORE}/backup/dump.sql"), "application/sql", "other", sql.into_bytes())
            .sub("database")
            .finds(people),
        Fixture::new(format!("{SONNE}/backup/praxis.db"), "application/vnd.sqlite3", "other", container::sqlite(&rows))
            .sub("database")
            .finds(people),
        Fixture::new(
            format!("{HARBOUR}/backup/clinic.archive"),
            "application/bson",
            "other",
            container::mongo_archive(&doctors, &rows),
        )
        .sub("database")
        .finds(people),
        Fixture::new(format!("{HARBOUR}/logs/sync.log"), "text/plain", "other", log.into_bytes())
            .finds(&["email", "person_name"]),
        Fixture::new(format!("{AURORE}/notes/rappel.txt"), "text/plain", "other", latin1)
            .finds(&["person_name", "phone"]),
        Fixture::new(
            format!("{SONNE}/config/app.env"),
            "text/plain",
            "other",
            b"DB_HOST=127.0.0.1\nDB_PASSWORD=kR7-vm2Qx9tLw4Zs\nAPI_TOKEN=9f8c2e71b04d4a6f8a1d5c3e7b2f6a90\n".to_vec(),
        )
        .sub("credentials")
        .finds(&["secret"]),
    ]
}

fn messages() -> Vec<Fixture> {
    let attachment = data_base64(&pdf::text(&paper::invoice(&MARIGOLD), "Harbour Skin Rooms", "20180314"));
    let mail = format!(
        "From: Harbour Skin Rooms <hello@harbourskinrooms.example>\r\nTo: {} <{}>\r\nSubject: Your appointment\r\nDate: Wed, 14 Mar 2018 09:30:00 +0000\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=\"b1\"\r\n\r\n--b1\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nDear {},\r\nyour invoice is attached. Kind regards\r\n\
         --b1\r\nContent-Type: application/pdf; name=\"invoice.pdf\"\r\nContent-Disposition: attachment; filename=\"invoice.pdf\"\r\nContent-Transfer-Encoding: base64\r\n\r\n{attachment}\r\n--b1--\r\n",
        MARIGOLD.name(),
        MARIGOLD.email,
        MARIGOLD.given
    );
    let card = format!(
        "BEGIN:VCARD\r\nVERSION:3.0\r\nN:{};{};;;\r\nFN:{}\r\nTEL;TYPE=CELL:{}\r\nEMAIL:{}\r\nBDAY:{}\r\nEND:VCARD\r\n",
        ULRIKE.surname,
        ULRIKE.given,
        ULRIKE.name(),
        ULRIKE.phone,
        ULRIKE.email,
        ULRIKE.born_iso()
    );
    vec![
        Fixture::new(format!("{HARBOUR}/mail/appointment.eml"), "message/rfc822", "other", mail.into_bytes())
            .sub("correspondence")
            .finds(&["person_name", "email"]),
        Fixture::new(format!("{SONNE}/kontakte.vcf"), "text/vcard", "other", card.into_bytes()).finds(&[
            "person_name",
            "email",
            "date_of_birth",
        ]),
    ]
}

fn data_base64(bytes: &[u8]) -> String {
    let text = data_encoding::BASE64.encode(bytes);
    text.as_bytes().chunks(76).map(|line| String::from_utf8_lossy(line)).collect::<Vec<_>>().join("\r\n")
}

fn videos() -> Vec<Fixture> {
    let unseen = |fixture: Fixture| fixture.ends("partial", &["content_not_seen"]);
    let at = |person: &Person, clinic: &str, name: &str| patient(clinic, person, &format!("videos/{name}"));
    vec![
        unseen(Fixture::new(
            at(&ZEPHYRINE, AURORE, "face360.mp4"),
            "video/mp4",
            "video",
            container::iso_media(b"isom", 12, 640, 480, None),
        )),
        unseen(
            Fixture::new(
                at(&ZEPHYRINE, AURORE, "tour.mov"),
                "video/quicktime",
                "video",
                container::iso_media(b"qt  ", 20, 1280, 720, Some("+45.7640+004.8357/")),
            )
            .finds(&["gps"]),
        ),
        unseen(Fixture::new(
            at(&BASILE, AURORE, "clip.3gp"),
            "video/3gpp",
            "video",
            container::iso_media(b"3gp5", 6, 320, 240, None),
        )),
        unseen(Fixture::new(
            at(&OSWIN, HARBOUR, "consult.mkv"),
            "video/x-matroska",
            "video",
            container::matroska("matroska", 9.0),
        )),
        unseen(Fixture::new(
            at(&OSWIN, HARBOUR, "consult.webm"),
            "video/webm",
            "video",
            container::matroska("webm", 9.0),
        )),
        unseen(Fixture::new(at(&MARIGOLD, HARBOUR, "old.avi"), "video/x-msvideo", "video", container::avi())),
        unseen(Fixture::new(at(&MARIGOLD, HARBOUR, "old.wmv"), "video/x-ms-asf", "video", container::asf())),
        unseen(Fixture::new(at(&ULRIKE, SONNE, "stream"), "video/mp2t", "video", container::transport_stream())),
        unseen(Fixture::new(at(&ULRIKE, SONNE, "film.mpg"), "video/mpeg", "video", container::programme_stream())),
    ]
}

fn archives() -> Vec<Fixture> {
    let plan = pdf::text(&paper::plan(&MARIGOLD), "Harbour Skin Rooms", "20180314");
    let photo = jpeg(&picture::face(300, 360, 0.3, 15));
    let inner = container::zip(&[("plan.pdf", &plan)], None);
    let tar = tar_of(&[("logs/note.txt", b"call back tomorrow\n"), ("logs/plan.pdf", &plan)]);
    let gz = {
        let mut writer = flate2::GzBuilder::new().mtime(0).write(Vec::new(), flate2::Compression::best());
        writer.write_all(&tar).expect("compressed");
        writer.finish().expect("compressed")
    };
    let seven = [b"7z\xbc\xaf\x27\x1c\0\x04".as_slice(), &[0x8d, 0x9b, 0xd5, 0x0f], &[0; 24]].concat();
    vec![
        Fixture::new(
            format!("{HARBOUR}/backup/2018.zip"),
            "application/zip",
            "other",
            container::zip(&[("plan.pdf", &plan), ("photo.jpg", &photo)], None),
        )
        .sub("archive")
        .finds(&["person_name"]),
        Fixture::new(
            format!("{HARBOUR}/backup/nested.zip"),
            "application/zip",
            "other",
            container::zip(&[("inner.zip", &inner)], None),
        )
        .sub("archive")
        .finds(&["person_name"]),
        Fixture::new(
            format!("{HARBOUR}/backup/locked.zip"),
            "application/zip",
            "other",
            container::zip(&[("plan.pdf", &plan)], Some("fixture")),
        )
        .sub("archive")
        .ends("partial", &["encrypted_member"]),
        Fixture::new(format!("{HARBOUR}/backup/logs.tar.gz"), "application/gzip", "other", gz)
            .sub("archive")
            .finds(&["person_name"]),
        Fixture::new(format!("{HARBOUR}/backup/old.7z"), "application/x-7z-compressed", "other", seven)
            .sub("archive")
            .ends("failed", &["unreadable"]),
        Fixture::new(
            format!("{HARBOUR}/backup/old.rar"),
            "application/vnd.rar",
            "other",
            b"Rar!\x1a\x07\x01\x00\x33\x92\xb5\xe5\x0a\x01\x05\x06\x00\x05\x01\x01\x80\x80\x00".to_vec(),
        )
        .sub("archive")
        .ends("partial", &["unsupported"]),
    ]
}

fn tar_of(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in members {
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        header.set_mtime(0);
        builder.append_data(&mut header, name, *bytes).expect("member is written");
    }
    builder.into_inner().expect("archive ends")
}

fn hostile() -> Vec<Fixture> {
    let face = jpeg(&picture::face(320, 400, 0.2, 16));
    let invoice = pdf::text(&paper::invoice(&OSWIN), "x", "20180314");
    let script = Exif {
        artist: "<script>alert('x')</script>",
        description: "\u{1b}[2J=cmd|' /C calc'!A0",
        ..camera("2018:01:01 00:00:00")
    };
    let mut huge = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\xea\x60\0\0\xea\x60\x08\x02\0\0\0".to_vec();
    huge.extend_from_slice(&[0xbb, 0x6d, 0xcd, 0x4b, 0, 0, 0, 0]);
    let deep = "[".repeat(100_000);
    let laughs = "<?xml version=\"1.0\"?><!DOCTYPE l [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\">]><l>&c;</l>\n";
    let zeros = vec![0_u8; 64 << 20];
    let bomb = container::zip(&[("zeros.bin", &zeros)], None);
    let at = |name: &str| format!("hostile/{name}");
    vec![
        Fixture::new(at("cut.jpg"), "image/jpeg", "face_photo", face[..face.len() * 4 / 5].to_vec())
            .ends("partial", &["truncated"]),
        Fixture::new(at("cut.pdf"), "application/pdf", "other", invoice[..invoice.len() * 7 / 10].to_vec())
            .ends("failed", &["unreadable"]),
        Fixture::new(at("cyclic.pdf"), "application/pdf", "other", pdf::cyclic()).ends("partial", &["cyclic"]),
        Fixture::new(at("empty.pdf"), "application/x-empty", "other", Vec::new()).ends("skipped", &["empty"]),
        Fixture::new(at("huge.png"), "image/png", "other", huge).ends("partial", &["too_many_pixels"]),
        Fixture::new(at("deep.json"), "application/json", "other", deep.into_bytes()).ends("partial", &["too_deep"]),
        Fixture::new(at("laughs.xml"), "application/xml", "other", laughs.into()),
        Fixture::new(at("bomb.zip"), "application/zip", "other", bomb).ends("partial", &["too_compressed"]),
        Fixture::new(
            at("formula.csv"),
            "text/csv",
            "other",
            b"name;note\n=HYPERLINK(1);@SUM(1)\n+1;-2\n=1+1;@x\n-3;+4\n".to_vec(),
        ),
        Fixture::new(at("script.jpg"), "image/jpeg", "face_photo", script.into_jpeg(&face)),
        Fixture::new(
            at("noise.bin"),
            "application/octet-stream",
            "other",
            (0..20_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect(),
        )
        .ends("partial", &["unsupported"]),
    ]
}

/// Values that no output of any command may show unless it was asked for by name.
pub(crate) fn canaries() -> Vec<String> {
    let mut all: Vec<String> = ALL
        .iter()
        .flat_map(|p| {
            [
                p.surname.to_owned(),
                p.given.to_owned(),
                p.street.to_owned(),
                p.phone.to_owned(),
                p.email.to_owned(),
                p.number.to_owned(),
                p.born_with("/"),
                p.born_with("."),
                p.born_iso(),
            ]
        })
        .collect();
    all.extend([
        people::nir(2, &ZEPHYRINE, 42),
        people::nir(1, &BASILE, 42),
        people::card("402360998877665"),
        people::iban("FR", "99999010010123456789X42"),
    ]);
    all.extend(["Garancière", "Langholm", "kR7-vm2Qx9tLw4Zs", "9f8c2e71b04d4a6f8a1d5c3e7b2f6a90"].map(str::to_owned));
    all
}
