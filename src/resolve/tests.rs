//! What a user relies on: the same person is counted once, different persons are not joined, order does not count.

use super::*;
use crate::model::{
    Bounds, Confidence, Fault, Finding, Hints, Kind, Locator, NamePart, Origin, Outcome, Part, Verdict,
};
use crate::rules::RuleFiles;

fn rules() -> ResolveRules {
    ResolveRules::load(&RuleFiles::embedded()).expect("resolve.toml fits")
}

fn token(kind: &str, value: &str) -> Token {
    let hash = blake3::hash(format!("{kind} {value}").as_bytes());
    Token(*hash.as_bytes().first_chunk().expect("32 bytes"))
}

fn parts(name: &str) -> Vec<NamePart> {
    let part = |word: &str| NamePart {
        whole: (word.len() > 1).then(|| token("part", word)),
        initial: token("initial", word.get(..1).expect("a letter")),
        sound: (word.len() > 1).then(|| token("sound", word)),
    };
    name.to_lowercase().split([' ', '-']).map(part).collect()
}

fn found(kind: Kind, value: &str, mention: u32) -> Finding {
    Finding {
        kind,
        scheme: "test".into(),
        origin: Origin::of(Part::Text),
        start: 0,
        end: 1,
        confidence: Confidence::milli(950),
        mask: "*".into(),
        token: token(kind.name(), value),
        parts: if kind == PersonName { parts(value) } else { Vec::new() },
        role: Role::DataSubject,
        mention: Some(mention),
        alternatives: Vec::new(),
        hints: Hints::default(),
        sealed: None,
    }
}

/// An item of one clinic; its mentions are lists of kind and value.
fn item(key: &str, clinic: &str, folder: Option<&str>, mentions: &[&[(Kind, &str)]]) -> Record {
    let mut record = Record::unread(Locator::new(0, key), 100, None, Fault::extract(crate::model::Code::Io));
    record.faults.clear();
    record.outcome = Outcome::Examined;
    record.verdict = Some(Verdict::other("correspondence", Confidence::FULL, "invented"));
    record.folder_controller = Some(token("clinic", clinic));
    record.folder_subject = folder.map(|folder| token("folder", folder));
    for (mention, values) in mentions.iter().enumerate() {
        record.findings.extend(values.iter().map(|(kind, value)| found(*kind, value, mention as u32)));
    }
    record
}

/// A resolver as it is, or one that holds next to nothing in memory.
fn resolver(rules: &ResolveRules, room: Room) -> Resolver<'_> {
    Resolver::with_room(rules, &std::env::temp_dir(), room)
}

/// So little that a hundred mentions are on disk, in many runs.
const NARROW: Room = Room { mentions: 16, pages: 2, pairs: 32 };

fn resolve_in(records: &[Record], room: Room) -> People {
    let rules = rules();
    let mut resolver = resolver(&rules, room);
    for record in records {
        resolver.add(record);
    }
    resolver.finish().expect("temporary files")
}

fn resolve(records: &[Record]) -> People {
    resolve_in(records, Room::default())
}

fn best(records: &[Record]) -> u64 {
    resolve(records).persons.best
}

use Kind::{DateOfBirth, Email, Health, NationalId, PatientId, PersonName, Phone, PostalAddress};

#[test]
fn a_patient_number_joins_within_one_clinic_only() {
    let at = |clinic, key| item(key, clinic, None, &[&[(PersonName, "Ada Exemple"), (PatientId, "P-1")]]);
    assert_eq!(best(&[at("a", "1"), at("a", "2")]), 1);
    let other = item("2", "b", None, &[&[(PersonName, "Bert Muster"), (PatientId, "P-1")]]);
    assert_eq!(best(&[at("a", "1"), other]), 2);
}

#[test]
fn a_wrong_number_does_not_join_strangers() {
    let a = item("1", "a", None, &[&[(PersonName, "Ada Exemple"), (PatientId, "P-1")]]);
    let b = item("2", "a", None, &[&[(PersonName, "Bert Muster"), (PatientId, "P-1")]]);
    let people = resolve(&[a, b]);
    assert_eq!(people.persons.best, 2);
    assert_eq!(people.refused.get("patient_number"), Some(&1));
}

