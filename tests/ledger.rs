//! A record comes out of the ledger exactly as it went in, replaces its older self, and comes in order.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

use breachscope::ledger::{Case, Done, Ledger, LedgerError, NewRun, Standing, Writer};
use breachscope::model::*;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

fn new_run() -> NewRun<'static> {
    NewRun { started_ms: 1, version: "0", profile: [1; 32], rules: [2; 32], options: "{}", ids: IdKey::default() }
}

fn all(case: &Case) -> Vec<Record> {
    let mut records = Vec::new();
    let ledger = Ledger::open(case).expect("opened");
    ledger
        .records(|record| {
            records.push(unnamed(record));
            Ok::<_, LedgerError>(())
        })
        .expect("read");
    records
}

/// The record without the short names that the ledger gives it.
fn unnamed(mut record: Record) -> Record {
    assert_eq!(record.id.len(), 12);
    record.id.clear();
    record.members = record.members.into_iter().map(unnamed).collect();
    record
}

fn token() -> impl Strategy<Value = Token> {
    any::<[u8; 16]>().prop_map(Token)
}

fn confidence() -> impl Strategy<Value = Confidence> {
    (0_u16..=1000).prop_map(Confidence::milli)
}

fn name_part() -> impl Strategy<Value = NamePart> {
    (option::of(token()), token(), option::of(token())).prop_map(|(whole, initial, sound)| NamePart {
        whole,
        initial,
        sound,
    })
}

fn hints() -> impl Strategy<Value = Hints> {
    let sex = option::of(select(vec!['f', 'm']));
    (option::of("[A-Z]{2}"), option::of(any::<u16>()), option::of(any::<i32>()), sex, option::of(".{0,8}"))
        .prop_map(|(country, year, day, sex, tag)| Hints { country, year, day, sex, tag })
}

fn origin() -> impl Strategy<Value = Origin> {
    let parts = vec![Part::Text, Part::PngText, Part::MakerNote, Part::Exif, Part::Path, Part::Ocr, Part::Iptc];
    (select(parts), option::of(any::<u32>()), option::of(".{0,12}")).prop_map(|(part, page, key)| Origin {
        part,
        page,
        key,
    })
}

fn finding() -> impl Strategy<Value = Finding> {
    let what = (select(Kind::ALL), "[a-z.]{1,10}", origin(), any::<(u32, u32)>(), confidence(), ".{0,20}", token());
    let roles = select(vec![Role::DataSubject, Role::Practitioner, Role::Organisation]);
    let seal = option::of(vec(any::<u8>(), 0..40).prop_map(Sealed));
    let whose = (vec(name_part(), 0..3), roles, option::of(any::<u32>()), vec("[a-z.]{1,8}", 0..3), hints(), seal);
    (what, whose).prop_map(|((kind, scheme, origin, (start, end), confidence, mask, token), whose)| {
        let (parts, role, mention, alternatives, hints, sealed) = whose;
        Finding {
            kind,
            scheme,
            origin,
            start,
            end,
            confidence,
            mask,
            token,
            parts,
            role,
            mention,
            alternatives,
            hints,
            sealed,
        }
    })
}

fn verdict() -> impl Strategy<Value = Verdict> {
    let reason = (".{0,10}", any::<i32>()).prop_map(|(cue, weight)| Reason::new(cue, weight));
    let second = option::of((select(&Class::ALL[..]), confidence()));
    (select(&Class::ALL[..]), option::of("[a-z_]{1,9}"), confidence(), vec(reason, 0..4), second).prop_map(
        |(class, subclass, confidence, reasons, runner_up)| Verdict { class, subclass, confidence, reasons, runner_up },
    )
}

