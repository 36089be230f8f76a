//! Turns the sums, the people and the assessment into version 1 of the report. Here, and nowhere later, numbers for the
//! reader are worked out.

use super::v1::{
    Advice, AlternativeRow, AmountRow, BandRow, ClassExampleRow, ClassRow, CombinationRow, ControllerRow, CountryRow,
    Coverage, DeadlineRow, Deidentification, DuplicateRow, FactorRow, FaultRow, FindingRow, FlagRow, Headline,
    ImpactRow, InputRow, ItemRow, KindRow, LimitRow, LinkRow, ManifestRow, MaterialFacts, MediaRow, Method,
    MismatchRow, NameCount, OutcomeRow, PeopleSection, PersonRow, Persons, Report, SCHEMA, Secondary, Severity,
    YearCount,
};
use super::{About, Evidence};
use crate::model::{
    Bounds, Class, Effect, Incident, Kind, Link, Material, Media, Outcome, People, Profile, Role, TextState, Token,
};
use crate::rules::severity::Audience;
use crate::score::{Assessment, Scored};
use crate::tally::{ClassExample, ControllerTally, Count, FindingExample, KindTally, Sample, Tally};
use std::collections::BTreeMap;

/// Rows of a table that may be long.
const ROWS: usize = 40;
/// Controllers that are listed: the 170 clinics of a large processor, and a margin.
const CONTROLLERS: usize = 250;
/// Examples of each thing.
const EXAMPLES: usize = 8;

impl Report {
    /// The report on this evidence.
    pub fn build(evidence: &Evidence<'_>) -> Self {
        let Evidence { tally, people, assessment, incident, about } = *evidence;
        let deadlines: Vec<DeadlineRow> = assessment.deadlines.iter().map(deadline_row).collect();
        Self {
            schema: SCHEMA,
            title: incident.incident.title.clone().unwrap_or_else(|| "Exposed files".to_owned()),
            reference: incident.incident.id.clone(),
            distinct_persons: persons(people),
            headline: headline(tally, people, assessment, &deadlines),
            coverage: coverage(tally, about),
            classes: classes(tally, about),
            material: material(tally),
            data: data(tally, people, about),
            people: people_section(tally, people, assessment, incident),
            deidentification: deidentification(people),
            severity: severity(people, assessment),
            deadlines,
            impact: impact(assessment),
            advice: advice(assessment),
            incident: super::incident::fields(incident),
            method: method(tally, about),
            manifest: ManifestRow { items: about.manifest_items, root: about.manifest_root.clone() },
        }
    }
}

fn persons(people: &People) -> Persons {
    let Bounds { lower, best, upper } = people.persons;
    Persons {
        lower,
        best,
        upper,
        lower_meaning:
            "Different persons proven by a national or patient number, a personal e-mail address or a folder \
                        of their own, less all that may be the same person."
                .to_owned(),
        best_meaning:
            "Mentions joined by such proof, by a name together with a birth date, phone, address or account, \
                       and by a full name that only one person of the same controller bears. Folders without a name count \
                       as far as the named ones let expect that their owners are not counted by name already."
                .to_owned(),
        upper_meaning: "Every mention that nothing but a name joins counts as its own person, and so does every group \
                        of pictures tied to nobody."
            .to_owned(),
    }
}

fn name_count(name: &str, title: &str, count: u64) -> NameCount {
    NameCount { name: name.to_owned(), title: title.to_owned(), count }
}

/// A word of the program's own vocabulary for a reader: `shared_contact` becomes `Shared contact`.
fn words(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    (first + letters.as_str()).replace('_', " ")
}

fn most_first(mut rows: Vec<NameCount>, keep: usize) -> Vec<NameCount> {
    rows.sort_by(|a, b| (b.count, &a.name).cmp(&(a.count, &b.name)));
    rows.truncate(keep);
    rows
}