#[test]
fn a_clinics_address_read_as_a_patients_joins_nobody() {
    let names = ["Ada Exemple", "Bert Muster", "Carla Ejemplo"];
    let records: Vec<Record> = names
        .iter()
        .map(|name| item(name, "a", None, &[&[(PersonName, name), (Email, "info@clinic.example")]]))
        .collect();
    assert_eq!(best(&records), 3);
}

#[test]
fn name_and_birth_date_join_across_order_and_initials() {
    let a = item("1", "a", None, &[&[(PersonName, "Ada Maria Exemple"), (DateOfBirth, "1980-01-02")]]);
    let b =
        item("2", "b", None, &[&[(PersonName, "EXEMPLE A"), (DateOfBirth, "1980-01-02"), (Email, "x@example.org")]]);
    assert_eq!(best(&[a, b]), 1);
}

#[test]
fn two_birth_dates_are_two_persons() {
    let a = item("1", "a", None, &[&[(PersonName, "Ada Exemple"), (DateOfBirth, "1980-01-02"), (Phone, "1")]]);
    let b = item("2", "a", None, &[&[(PersonName, "Ada Exemple"), (DateOfBirth, "1955-03-04"), (Phone, "1")]]);
    let c = item("3", "a", None, &[&[(PersonName, "Ada Exemple")]]);
    let people = resolve(&[a, b, c]);
    assert_eq!(people.persons.best, 2);
    assert_eq!(people.ambiguous, 1);
}

#[test]
fn a_couple_with_one_phone_and_address_is_two_persons() {
    let of = |key, name| item(key, "a", None, &[&[(PersonName, name), (Phone, "1"), (PostalAddress, "x")]]);
    assert_eq!(best(&[of("1", "Ada Exemple"), of("2", "Bert Exemple")]), 2);
}

#[test]
fn a_folder_is_a_person_and_gives_its_photos_a_name() {
    let mut photo = item("patients/1/a.jpg", "a", Some("1"), &[]);
    photo.verdict.as_mut().expect("set").class = crate::model::Class::FacePhoto;
    let letter = item("patients/1/b.pdf", "a", Some("1"), &[&[(PersonName, "Ada Exemple"), (Health, "x")]]);
    let mut unnamed = photo.clone();
    unnamed.folder_subject = Some(token("folder", "2"));
    let people = resolve(&[photo, letter, unnamed]);
    assert_eq!(people.persons.best, 2);
    assert_eq!(people.linkage.get(&(Material::FacePhoto, Link::Folder)), Some(&1));
    assert_eq!(people.linkage.get(&(Material::FacePhoto, Link::Code)), Some(&1));
}

#[test]
fn a_doctor_on_every_letter_is_no_patient() {
    let mut records = Vec::new();
    for (n, name) in ["Ada Exemple", "Bert Muster", "Carla Ejemplo"].iter().enumerate() {
        let mut record = item(&n.to_string(), "a", None, &[&[(PersonName, name), (PatientId, name)]]);
        let mut doctor = found(PersonName, "Dora Beispiel", 9);
        doctor.role = Role::Practitioner;
        record.findings.push(doctor);
        records.push(record);
    }
    records.push(item("photo", "a", None, &[&[(PersonName, "Dora Beispiel")]]));
    let people = resolve(&records);
    assert_eq!((people.persons.best, people.practitioners), (3, 1));
}

#[test]
fn photos_tied_to_nobody_raise_the_upper_bound_only() {
    let mut records = vec![item("a.pdf", "a", None, &[&[(PersonName, "Ada Exemple"), (Email, "a@example.org")]])];
    for n in 0..3 {
        let mut photo = item(&format!("upload/{n}.jpg"), "a", None, &[]);
        photo.verdict.as_mut().expect("set").class = crate::model::Class::FacePhoto;
        records.push(photo);
    }
    let people = resolve(&records);
    assert_eq!(people.persons, Bounds { lower: 1, best: 1, upper: 2 });
    assert_eq!(people.unlinked.values().sum::<u64>(), 3);
}

#[test]
fn minors_are_told_by_the_day_of_the_file() {
    let born = |day: i32| {
        let mut record = item(&day.to_string(), "a", None, &[&[(PersonName, "Ada Exemple"), (PatientId, "1")]]);
        let mut birth = found(DateOfBirth, "x", 0);
        birth.hints.day = Some(day);
        record.findings.push(birth);
        record.facts.created_day = Some(16_000);
        resolve(&[record]).minors
    };
    assert_eq!((born(16_000 - 17 * 365), born(16_000 - 19 * 365)), (1, 0));
}