fn facts() -> impl Strategy<Value = Facts> {
    let image = (any::<(u32, u32, bool, u16)>(), option::of(any::<u64>())).prop_map(
        |((width, height, has_camera, skin_share), look)| ImageFacts {
            width,
            height,
            has_camera,
            skin_share,
            look,
            ..ImageFacts::default()
        },
    );
    let document = (any::<(u32, u64)>(), option::of(any::<i64>())).prop_map(|((pages, rows), total)| DocumentFacts {
        pages,
        rows,
        total,
        text: Some(TextState::NoUnicodeMap),
        ..DocumentFacts::default()
    });
    let video = option::of(any::<u64>()).prop_map(|duration_ms| VideoFacts { duration_ms, ..VideoFacts::default() });
    (
        option::of(image),
        option::of(video),
        option::of(document),
        option::of(any::<i32>()),
        option::of("[a-z]{2}"),
        any::<u32>(),
    )
        .prop_map(|(image, video, document, created_day, language, members)| Facts {
            image,
            video,
            document,
            created_day,
            language,
            region: None,
            members,
        })
}

fn plain_record() -> impl Strategy<Value = Record> {
    let fault = (select(vec![Stage::Source, Stage::Extract, Stage::Worker]), select(Code::ALL))
        .prop_map(|(stage, code)| Fault { stage, code });
    let hashes = option::of(any::<([u8; 32], [u8; 32])>().prop_map(|(sha256, blake3)| Hashes { sha256, blake3 }));
    let name = (0_u16..3, vec(any::<u8>(), 0..6));
    let what = (name, any::<u64>(), option::of(any::<i64>()), hashes, select(Media::ALL), select(&Outcome::ALL[..]));
    let said = (
        vec(fault, 0..3),
        option::of(verdict()),
        vec(finding(), 0..3),
        facts(),
        option::of(token()),
        option::of(token()),
    );
    (what, said).prop_map(|(((source, key), size, modified_ms, hashes, media, outcome), said)| {
        let (faults, verdict, findings, facts, folder_subject, folder_controller) = said;
        let locator = Locator::new(source, key);
        Record {
            locator,
            id: String::new(),
            size,
            modified_ms,
            hashes,
            media,
            outcome,
            faults,
            verdict,
            findings,
            facts,
            folder_subject,
            folder_controller,
            members: Vec::new(),
        }
    })
}

/// Gives members the locators that lie in their container; two may have the same name.
fn settle(record: &mut Record) {
    let outer = record.locator.clone();
    for member in &mut record.members {
        member.locator = outer.member(member.locator.key.clone());
        settle(member);
    }
}