fn headline(tally: &Tally, people: &People, assessment: &Assessment, deadlines: &[DeadlineRow]) -> Headline {
    let total = tally.total();
    let kinds =
        people.by_kind.iter().map(|(kind, bounds)| name_count(kind.name(), kind.title(), bounds.best)).collect();
    let photos: u64 = [Class::FacePhoto, Class::BodyPhoto, Class::Video]
        .iter()
        .filter_map(|class| tally.classes.get(class))
        .map(|count| count.files + count.members)
        .sum();
    Headline {
        files: total.files,
        bytes: total.bytes,
        members: total.members,
        items_with_findings: tally.items_with_findings,
        score: assessment.worst.total.number(),
        band: assessment.band.name.clone(),
        band_title: assessment.band.title.clone(),
        sentence: sentence(people, assessment, photos),
        deadline: deadlines.iter().filter(|row| row.utc.is_some()).min_by_key(|row| row.utc.clone()).cloned(),
        main_kinds: most_first(kinds, 6),
    }
}

fn sentence(people: &People, assessment: &Assessment, photos: u64) -> String {
    let of = |kind: Kind| people.by_kind.get(&kind).map_or(0, |bounds| bounds.best);
    let mut parts = Vec::new();
    if of(Kind::PersonName) > 0 {
        parts.push(format!("the names of {} people", grouped(of(Kind::PersonName))));
    }
    if of(Kind::DateOfBirth) > 0 {
        parts.push(format!("the birth dates of {}", grouped(of(Kind::DateOfBirth))));
    }
    if of(Kind::Health) > 0 {
        parts.push(format!("health data of {}", grouped(of(Kind::Health))));
    }
    if photos > 0 {
        let of_patients = if assessment.is_health { " of patients" } else { "" };
        parts.push(format!("{} photos and videos{of_patients}", grouped(photos)));
    }
    match parts.split_last() {
        None => "No personal data were found in what could be read.".to_owned(),
        Some((only, [])) => format!("The files hold {only}."),
        Some((last, first)) => format!("The files hold {} and {last}.", first.join(", ")),
    }
}

/// Thousands parted by a comma.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { (part as f64 / whole as f64 * 10_000.0).round() / 10_000.0 }
}

fn coverage(tally: &Tally, about: &About) -> Coverage {
    let total = tally.total();
    let of = |outcome: Outcome| tally.outcomes.get(&outcome).copied().unwrap_or_default();
    let outcomes = Outcome::ALL
        .into_iter()
        .map(|outcome| {
            let Count { files, bytes, members } = of(outcome);
            OutcomeRow { outcome: outcome.name().to_owned(), files, bytes, members }
        })
        .collect();
    let languages = tally.languages.iter().map(|(code, count)| name_count(code, code, *count)).collect();
    let mut mismatches: Vec<MismatchRow> = tally
        .mismatches
        .iter()
        .map(|((extension, media), files)| MismatchRow {
            extension: (*extension).to_owned(),
            media: media.title().to_owned(),
            files: *files,
        })
        .collect();
    mismatches.sort_by_key(|row| std::cmp::Reverse(row.files));
    mismatches.truncate(ROWS);
    let duplicates = tally.duplicates();
    Coverage {
        is_complete: about.pending == 0,
        pending: about.pending,
        listed: total.files,
        members: total.members,
        outcomes,
        read_share: share(of(Outcome::Examined).files + of(Outcome::Partial).files, total.files),
        faults: faults(tally, about),
        mismatches,
        duplicates: DuplicateRow { unique: duplicates.unique, copies: duplicates.copies, bytes: duplicates.bytes },
        media: media(tally),
        languages: most_first(languages, ROWS),
        text_states: tally.text_states.iter().map(|(state, count)| text_state(*state, *count)).collect(),
    }
}

fn text_state(state: TextState, count: u64) -> NameCount {
    let (name, title) = match state {
        TextState::Text => ("text", "Readable text"),
        TextState::ImageOnly => ("image_only", "Pictures of pages only"),
        TextState::Encrypted => ("encrypted", "Encrypted"),
        TextState::NoUnicodeMap => ("no_unicode_map", "Text without a way to characters"),
        TextState::Damaged => ("damaged", "Damaged, read after repair"),
        TextState::Blank => ("blank", "Blank"),
    };
    name_count(name, title, count)
}