/// A number sequence that looks like chance and is the same everywhere.
fn chance(n: u64) -> u64 {
    mix(n, 0x5eed)
}

/// A scaled patient-home-monitoring case: documents of persons, about 20 each, every document with a name in some
/// writing and one or two of the person's other data.
fn clinic_papers(persons: u64, documents: u64) -> Vec<Record> {
    let given = ["ada", "bert", "carla", "dora", "emil", "fritz", "greta", "hans", "ines", "jana", "karl", "lena"];
    let last: Vec<String> = (0..60).map(|n| format!("name{n}x")).collect();
    let of_person = |person: u64, document: u64| {
        let a = given[(chance(person) % 12) as usize];
        let b = &last[(chance(person + 900_000) % 60) as usize];
        let name = match chance(document) % 4 {
            0 => format!("{b} {a}"),
            1 => format!("{} {b}", a.get(..1).expect("a letter")),
            _ => format!("{a} {b}"),
        };
        let (birth, mail) = (format!("born {}", chance(person + 7) % 20_000), format!("{person}@example.org"));
        let (number, phone) = (format!("P{person}"), format!("T{person}"));
        let mut values = vec![(PersonName, name.as_str())];
        match chance(document + 5) % 8 {
            0 => values.extend([(DateOfBirth, birth.as_str()), (Email, mail.as_str())]),
            1 => values.extend([(Phone, phone.as_str()), (PatientId, number.as_str())]),
            2 => values.extend([(DateOfBirth, birth.as_str()), (PatientId, number.as_str())]),
            3 => values.push((NationalId, number.as_str())),
            4 => values.extend([(NationalId, number.as_str()), (DateOfBirth, birth.as_str())]),
            _ => values.push((PatientId, number.as_str())),
        }
        item(&format!("papers/{document}.pdf"), "a", None, &[&values])
    };
    (0..documents).map(|document| of_person(document % persons, document)).collect()
}

#[test]
fn twenty_documents_a_person_give_the_persons_within_one_percent() {
    let people = resolve(&clinic_papers(158, 3_164));
    let Bounds { lower, best, upper } = people.persons;
    assert!(best.abs_diff(158) <= 1, "{lower} {best} {upper}");
    assert!(lower <= 158 && upper >= 158, "{lower} {best} {upper}");
}

#[test]
fn the_order_of_records_does_not_count() {
    let mut records = clinic_papers(60, 400);
    let first = resolve(&records);
    records.reverse();
    assert_eq!(resolve(&records), first);
    records.sort_by_key(|record| blake3::hash(&record.locator.key).as_bytes().to_vec());
    assert_eq!(resolve(&records), first);
}

#[test]
fn a_nameless_folder_is_counted_as_far_as_its_owner_is_not_known_by_name() {
    let mut records = Vec::new();
    for n in 0..10 {
        let (folder, mail) = (format!("f{n}"), format!("{n}@example.org"));
        let name = format!("Ada Exemple{n}x");
        records.push(item(
            &format!("in/{n}"),
            "a",
            Some(&folder),
            &[&[(PersonName, name.as_str()), (Email, mail.as_str())]],
        ));
        records.push(item(&format!("out/{n}"), "a", None, &[&[(PersonName, name.as_str()), (Email, mail.as_str())]]));
    }
    for n in 20..23 {
        records.push(item(&format!("photo/{n}"), "a", Some(&format!("f{n}")), &[]));
        let (name, mail) = (format!("Bert Muster{n}x"), format!("{n}@example.org"));
        records.push(item(&format!("out/{n}"), "a", None, &[&[(PersonName, name.as_str()), (Email, mail.as_str())]]));
    }
    let people = resolve(&records);
    assert_eq!((people.persons.best, people.paired), (13, 3));
    // Without anybody named outside the folders they stay persons of their own.
    let inside: Vec<Record> = records.into_iter().filter(|record| record.folder_subject.is_some()).collect();
    assert_eq!(resolve(&inside).persons.best, 13);
}

/// A name as detection hands it over, for a mail address: its words, and those less their first letter.
fn mailbox(words: &[&str]) -> Vec<NamePart> {
    let whole = |word: &str| parts(word).pop().expect("a part");
    let rest = words.iter().filter(|word| word.len() > 4).map(|word| NamePart { sound: None, ..whole(&word[1..]) });
    words.iter().map(|word| whole(word)).chain(rest).collect()
}