fn record() -> impl Strategy<Value = Record> {
    let tree = plain_record().prop_recursive(3, 8, 3, |inner| {
        (plain_record(), vec(inner, 0..3)).prop_map(|(record, members)| Record { members, ..record })
    });
    tree.prop_map(|mut record| {
        settle(&mut record);
        record
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn records_come_out_as_they_went_in(records in vec(record(), 1..6)) {
        let world = tempfile::tempdir().expect("folder");
        let case = Case::open_or_create(&world.path().join("case")).expect("made");
        let mut writer = Writer::open(&case).expect("opened");
        writer.begin(&new_run()).expect("begun");
        let mut expected = std::collections::BTreeMap::new();
        for record in records {
            writer.append(&record, None).expect("appended");
            expected.insert(record.locator.clone(), record);
        }
        writer.finish(2, true).expect("finished");
        prop_assert_eq!(all(&case), expected.into_values().collect::<Vec<_>>());
    }
}

fn note(key: &str, size: u64) -> Record {
    let mut record = Record::unread(Locator::new(0, key), size, Some(5), Fault::extract(Code::ExtensionMissing));
    record.media = Media::Text;
    record
}

fn listed(record: &Record) -> Item {
    Item {
        locator: record.locator.clone(),
        size: record.size,
        modified_ms: record.modified_ms,
        inode: None,
        changed_ns: None,
    }
}

#[test]
fn only_the_same_size_time_profile_and_version_count_as_done() {
    let world = tempfile::tempdir().expect("folder");
    let case = Case::open_or_create(&world.path().join("case")).expect("made");
    let mut writer = Writer::open(&case).expect("opened");
    writer.begin(&new_run()).expect("begun");
    let record = note("a", 7);
    writer.append(&record, None).expect("appended");
    writer.finish(2, true).expect("finished");
    let item = listed(&record);
    let standing = |done: &Done, item: &Item| done.standing(item, None).expect("read");
    let done = Done::open(&case, [1; 32], "0", false).expect("opened");
    assert_eq!(standing(&done, &item), Standing::Done);
    assert_eq!(standing(&done, &Item { size: 8, ..item.clone() }), Standing::Open);
    assert_eq!(standing(&done, &Item { modified_ms: Some(6), ..item.clone() }), Standing::Open);
    assert_eq!(standing(&done, &Item { locator: Locator::new(0, "b"), ..item.clone() }), Standing::Open);
    assert!(!done.has_outdated_runs());
    for (profile, version) in [([9; 32], "0"), ([1; 32], "1")] {
        let other = Done::open(&case, profile, version, false).expect("opened");
        assert_eq!(standing(&other, &item), Standing::Open);
        assert!(other.has_outdated_runs());
    }
}

#[test]
fn a_file_that_only_looks_the_same_is_known_by_its_content() {
    let world = tempfile::tempdir().expect("folder");
    let case = Case::open_or_create(&world.path().join("case")).expect("made");
    let mut writer = Writer::open(&case).expect("opened");
    writer.begin(&new_run()).expect("begun");
    let mut record = note("a", 7);
    record.outcome = Outcome::Examined;
    record.hashes = Some(Hashes { sha256: [1; 32], blake3: [2; 32] });
    let item = Item { inode: Some((1, 5)), changed_ns: Some(9), ..listed(&record) };
    writer.append(&record, item.stamp()).expect("appended");
    writer.commit().expect("committed");
    let standing =
        |item: &Item| Done::open(&case, [1; 32], "0", false).expect("opened").standing(item, None).expect("read");
    assert_eq!(standing(&item), Standing::Done);
    for other in [Item { inode: Some((1, 6)), ..item.clone() }, Item { changed_ns: Some(10), ..item.clone() }] {
        assert_eq!(standing(&other), Standing::DoneIf([2; 32]));
        writer.restamp(&other.locator, other.stamp()).expect("stamped");
        writer.commit().expect("committed");
        assert_eq!(standing(&other), Standing::Done);
    }
    // The number of a device changes from mount to mount.
    assert_eq!(item.stamp(), Item { inode: Some((2, 5)), ..item.clone() }.stamp());
}

#[test]
fn a_ledger_of_another_layout_is_refused_with_advice() {
    let world = tempfile::tempdir().expect("folder");
    let case = Case::open_or_create(&world.path().join("case")).expect("made");
    drop(Writer::open(&case).expect("opened"));
    let connection = rusqlite::Connection::open(case.ledger_path()).expect("opened");
    connection.execute_batch("PRAGMA user_version = 99").expect("set");
    drop(connection);
    assert!(matches!(Ledger::open(&case), Err(LedgerError::Schema { found: 99, .. })));
    assert!(matches!(Writer::open(&case), Err(LedgerError::Schema { found: 99, .. })));
}

#[test]
fn a_root_keeps_its_index_from_scan_to_scan() {
    let world = tempfile::tempdir().expect("folder");
    let case = Case::open_or_create(&world.path().join("case")).expect("made");
    let roots = [b"/a".to_vec(), b"/b".to_vec(), b"/a".to_vec()];
    let mut writer = Writer::open(&case).expect("opened");
    assert_eq!(writer.sources(&roots).expect("numbered"), [0, 1, 0]);
    drop(writer);
    let mut writer = Writer::open(&case).expect("opened");
    assert_eq!(writer.sources(&[b"/c".to_vec(), b"/b".to_vec()]).expect("numbered"), [2, 1]);
}