fn faults(tally: &Tally, about: &About) -> Vec<FaultRow> {
    let mut rows: Vec<FaultRow> = tally
        .faults
        .iter()
        .map(|(fault, count)| FaultRow {
            code: fault.code.name().to_owned(),
            stage: fault.stage.name().to_owned(),
            meaning: fault.code.meaning().to_owned(),
            effect: effect(fault.code.effect()).to_owned(),
            files: count.files,
            members: count.members,
            examples: tally
                .fault_examples
                .get(&fault.code)
                .into_iter()
                .flat_map(Sample::iter)
                .filter(|example| example.fault == *fault)
                .take(EXAMPLES)
                .map(|example| ItemRow {
                    item: example.item.clone(),
                    path: about.path_of(&example.locator),
                    media: example.media.title().to_owned(),
                    bytes: example.size,
                })
                .collect(),
        })
        .collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.files + row.members));
    rows
}

fn effect(effect: Effect) -> &'static str {
    match effect {
        Effect::Noted => "noted",
        Effect::Partial => "partial",
        Effect::Skipped => "skipped",
        Effect::Failed => "failed",
    }
}

fn media(tally: &Tally) -> Vec<MediaRow> {
    let row = |(media, count): (&Media, &Count)| MediaRow {
        media: media.mime().to_owned(),
        title: media.title().to_owned(),
        files: count.files,
        bytes: count.bytes,
        members: count.members,
    };
    let mut rows: Vec<MediaRow> = tally.media.iter().map(row).collect();
    rows.sort_by_key(|row| std::cmp::Reverse((row.files, row.members)));
    rows
}

fn classes(tally: &Tally, about: &About) -> Vec<ClassRow> {
    let total = tally.total();
    let mut rows: Vec<ClassRow> = Vec::new();
    let mut rest = total;
    for class in Class::ALL {
        let count = tally.classes.get(&class).copied().unwrap_or_default();
        rest.files -= count.files;
        rest.bytes -= count.bytes;
        rest.members -= count.members;
        let items = count.files + count.members;
        let sum = tally.class_confidence.get(&class).copied().unwrap_or(0);
        let subclasses = tally
            .subclasses
            .iter()
            .filter(|((of, _), _)| *of == class)
            .map(|((_, name), count)| name_count(name, &words(name), count.files + count.members))
            .collect();
        let examples = tally.class_examples.get(&class).into_iter().flat_map(Sample::iter);
        rows.push(ClassRow {
            class: class.name().to_owned(),
            title: class.title().to_owned(),
            files: count.files,
            bytes: count.bytes,
            members: count.members,
            share: share(count.files, total.files),
            confidence: share(sum, items * 1000),
            subclasses: most_first(subclasses, ROWS),
            examples: examples.take(EXAMPLES).map(|example| class_example(example, about)).collect(),
        });
    }
    if rest.files + rest.members > 0 {
        rows.push(ClassRow {
            class: "unclassified".to_owned(),
            title: "Without a class".to_owned(),
            files: rest.files,
            bytes: rest.bytes,
            members: rest.members,
            share: share(rest.files, total.files),
            confidence: 0.0,
            subclasses: Vec::new(),
            examples: Vec::new(),
        });
    }
    rows
}

fn class_example(example: &ClassExample, about: &About) -> ClassExampleRow {
    ClassExampleRow {
        item: example.item.clone(),
        path: about.path_of(&example.locator),
        media: example.media.title().to_owned(),
        bytes: example.size,
        subclass: example.subclass.as_deref().map(words),
        confidence: example.confidence.probability(),
        reasons: example.reasons.iter().map(|reason| reason.cue.clone()).collect(),
        pixels: example.pixels,
        faces: example.faces,
        pages: example.pages,
        findings: example.findings.iter().map(|(kind, count)| name_count(kind.name(), kind.title(), *count)).collect(),
    }
}