/// A table of names beside mail addresses.
fn table(rows: &[(&str, &str, &[&str])]) -> Record {
    let mentions: Vec<Vec<(Kind, &str)>> =
        rows.iter().map(|(name, mail, _)| vec![(PersonName, *name), (Email, *mail)]).collect();
    let mentions: Vec<&[(Kind, &str)]> = mentions.iter().map(Vec::as_slice).collect();
    let mut record = item("table.csv", "a", None, &mentions);
    for finding in record.findings.iter_mut().filter(|finding| finding.kind == Email) {
        let row = &rows[finding.mention.expect("set") as usize];
        finding.parts = mailbox(row.2);
    }
    record
}

#[test]
fn a_table_of_names_that_are_none_counts_nobody() {
    let junk: &[(&str, &str, &[&str])] = &[("cmd", "1", &["inj"]), ("sum", "2", &["inj"]), ("tab", "3", &["inj"])];
    let people = resolve(&[table(junk)]);
    assert_eq!((people.persons.best, people.persons.upper), (0, 3));
    // First names beside addresses that show them are persons, and so are rows with anything else.
    let first: &[(&str, &str, &[&str])] =
        &[("ada", "1", &["ada"]), ("bert", "2", &["bmuster"]), ("carla", "3", &["ce"])];
    assert_eq!(resolve(&[table(first)]).persons.best, 3);
    let mut with_more = table(junk);
    with_more.findings.push(found(Phone, "1", 0));
    assert_eq!(resolve(&[with_more]).persons.best, 3);
}

#[test]
fn an_address_that_shows_a_name_is_that_person() {
    let named = item("1", "a", None, &[&[(PersonName, "Ada Exemple"), (PatientId, "P-1")]]);
    let mut mail = item("2", "a", None, &[&[(Email, "ada.exemple@example.org")]]);
    mail.findings[0].parts = mailbox(&["ada", "exemple"]);
    assert_eq!(best(&[named.clone(), mail.clone()]), 1);
    // Two of that name: it is one of them, and nobody knows which; it counts for itself, as it has an address.
    let other = item("3", "a", None, &[&[(PersonName, "Ada Exemple"), (PatientId, "P-2")]]);
    assert_eq!(best(&[named, other, mail]), 3);
}

#[test]
fn a_maiden_name_is_kept_beside_the_new_one() {
    let born = (DateOfBirth, "1980-01-02");
    let married = item("1", "a", None, &[&[(PersonName, "Ada Exemple Nouveau"), (PatientId, "P-1"), born]]);
    let maiden = item("2", "a", None, &[&[(PersonName, "Ada Muster"), (PatientId, "P-1"), born]]);
    let list = item("3", "b", None, &[&[(PersonName, "Muster Ada"), (Email, "a@example.org"), born]]);
    assert_eq!(best(&[married, maiden, list]), 1);
}

#[test]
fn one_word_does_not_speak_against_a_number() {
    let whole = item("1", "a", None, &[&[(PersonName, "Ada Exemple"), (PatientId, "P-1")]]);
    let word = item("2", "a", None, &[&[(PersonName, "Lyon"), (PatientId, "P-1")]]);
    assert_eq!(best(&[whole, word]), 1);
}

#[test]
fn a_number_of_a_country_that_nothing_speaks_of_is_nobody() {
    let number = |key: &str, country: &str| {
        let mut record = item(key, "a", None, &[&[(NationalId, key)]]);
        record.findings[0].hints.country = Some(country.to_owned());
        record
    };
    let mut papers: Vec<Record> = (0..3).map(|n| item(&n.to_string(), "a", None, &[])).collect();
    for paper in &mut papers {
        paper.facts.region = Some("FR".to_owned());
    }
    papers.extend([number("x", "FR"), number("y", "RO")]);
    assert_eq!(best(&papers), 1);
}

