//! What a user relies on, told on invented papers.
#![expect(clippy::string_slice, reason = "hits lie on characters, which a test here claims")]

use super::*;
use crate::detect::windows::each_window;
use crate::model::{Origin, Shape};
use crate::rules::labels::Labels;
use proptest::prelude::*;
use std::sync::OnceLock;

fn paperwork() -> &'static Paperwork {
    static PAPERWORK: OnceLock<Paperwork> = OnceLock::new();
    PAPERWORK.get_or_init(|| {
        let labels = Labels::new(&RuleFiles::embedded()).unwrap();
        Paperwork::new(&RuleFiles::embedded(), labels.into()).unwrap()
    })
}

/// Reads an item as detection does, each sheet in one window.
fn read(sheets: &[Sheet<'_>], out: &mut Vec<Hit>) {
    let mut desk = Desk::default();
    for (index, sheet) in sheets.iter().enumerate() {
        each_window(
            sheet,
            out,
            || true,
            |piece, out| {
                let mut words = Vec::new();
                read_words(piece.sheet.text, 0, &mut words);
                paperwork().read(&mut desk, index, piece, &mut words, &Setting::default(), out);
            },
        );
    }
    desk.finish(sheets, out);
}

fn hits(shape: Shape, text: &str) -> Vec<(Kind, String, Option<Role>)> {
    let origin = Origin::page(1);
    let sheets = [Sheet { index: 0, origin: &origin, shape, list: None, text }];
    let mut out = Vec::new();
    read(&sheets, &mut out);
    out.iter().map(|hit| (hit.kind, text[hit.start..hit.end].to_owned(), hit.role)).collect()
}

fn of(kind: Kind, shape: Shape, text: &str) -> Vec<String> {
    let mut all: Vec<String> = hits(shape, text).into_iter().filter(|hit| hit.0 == kind).map(|hit| hit.1).collect();
    all.dedup();
    all
}

#[test]
fn every_row_of_a_list_has_its_name_whatever_the_words_are() {
    let list = "Patients\n#\tNom\tPrénom\tNé(e) le\n1\tQuervain\tHadrien\t23/11/1979\n2\tOudinard\tZorvik\t30/06/1985\n\
                Page 1\n3\tVexholt\tTalmina\t01/02/1990\n";
    let names = ["Quervain\tHadrien", "Oudinard\tZorvik", "Vexholt\tTalmina"];
    assert_eq!(of(Kind::PersonName, Shape::Layout, list), names);
    // One row below its heads, and heads that name no person, are no list.
    assert!(of(Kind::PersonName, Shape::Layout, "Produit\tQuantité\tPrix\nZorvik\t2\t10\nVexholt\t1\t5\n").is_empty());
}

#[test]
fn who_is_addressed_behind_a_sender_is_found() {
    let chat = "Cabinet: Bonjour Mme Druskin, votre dossier est prêt\n";
    assert_eq!(of(Kind::PersonName, Shape::Flow, chat), ["Druskin"]);
}

#[test]
fn senders_of_a_chat_are_names_whatever_the_words_are() {
    for line in ["02/05/19, 10:02 - Talmina Druskin: oui\n", "[02/05/2019, 10:02:15] Talmina Druskin: oui\n"] {
        assert_eq!(of(Kind::PersonName, Shape::Flow, line), ["Talmina Druskin"], "{line}");
    }
    assert!(of(Kind::PersonName, Shape::Flow, "02/05/19, 10:02 - Clinica Bella: buongiorno\n").is_empty());
}

#[test]
fn a_label_is_no_name_though_its_words_are() {
    assert_eq!(of(Kind::PersonName, Shape::Flow, "Adı Soyadı: Ayşe Yıldırım\n"), ["Ayşe Yıldırım"]);
}

#[test]
fn the_halves_of_a_name_in_a_record_vouch_for_each_other() {
    let record = "data.nom: Quervain\ndata.prenom: Hadrien\n\ndata.nom: Zorvikol\ndata.prix: 40\n\nname: clinique\n";
    assert_eq!(of(Kind::PersonName, Shape::Pairs, record), ["Quervain", "Hadrien"]);
    // A word that is also a plain one vouches for nothing.
    assert_eq!(of(Kind::PersonName, Shape::Table, "nom\tprenom\ncmd\tTest\nZorvik\tTest\n"), ["cmd", "Zorvik"]);
}

/// Claims of a text, each made of a kind and the text it stands on, with role and mention assigned.
fn assigned(shape: Shape, text: &str, things: &[(Kind, &str)]) -> Vec<Claim> {
    assigned_in(None, shape, text, things)
}

/// The same, of a list of this name.
fn assigned_in(list: Option<&str>, shape: Shape, text: &str, things: &[(Kind, &str)]) -> Vec<Claim> {
    let origin = Origin::page(1);
    let sheets = [Sheet { index: 0, origin: &origin, shape, list, text }];
    let mut claims: Vec<Claim> = things
        .iter()
        .map(|(kind, value)| {
            let start = text.find(value).unwrap();
            Claim { passage: 0, start, end: start + value.len(), kind: *kind, role: None, mention: None }
        })
        .collect();
    paperwork().assign(&sheets, &Setting::default(), &mut claims);
    claims
}

#[test]
fn a_list_of_doctors_is_one_of_practitioners_but_for_what_is_private() {
    let text = "name\temail\tborn\nQuervain\tq@example.org\t\nOudinard\to@example.org\t1979-11-23\n";
    let things = [
        (Kind::PersonName, "Quervain"),
        (Kind::Email, "q@example.org"),
        (Kind::PersonName, "Oudinard"),
        (Kind::Email, "o@example.org"),
        (Kind::DateOfBirth, "1979-11-23"),
    ];
    let of = |list| -> Vec<(Option<Role>, Option<u32>)> {
        assigned_in(list, Shape::Table, text, &things).iter().map(|claim| (claim.role, claim.mention)).collect()
    };
    let (staff, subject) = (Some(Role::Practitioner), Some(Role::DataSubject));
    let (one, two) = (Some(0), Some(1));
    assert_eq!(of(Some("tbl_doctors")), [(staff, one), (staff, one), (subject, two), (subject, two), (subject, two)]);
    assert_eq!(of(Some("patients")), [(subject, one), (subject, one), (subject, two), (subject, two), (subject, two)]);
}

#[test]
fn a_role_tells_practitioners_from_patients_row_by_row() {
    let things = [(Kind::PersonName, "Quervain"), (Kind::PersonName, "Oudinard")];
    let roles =
        |shape, text| -> Vec<Option<Role>> { assigned(shape, text, &things).iter().map(|claim| claim.role).collect() };
    let told = [Some(Role::Practitioner), Some(Role::DataSubject)];
    assert_eq!(roles(Shape::Table, "name\trole\nQuervain\tROLE_DOCTOR\nOudinard\tROLE_PATIENT\n"), told);
    let records =
        "resource.resourceType: Practitioner\nname: Quervain\n\nresource.resourceType: Patient\nname: Oudinard\n";
    assert_eq!(roles(Shape::Pairs, records), told);
    // What somebody works as does not make them staff.
    let records = "profession: doctor\nname: Quervain\n\nname: Oudinard\n";
    assert_eq!(roles(Shape::Pairs, records), [Some(Role::DataSubject); 2]);
}

#[test]
fn examples_of_the_label_files_hold() {
    for example in Labels::examples(&RuleFiles::embedded()).unwrap() {
        let kind = Kind::by_name(&example.kind).unwrap();
        for shape in [Shape::Flow, Shape::Layout, Shape::Table] {
            if (shape == Shape::Table) != example.text.contains('\t') {
                continue;
            }
            let found = of(kind, shape, &example.text);
            if example.value.is_empty() {
                assert!(found.is_empty(), "{}: {found:?}", example.text);
            } else {
                assert!(found.contains(&example.value), "{}: {found:?}", example.text);
            }
        }
    }
}

#[test]
fn names_are_read_in_every_writing() {
    for (text, name) in [
        ("Mme Odile de Brisefer est venue.", "Odile de Brisefer"),
        ("Patient : BRISEFER Odile", "BRISEFER Odile"),
        ("Patient: Brisefer, Odile", "Brisefer, Odile"),
        ("patient: odile brisefer", "odile brisefer"),
        ("vu par le Dr. O. Brisefer ce jour", "O. Brisefer"),
        ("Herrn Jürgen von der Hagenau", "Jürgen von der Hagenau"),
        ("signed Mary O'Sullivan today", "Mary O'Sullivan"),
        ("Anne-Rose Martin, geboren 1960", "Anne-Rose Martin"),
        ("Пациент: Журавлинская Евдокия Павловна", "Журавлинская Евдокия Павловна"),
        ("Ασθενής: Ευανθία Καλογριοπούλου", "Ευανθία Καλογριοπούλου"),
        ("اسم المريض: ليلى حسن", "ليلى حسن"),
    ] {
        let found = of(Kind::PersonName, Shape::Flow, text);
        assert!(found.contains(&name.to_owned()), "{text}: {found:?}");
    }
}

#[test]
fn plain_capitals_are_no_names() {
    for text in [
        "Maison Blanche Soins\n12, rue de la Paix\n75002 Paris",
        "Rose\nMai\nParis",
        "Total Due March",
        "INVOICE DATE AND TERMS",
    ] {
        assert_eq!(of(Kind::PersonName, Shape::Layout, text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn a_surname_alone_counts_where_it_stands_in_full_elsewhere() {
    let text = "Odile Marchandeau came in. Later Marchandeau left.";
    assert_eq!(of(Kind::PersonName, Shape::Flow, text), ["Odile Marchandeau", "Marchandeau"]);
}

#[test]
fn addresses_are_whole_and_hold_their_parts() {
    for (text, address, postcode) in [
        ("12 bis, rue de la Paix\n75002 Paris", "12 bis, rue de la Paix\n75002 Paris", "75002"),
        ("Calle Mayor, 3, 2.º B, 28013 Madrid", "Calle Mayor, 3, 2.º B, 28013 Madrid", "28013"),
        ("Hagenauer Straße 4-2\n20359 Hamburg", "Hagenauer Straße 4-2\n20359 Hamburg", "20359"),
        ("Flat 3, 221 Baker Street, London NW1 6XE", "Flat 3, 221 Baker Street, London NW1 6XE", "NW1 6XE"),
        ("ul. Długa 7\n00-238 Warszawa", "ul. Długa 7\n00-238 Warszawa", "00-238"),
    ] {
        assert_eq!(of(Kind::PostalAddress, Shape::Layout, text), [address]);
        assert_eq!(of(Kind::Postcode, Shape::Layout, text), [postcode]);
    }
}

#[test]
fn an_order_number_is_no_patient_number() {
    assert_eq!(of(Kind::PatientId, Shape::Flow, "Commande n° 4411820"), Vec::<String>::new());
    assert_eq!(of(Kind::PatientId, Shape::Flow, "son IPP est le 4411820."), ["4411820"]);
    assert_eq!(of(Kind::PatientId, Shape::Flow, "NHC: 12/03/2019"), Vec::<String>::new());
}

#[test]
fn a_row_is_a_person() {
    let text = "nom\tprénom\ttél\nMarchandeau\tOdile\t0100\nBrisefer\tZoé\t0200\n";
    let claims = assigned(
        Shape::Table,
        text,
        &[
            (Kind::PersonName, "Marchandeau\tOdile"),
            (Kind::Phone, "0100"),
            (Kind::PersonName, "Brisefer\tZoé"),
            (Kind::Phone, "0200"),
        ],
    );
    let mentions: Vec<_> = claims.iter().map(|claim| claim.mention).collect();
    assert_eq!(mentions, [Some(0), Some(0), Some(1), Some(1)]);
}

#[test]
fn the_letterhead_is_the_houses_and_the_rest_the_patients() {
    let text = "Clinique des Tilleuls\n9, rue Neuve\n01 00 00 00 00\ninfo@tilleuls.example\n\nMme Odile Marchandeau\n4, rue Haute\nMobile : 06 00 00 00 00\n\
                Email : odile@gmail.com\nDocteur : Dr Zoé Brisefer\nVirement sur FR00\n";
    let claims = assigned(
        Shape::Layout,
        text,
        &[
            (Kind::Organisation, "Clinique des Tilleuls"),
            (Kind::PostalAddress, "9, rue Neuve"),
            (Kind::Phone, "01 00 00 00 00"),
            (Kind::Email, "info@tilleuls.example"),
            (Kind::PersonName, "Odile Marchandeau"),
            (Kind::PostalAddress, "4, rue Haute"),
            (Kind::Phone, "06 00 00 00 00"),
            (Kind::Email, "odile@gmail.com"),
            (Kind::Iban, "FR00"),
        ],
    );
    let roles: Vec<_> = claims.iter().map(|claim| claim.role.unwrap()).collect();
    let (house, subject) = (Role::Organisation, Role::DataSubject);
    assert_eq!(roles, [house, house, house, house, subject, subject, subject, subject, house]);
    assert!(claims.iter().filter(|claim| claim.role == Some(subject)).all(|claim| claim.mention == Some(0)));
}

#[test]
fn metadata_names_are_told_from_firms_and_programs() {
    for name in ["Odile Marchandeau", "Dr. Z. Brisefer", "MARTIN Anne-Rose", "Étienne"] {
        assert!(paperwork().looks_like_name(name), "{name}");
    }
    for other in [
        "Adobe Photoshop",
        "Canon",
        "admin",
        "Clinique des Tilleuls",
        "user@example.org",
        "SC-2041",
        "Tilleuls SARL",
        "",
    ] {
        assert!(!paperwork().looks_like_name(other), "{other}");
    }
}

#[test]
fn initials_stay_within_their_name() {
    let cases = [
        ("We met Clara M. Barnes", "Clara M. Barnes"),
        ("Dear Mr J. M. Barnes,", "J. M. Barnes"),
        ("Geachte mevrouw J.M. van den Berg", "J.M. van den Berg"),
        ("Reçu de M. Dupont", "Dupont"),
        ("Mme DURAND née MARTIN Sophie, née le 12/05/1968", "DURAND née MARTIN Sophie"),
        ("Mme MARTIN épouse DURAND Sophie", "MARTIN épouse DURAND Sophie"),
        ("To: Mrs Emily Sample", "Emily Sample"),
    ];
    for (text, name) in cases {
        assert_eq!(of(Kind::PersonName, Shape::Flow, text), [name], "{text}");
    }
    for text in ["P.IVA 00743110157", "F. Nac.: 03/02/1975", "Hello,\nmy date of birth is 12 March 1980"] {
        assert!(of(Kind::PersonName, Shape::Flow, text).is_empty(), "{text}");
    }
}

#[test]
fn addresses_are_whole_in_the_order_of_their_country() {
    let whole = [
        "7 Rose Cottage, Mill Lane, Oxford OX1 1AA",
        "The Old Barn, Church Road, Little Hampton, Kent TN1 1AA",
        "45 High Street\nGuildford\nSurrey\nGU1 3AA",
        "Rua Augusta, 123, apto 45, Centro, São Paulo - SP, CEP 01001-000",
        "Av. Paulista, 1578 - Bela Vista, São Paulo - SP, 01310-200",
        "Bağdat Caddesi No: 15/4, 34710 Kadıköy",
        "14 bis, rue du Faubourg Saint-Honoré\nAppartement 12\n75008 PARIS",
        "1051 Budapest, Sas utca 14",
    ];
    for address in whole {
        assert_eq!(of(Kind::PostalAddress, Shape::Flow, address), [address], "{address}");
    }
    let found = of(Kind::PostalAddress, Shape::Flow, "ул. Тверская, д. 7, кв. 12\nТелефон: +7 495 123");
    assert_eq!(found, ["ул. Тверская, д. 7, кв. 12"]);
    // A surname that is a word for a street, above a postcode of elsewhere.
    assert!(of(Kind::PostalAddress, Shape::Flow, "Fletcher Hill\n3654 items").is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_text_panics_and_spans_lie_on_characters(
        text in "(Nom|Patient|Dr\\.|rue|ul\\.|12|75002|Paris|Odile|: |, |\\. |\t|\n| |\\PC){0,60}",
        shape in proptest::sample::select(vec![Shape::Flow, Shape::Layout, Shape::Table, Shape::Pairs, Shape::Value]),
    ) {
        let origin = Origin::page(1);
        let sheets = [Sheet { index: 0, origin: &origin, shape, list: None, text: &text }];
        let mut out = Vec::new();
        read(&sheets, &mut out);
        let mut claims: Vec<Claim> = out
            .iter()
            .map(|hit| Claim { passage: 0, start: hit.start, end: hit.end, kind: hit.kind, role: hit.role, mention: None })
            .collect();
        for hit in &out {
            prop_assert!(hit.start < hit.end && text.get(hit.start..hit.end).is_some());
        }
        paperwork().assign(&sheets, &Setting::default(), &mut claims);
        prop_assert!(claims.iter().all(|claim| claim.role.is_some()));
        let _ = paperwork().looks_like_name(&text);
    }
}

#[test]
fn the_line_above_an_address_is_a_name_as_on_an_envelope() {
    let text =
        "Oakfield Rooms Ltd\n1 Mill Street\nLeeds\nLS6 2QT\n\nWinifred Quarrelby\n7 Church Lane\nBristol\nBS8 1TH\n";
    assert_eq!(of(Kind::PersonName, Shape::Layout, text), ["Winifred Quarrelby"]);
}

#[test]
fn an_address_goes_on_in_its_own_column() {
    let text = "Adresse:\tHauptstraße 12\tDatum: 03.04.2019\n\t04109 Leipzig\n";
    assert_eq!(of(Kind::PostalAddress, Shape::Layout, text).len(), 1);
    assert_eq!(of(Kind::Postcode, Shape::Layout, text), ["04109"]);
}

#[test]
fn a_door_behind_the_number_belongs_to_the_street() {
    for text in [
        "Rua das Flores, 53, 2.º Esq.\n1250-096 Lisboa",
        "Prinsengracht 116-hs, 1015 DJ Amsterdam",
        "os. Słoneczne 8, 31-146 Kraków",
        "ул. Большая Полянка 8, корп. 2, 119180 г. Москва",
    ] {
        assert_eq!(of(Kind::PostalAddress, Shape::Flow, text), [text]);
    }
}

#[test]
fn a_salutation_names_a_person_and_no_town() {
    assert_eq!(
        of(Kind::PersonName, Shape::Flow, "Beste Marloes Quarrelby,\nhierbij de stukken"),
        ["Marloes Quarrelby"]
    );
    assert_eq!(of(Kind::PersonName, Shape::Flow, "420111 г. Казань"), Vec::<String>::new());
}

#[test]
fn halves_of_a_name_on_paper_are_one_person() {
    let text = "Surname: Ashdown\nFirst name: Winifred\nDate of birth: 1.2.1980\n";
    let claims = assigned(Shape::Flow, text, &[(Kind::PersonName, "Ashdown"), (Kind::PersonName, "Winifred")]);
    assert_eq!(claims.first().and_then(|claim| claim.mention), claims.last().and_then(|claim| claim.mention));
}