fn material(tally: &Tally) -> MaterialFacts {
    let years = |years: &BTreeMap<i16, u64>| -> Vec<YearCount> {
        years.iter().map(|(year, items)| YearCount { year: *year, items: *items }).collect()
    };
    let units = |hundredths: i64| hundredths as f64 / 100.0;
    MaterialFacts {
        years_created: years(&tally.years_created),
        years_stored: years(&tally.years_stored),
        pictures_looked_at: tally.pictures.looked_at,
        pictures_with_face: tally.pictures.with_face,
        pictures_with_camera: tally.pictures.with_camera,
        stale_thumbnails: tally.pictures.stale_thumbnails,
        videos_timed: tally.videos.timed,
        video_seconds: tally.videos.duration_ms / 1000,
        videos_with_face: tally.videos.with_face,
        videos_spherical: tally.videos.spherical,
        pages: tally.pages,
        rows: tally.rows,
        amounts: tally
            .amounts
            .iter()
            .map(|(currency, amount)| AmountRow {
                currency: currency.clone(),
                documents: amount.documents,
                sum: amount.sum as f64 / 100.0,
                least: units(amount.least.unwrap_or(0)),
                most: units(amount.most.unwrap_or(0)),
            })
            .collect(),
    }
}

fn data(tally: &Tally, people: &People, about: &About) -> Vec<KindRow> {
    let mut rows: Vec<KindRow> =
        tally.kinds.iter().map(|(kind, found)| kind_row(*kind, found, people, about)).collect();
    rows.sort_by_key(|row| std::cmp::Reverse((row.persons, row.findings)));
    rows
}

fn kind_row(kind: Kind, found: &KindTally, people: &People, about: &About) -> KindRow {
    let bounds = people.by_kind.get(&kind).copied().unwrap_or_default();
    let parts = found.parts.iter().map(|(part, count)| name_count(part.name(), &words(part.name()), *count)).collect();
    let schemes = found.schemes.iter().map(|(scheme, count)| name_count(scheme, scheme, *count)).collect();
    KindRow {
        kind: kind.name().to_owned(),
        title: kind.title().to_owned(),
        findings: found.findings,
        expected: (found.expected_milli + 500) / 1000,
        items: found.items,
        distinct: found.distinct.count(),
        distinct_is_exact: found.distinct.is_exact(),
        distinct_of_subjects: found.distinct_of_subjects.count(),
        persons_lower: bounds.lower,
        persons: bounds.best,
        persons_upper: bounds.upper,
        roles: found.roles.iter().map(|(role, count)| name_count(role.name(), role_title(*role), *count)).collect(),
        parts: most_first(parts, ROWS),
        schemes: most_first(schemes, ROWS),
        examples: found.examples.iter().take(EXAMPLES).map(|example| finding_row(example, about)).collect(),
    }
}

fn role_title(role: Role) -> &'static str {
    match role {
        Role::DataSubject => "Data subject",
        Role::Practitioner => "Practitioner",
        Role::Organisation => "Organisation",
    }
}

fn finding_row(example: &FindingExample, about: &About) -> FindingRow {
    FindingRow {
        item: example.item.clone(),
        path: about.path_of(&example.locator),
        mask: example.mask.clone(),
        scheme: example.scheme.clone(),
        part: words(example.part.name()),
        page: example.page,
        role: role_title(example.role).to_owned(),
        confidence: example.confidence.probability(),
    }
}

fn people_section(tally: &Tally, people: &People, assessment: &Assessment, incident: &Incident) -> PeopleSection {
    let mut by_count: Vec<&Scored> = assessment.combinations.iter().filter(|one| one.persons > 0).collect();
    by_count.sort_by_key(|one| (std::cmp::Reverse(one.persons), one.profile));
    let more = by_count.get(ROWS.min(by_count.len())..).unwrap_or_default();
    let rules = |counts: &BTreeMap<String, u64>| -> Vec<NameCount> {
        most_first(counts.iter().map(|(rule, count)| name_count(rule, &words(rule), *count)).collect(), ROWS)
    };
    let kinds = people.by_kind.values().filter(|bounds| bounds.best > 0).count();
    let (controllers, more_controllers) = controllers(tally, people, incident);
    PeopleSection {
        statement: format!(
            "{kinds} types of data about {} people (between {} and {}).",
            grouped(people.persons.best),
            grouped(people.persons.lower),
            grouped(people.persons.upper)
        ),
        mentions: people.mentions.iter().map(|(role, n)| name_count(role.name(), role_title(*role), *n)).collect(),
        practitioners: people.practitioners,
        minors: people.minors,
        with_birth_date: people.with_birth_date,
        by_mail: people.reachable.mail,
        by_phone: people.reachable.phone,
        by_post: people.reachable.post,
        reachable: people.reachable.any,
        matrix: matrix(people),
        more_combinations: more.len() as u64,
        more_persons: more.iter().map(|one| one.persons).sum(),
        combinations: by_count.iter().take(ROWS).map(|one| combination(one, assessment)).collect(),
        countries: countries(people),
        controllers,
        more_controllers,
        shared: people.shared,
        joins: rules(&people.joins),
        refused: rules(&people.refused),
        ambiguous: people.ambiguous,
        examples: people_examples(people, assessment),
    }
}