#[test]
fn words_of_a_file_name_are_one_name() {
    let letter = item("1", "a", None, &[&[(PersonName, "Ada Exemple"), (PatientId, "P-1")]]);
    let mut photo = item("2", "a", None, &[&[(PersonName, "Ada"), (PersonName, "Exemple")]]);
    for finding in &mut photo.findings {
        finding.origin = Origin::of(Part::Path);
        finding.mention = None;
    }
    let rules = rules();
    let mut resolver = resolver(&rules, Room::default());
    for record in [&letter, &photo] {
        resolver.add(record);
    }
    let (people, roster) = resolver.roster().expect("temporary files");
    assert_eq!(people.persons.best, 1);
    assert_eq!(roster.persons()[0].mentions, 2);
}

#[test]
fn decisions_join_and_part_and_are_explained() {
    use crate::model::{Decision, MentionId, Ruling};
    let a = item("1", "a", None, &[&[(PersonName, "Ada Exemple"), (Email, "a@example.org")]]);
    let b = item("2", "a", None, &[&[(PersonName, "Exemple Ada"), (Email, "a@example.org"), (Phone, "1")]]);
    let c = item("3", "a", None, &[&[(PersonName, "Bert Muster"), (Phone, "2")]]);
    let records = [a, b, c];
    let rules = rules();
    let roster = |decisions: &[Decision]| {
        let mut resolver = resolver(&rules, Room::default()).obeying(decisions.to_vec());
        for record in &records {
            resolver.add(record);
        }
        resolver.roster().expect("temporary files")
    };
    let ids = |record: &Record| {
        let mut ids: Vec<MentionId> = Vec::new();
        let (_, mut roster) = roster(&[]);
        let kept = roster.mentions(record, &mut |seen| {
            ids.push(seen.id);
            Ok::<_, std::convert::Infallible>(())
        });
        kept.expect("nothing fails");
        ids[0]
    };
    let (a, b, c) = (ids(&records[0]), ids(&records[1]), ids(&records[2]));
    let (people, free) = roster(&[]);
    assert_eq!(people.persons.best, 2);
    let way = free.why(a, b).expect("one person");
    assert_eq!(way.iter().map(|edge| edge.rule.as_str()).collect::<Vec<_>>(), ["email"]);
    assert_eq!(way[0].shared, ["name", "email"]);
    let decided = |at_ms, ruling, a, b| Decision { at_ms, ruling, a, b };
    let (people, parted) = roster(&[decided(1, Ruling::Split, a, b)]);
    assert_eq!((people.persons.best, parted.why(a, b)), (3, None));
    let (people, joined) = roster(&[decided(1, Ruling::Merge, a, c)]);
    assert_eq!((people.persons.best, joined.why(b, c).map(|way| way.len())), (1, Some(2)));
    let undone = [decided(1, Ruling::Merge, a, c), decided(2, Ruling::Split, c, a)];
    assert_eq!(roster(&undone).0.persons.best, 2);
}

/// The papers of [`clinic_papers`] with what spoils them: a clinic's own address on some, letters misread, a second
/// clinic with its own numbers, doctors, and photos of nobody.
fn spoilt_papers(persons: u64, documents: u64, seed: u64) -> Vec<Record> {
    let mut records = clinic_papers(persons, documents);
    for (n, record) in (0_u64..).zip(&mut records) {
        let luck = chance(n ^ (seed << 32));
        match luck % 100 {
            0..4 => record.findings.push(found(Email, "info@clinic.example", 0)),
            4..7 => record.findings.retain(|finding| finding.kind != PatientId && finding.kind != NationalId),
            7..10 => {
                let name = record.findings.iter_mut().find(|finding| finding.kind == PersonName).expect("named");
                let at = (luck / 100) as usize % name.parts.len();
                name.parts[at] = parts(&format!("misread{luck}x"))[0];
            }
            10..20 => {
                let mut doctor = found(PersonName, "Dora Beispiel", 9);
                doctor.role = Role::Practitioner;
                record.findings.push(doctor);
            }
            _ => {}
        }
    }
    for n in 0..documents / 20 {
        let mut photo = item(&format!("upload/{n}.jpg"), "a", None, &[]);
        photo.verdict.as_mut().expect("set").class = crate::model::Class::FacePhoto;
        records.push(photo);
    }
    records
}