/// The kinds that are known of most persons, and whether any was under age.
fn matrix(people: &People) -> Vec<String> {
    let known = people.by_kind.iter().filter(|(_, bounds)| bounds.best > 0);
    let kinds =
        most_first(known.map(|(kind, bounds)| name_count(kind.name(), kind.title(), bounds.best)).collect(), 14);
    let minors = (people.minors > 0).then(|| "Under age".to_owned());
    kinds.into_iter().map(|kind| kind.title).chain(minors).collect()
}

fn kind_titles(profile: &Profile) -> Vec<String> {
    profile.kinds.iter().map(|kind| kind.title().to_owned()).collect()
}

fn material_titles(profile: &Profile) -> Vec<String> {
    profile.material.iter().map(|material| material.title().to_owned()).collect()
}

fn combination(one: &Scored, assessment: &Assessment) -> CombinationRow {
    let band = assessment.band_of(one.score.total);
    CombinationRow {
        kinds: kind_titles(&one.profile),
        material: material_titles(&one.profile),
        is_minor: one.profile.is_minor,
        persons: one.persons,
        items: one.items,
        score: one.score.total.number(),
        band: band.name,
        band_title: band.title,
    }
}

fn people_examples(people: &People, assessment: &Assessment) -> Vec<PersonRow> {
    let score_of = |profile: &Profile| {
        assessment.combinations.iter().find(|one| one.profile == *profile && one.persons > 0).map(|one| one.score.total)
    };
    people
        .samples
        .iter()
        .take(ROWS)
        .map(|person| {
            let total = score_of(&person.profile).unwrap_or_default();
            let band = assessment.band_of(total);
            PersonRow {
                id: person.id.clone(),
                kinds: kind_titles(&person.profile),
                material: material_titles(&person.profile),
                is_minor: person.profile.is_minor,
                mentions: person.mentions,
                items: person.items.clone(),
                joined_by: person.joined_by.iter().map(|rule| words(rule)).collect(),
                country: person.country.clone(),
                score: total.number(),
                band: band.name,
                band_title: band.title,
            }
        })
        .collect()
}

fn countries(people: &People) -> Vec<CountryRow> {
    let mut rows: BTreeMap<Option<String>, CountryRow> = BTreeMap::new();
    for ((country, evidence), persons) in &people.countries {
        let row = rows.entry(country.clone()).or_insert_with(|| CountryRow {
            country: country.clone(),
            persons: 0,
            evidence: Vec::new(),
        });
        row.persons += persons;
        row.evidence.push(name_count(&evidence.title().replace(' ', "_"), evidence.title(), *persons));
    }
    let mut rows: Vec<CountryRow> = rows.into_values().collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.persons));
    rows
}

fn controllers(tally: &Tally, people: &People, incident: &Incident) -> (Vec<ControllerRow>, u64) {
    let row = |(token, found): (&Option<Token>, &ControllerTally)| {
        let known = incident.controllers.values().find(|known| {
            let first = found.first.as_ref().map(|locator| locator.key.as_slice()).unwrap_or_default();
            token.is_some() && known.prefix.iter().any(|prefix| first.starts_with(prefix.as_bytes()))
        });
        let region = found.regions.iter().max_by_key(|(code, count)| (**count, std::cmp::Reverse((*code).clone())));
        let classes = found
            .classes
            .iter()
            .map(|(class, count)| name_count(class.name(), class.title(), count.files + count.members))
            .collect();
        ControllerRow {
            id: token.map_or_else(|| "none".to_owned(), |token| token.shown()),
            name: known.and_then(|known| known.name.clone()),
            country: known.and_then(|known| known.country.clone()).or_else(|| region.map(|(code, _)| code.clone())),
            files: found.total.files,
            bytes: found.total.bytes,
            members: found.total.members,
            persons: people.controllers.get(token).copied().unwrap_or(0),
            classes,
        }
    };
    let mut rows: Vec<ControllerRow> = tally.controllers.iter().map(row).collect();
    rows.sort_by(|a, b| (b.persons, b.files, &a.id).cmp(&(a.persons, a.files, &b.id)));
    let more = rows.len().saturating_sub(CONTROLLERS) as u64;
    rows.truncate(CONTROLLERS);
    (rows, more)
}

fn deidentification(people: &People) -> Deidentification {
    let mut rows = Vec::new();
    for material in Material::ALL {
        let of = |link: Link| people.linkage.get(&(material, link)).copied().unwrap_or(0);
        let items: u64 = Link::ALL.into_iter().map(of).sum();
        let named: u64 = Link::ALL.into_iter().filter(|link| link.is_named()).map(of).sum();
        if items > 0 {
            rows.push(LinkRow {
                material: material.name().to_owned(),
                title: material.title().to_owned(),
                items,
                named,
                share: share(named, items),
                by_text: of(Link::Text),
                by_metadata: of(Link::Metadata),
                by_path: of(Link::Path),
                by_folder: of(Link::Folder),
                by_code: of(Link::Code),
                by_nothing: of(Link::Nothing),
            });
        }
    }
    Deidentification { answer: deidentification_answer(&rows), rows }
}

fn deidentification_answer(rows: &[LinkRow]) -> String {
    let media: Vec<&LinkRow> =
        rows.iter().filter(|row| ["face_photo", "body_photo", "video"].contains(&row.material.as_str())).collect();
    let (items, named): (u64, u64) = media.iter().fold((0, 0), |sum, row| (sum.0 + row.items, sum.1 + row.named));
    let faces: u64 = media.iter().filter(|row| row.material == "face_photo").map(|row| row.items).sum();
    let percent = share(named, items) * 100.0;
    match (items, named) {
        (0, _) => "The leak holds no photos or videos of people.".to_owned(),
        (_, 0) if faces > 0 => format!(
            "None of the {} photos and videos of people is tied to a name by the files themselves; {} show a face, which \
             identifies by itself.",
            grouped(items),
            grouped(faces)
        ),
        (_, 0) => format!("None of the {} photos and videos of people is tied to a name.", grouped(items)),
        _ => format!(
            "{} of {} photos and videos of people ({percent:.1} %) can be tied to a named person with nothing but the \
             files themselves. A claim that they were de-identified does not hold for these.",
            grouped(named),
            grouped(items)
        ),
    }
}

fn severity(people: &People, assessment: &Assessment) -> Severity {
    let worst = &assessment.worst;
    let threshold = assessment.individuals_above;
    Severity {
        method: assessment.method.clone(),
        working: format!(
            "SE = DPC × EI + CB = {} × {} + {} = {}",
            worst.context,
            worst.identification.number(),
            worst.circumstances.number(),
            worst.total.number()
        ),
        score: worst.total.number(),
        band: assessment.band.name.clone(),
        band_title: assessment.band.title.clone(),
        meaning: assessment.band.meaning.clone(),
        consequence: assessment.consequence.text.clone(),
        edpb87: assessment.consequence.edpb87.clone(),
        is_health: assessment.is_health,
        inputs: assessment
            .inputs
            .iter()
            .map(|input| InputRow {
                name: input.name.to_owned(),
                value: input.value.number(),
                basis: input.basis.name().to_owned(),
                evidence: input.evidence.clone(),
                field: input.field.map(str::to_owned),
            })
            .collect(),
        bands: assessment
            .bands
            .iter()
            .map(|row| BandRow {
                band: row.band.name.clone(),
                title: row.band.title.clone(),
                from: row.band.from.number(),
                persons: row.persons,
                unlinked_items: row.unlinked_items,
            })
            .collect(),
        flags: vec![
            FlagRow {
                name: "individuals".to_owned(),
                is_raised: assessment.many_individuals,
                text: format!("More than {threshold} individuals: {} proven at least.", grouped(people.persons.lower)),
            },
            FlagRow {
                name: "unintelligible".to_owned(),
                is_raised: assessment.unintelligible,
                text: "Data unintelligible: encrypted, with the key safe (incident file).".to_owned(),
            },
        ],
        sensitivity: assessment
            .sensitivity
            .iter()
            .map(|other| AlternativeRow {
                input: other.input.to_owned(),
                value: other.value.number(),
                meaning: other.meaning.to_owned(),
                score: other.total.number(),
                band: other.band.name.clone(),
                band_title: other.band.title.clone(),
                changes_band: other.changes_band,
            })
            .collect(),
        worst: assessment.combinations.iter().take(12).map(|one| combination(one, assessment)).collect(),
        secondary: secondary(assessment),
    }
}