/// 316,363 documents of 15,818 persons, at 1:100, with one document in six spoilt. Of 240 draws the best estimate was
/// up to 5 % above the truth: a document whose number is gone and whose name is misread looks like another person. The
/// lower bound was one above the truth in 30 of them; two above was seen once among others. The draws are fixed: what is
/// rare must not fail the tests of a change that has nothing to do with it.
#[test]
fn spoilt_documents_move_the_best_estimate_by_six_percent_at_most() {
    let mut above = 0;
    for seed in 0..8 {
        let mut records = spoilt_papers(158, 3_164, seed);
        let people = resolve(&records);
        let Bounds { lower, best, upper } = people.persons;
        assert!((157..=167).contains(&best), "{seed}: {lower} {best} {upper}");
        assert!(lower <= 159 && lower <= best && upper >= 158, "{seed}: {lower} {best} {upper}");
        above += usize::from(lower > 158);
        records.rotate_left(seed as usize * 391);
        assert_eq!(resolve(&records), people, "{seed}: the order of records counts");
    }
    assert!(above <= 2, "the lower bound is above the truth in {above} of 8");
}

#[test]
fn a_person_of_two_controllers_counts_once_overall_and_once_in_each() {
    let born = (DateOfBirth, "1980-01-02");
    let records = [
        item("1", "a", None, &[&[(PersonName, "Ada Exemple"), born]]),
        item("2", "b", None, &[&[(PersonName, "Ada Exemple"), born]]),
        item("3", "b", None, &[&[(PersonName, "Bert Muster"), (PatientId, "P-1")]]),
    ];
    let people = resolve(&records);
    let mut of_each: Vec<u64> = people.controllers.values().copied().collect();
    of_each.sort_unstable();
    assert_eq!((people.persons.best, people.shared, of_each), (2, 1, vec![1, 2]));
}

#[test]
fn what_is_on_disk_counts_as_what_is_in_memory() {
    let mut leaks = vec![clinic_papers(60, 700), spoilt_papers(50, 600, 7), Vec::new()];
    for (n, record) in (0_u64..).zip(spoilt_papers(40, 500, 3).iter_mut()) {
        // Folders of one and of several persons, tables without names, addresses that show one.
        record.folder_subject = n.is_multiple_of(3).then(|| token("folder", &(n % 45).to_string()));
        record.folder_controller = Some(token("clinic", &(n % 3).to_string()));
        if n.is_multiple_of(5) {
            record.findings.retain(|finding| finding.kind != PersonName);
        }
        if n.is_multiple_of(7) {
            record.findings.push(found(Phone, &(n % 40).to_string(), 0));
            let mut mail = found(Email, &format!("{n}"), 1);
            mail.parts = mailbox(&["ada", &format!("name{}x", n % 60)]);
            record.findings.push(mail);
        }
        leaks[2].push(record.clone());
    }
    for records in &leaks {
        assert_eq!(resolve_in(records, NARROW), resolve(records));
    }
}

/// A photo in a person's folder, with its look, its day and the serial number of its camera.
fn photo(key: &str, folder: Option<&str>, look: u64, day: i32, serial: Option<&str>) -> Record {
    let mut record = item(key, "c", folder, &[]);
    record.verdict =
        Some(Verdict { class: crate::model::Class::FacePhoto, ..Verdict::other("", Confidence::FULL, "") });
    record.facts.image_mut().look = Some(look);
    record.facts.created_day = Some(day);
    record.findings.extend(serial.map(|serial| found(Kind::Device, serial, 0)));
    record
}

#[test]
fn copies_sittings_and_devices_are_told() {
    let records = [
        photo("patients/1/a.jpg", Some("1"), 11, 17_000, Some("S1")),
        photo("patients/1/b.jpg", Some("1"), 12, 17_000, Some("S1")),
        photo("patients/1/small/b.jpg", Some("1"), 12, 17_000, None),
        photo("patients/1/later.jpg", Some("1"), 13, 17_400, Some("S1")),
        photo("patients/2/a.jpg", Some("2"), 14, 17_000, Some("S2")),
        photo("uploads/c.jpg", None, 15, 17_000, None),
    ];
    for room in [Room::default(), NARROW] {
        let series = resolve_in(&records, room).series;
        assert_eq!((series.pictures, series.different, series.of_people_different), (6, 5, 5));
        assert_eq!((series.sittings, series.in_sittings), (1, 3));
        assert_eq!((series.devices, series.by_devices), (1, 3));
        let [device] = series.most_used.as_slice() else { panic!("one device: {series:?}") };
        assert_eq!((device.items, device.days), (3, 2));
        assert_eq!((device.first_day, device.last_day), (Some(17_000), Some(17_400)));
    }
}