fn secondary(assessment: &Assessment) -> Secondary {
    let aepd = assessment.aepd;
    Secondary {
        aepd_volume: aepd.volume,
        aepd_type: aepd.kind,
        aepd_impact: aepd.impact,
        aepd_risk: aepd.risk,
        aepd_counter: aepd.counter,
        aepd_authority: aepd.tell_authority,
        aepd_people: aepd.tell_people,
        cnil_gravity: assessment.consequence.cnil.clone(),
        cnil_people: assessment.cnil_people.clone(),
        hipaa: assessment
            .hipaa
            .iter()
            .map(|view| FactorRow { factor: view.factor.to_owned(), finding: view.finding.clone() })
            .collect(),
    }
}

fn deadline_row(deadline: &crate::score::Deadline) -> DeadlineRow {
    DeadlineRow {
        id: deadline.id.clone(),
        title: deadline.title.clone(),
        when: deadline.when.clone(),
        utc: deadline.utc.clone(),
        local: deadline.local.clone(),
        missing: deadline.missing.map(str::to_owned),
    }
}

fn impact(assessment: &Assessment) -> Vec<ImpactRow> {
    let row = |(rule, persons): &(crate::rules::severity::ImpactRule, u64)| ImpactRow {
        id: rule.id.clone(),
        title: rule.title.clone(),
        text: rule.text.clone(),
        persons: *persons,
        edpb85: rule.edpb85.clone(),
    };
    assessment.impacts.iter().map(row).collect()
}

fn advice(assessment: &Assessment) -> Advice {
    let of = |audience: Audience| {
        assessment
            .advice
            .iter()
            .filter(|advice| advice.audience == audience)
            .map(|advice| advice.text.clone())
            .collect()
    };
    Advice { owner: of(Audience::Owner), people: of(Audience::People) }
}

fn method(tally: &Tally, about: &About) -> Method {
    let limit = |(name, value, unit, reason): &(&'static str, u64, &'static str, &'static str)| LimitRow {
        name: (*name).to_owned(),
        value: *value,
        unit: (*unit).to_owned(),
        reason: (*reason).to_owned(),
    };
    Method {
        version: about.version.clone(),
        arguments: about.arguments.clone(),
        rules_digest: about.rules_digest.clone(),
        rules_are_customised: about.rules_are_customised,
        detectors: tally.detectors.iter().cloned().collect(),
        limits: about.limits.iter().map(limit).collect(),
        notes: [
            "Counts of people are estimates with bounds; no register of residents was consulted.",
            "Findings carry a confidence; the expected number of right ones is their sum.",
            "Photos are called facial images, not biometric data: a photo becomes biometric only by specific technical \
             processing (recital 51 GDPR).",
            "Pictures are classified by programs; a person has to confirm what matters to a decision.",
            "No clear value and no picture is in this report. Items are named by short ids; `explain` with the case \
             resolves them.",
            "This is engineering evidence for an assessment, not legal advice.",
        ]
        .map(str::to_owned)
        .to_vec(),
    }
}

impl Assessment {
    fn band_of(&self, total: crate::rules::severity::Quarters) -> crate::rules::severity::Band {
        let found = self.bands.iter().rev().find(|row| total >= row.band.from);
        found.map_or_else(|| self.band.clone(), |row| row.band.clone())
    }
}
