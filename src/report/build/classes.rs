//! Items by class, and facts that identify nobody.

use super::{EXAMPLES, ROWS, most_first, name_count, share, words};
use crate::model::{Class, FaceGroups, Kind, Series, date_of};
use crate::report::About;
use crate::report::v1::{
    AmountRow, CityRow, ClassExampleRow, ClassRow, DeviceRow, FaceFacts, MaterialFacts, PositionFacts, SeriesFacts,
    YearCount,
};
use crate::tally::{ClassExample, Sample, Tally};
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn classes(tally: &Tally, about: &About) -> Vec<ClassRow> {
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

pub(super) fn material(tally: &Tally, series: &Series, about: &About) -> MaterialFacts {
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
        series: series_facts(series),
        faces: about.faces.as_ref().map(|(groups, is_current)| face_facts(groups, *is_current)),
        positions: position_facts(tally),
    }
}

fn position_facts(tally: &Tally) -> PositionFacts {
    let Some(found) = tally.kinds.get(&Kind::Gps) else {
        return PositionFacts { items: 0, cities: 0, countries: 0, most: Vec::new() };
    };
    let row = |((country, city), items): (&(String, String), &u64)| CityRow {
        city: city.clone(),
        country: country.clone(),
        items: *items,
    };
    let mut most: Vec<CityRow> = found.places.iter().map(row).collect();
    most.sort_by_key(|row| std::cmp::Reverse(row.items));
    most.truncate(ROWS);
    let countries: BTreeSet<&str> = found.places.keys().map(|(country, _)| country.as_str()).collect();
    PositionFacts { items: found.items, cities: found.places.len() as u64, countries: countries.len() as u64, most }
}

fn face_facts(groups: &FaceGroups, is_current: bool) -> FaceFacts {
    FaceFacts {
        model: groups.model.clone(),
        detector: groups.detector.clone(),
        pictures: groups.pictures,
        faces: groups.faces,
        groups: groups.groups,
        single: groups.single,
        largest: groups.largest,
        left_out: groups.left_out,
        unread: groups.unread,
        in_containers: groups.in_containers,
        is_current,
    }
}

fn series_facts(series: &Series) -> SeriesFacts {
    let iso = |day: Option<i32>| day.and_then(date_of).map(|date| date.to_string());
    SeriesFacts {
        pictures: series.pictures,
        different: series.different,
        of_people: series.of_people,
        of_people_different: series.of_people_different,
        pairs: series.pairs,
        sittings: series.sittings,
        in_sittings: series.in_sittings,
        devices: series.devices,
        by_devices: series.by_devices,
        most_used: series
            .most_used
            .iter()
            .map(|device| DeviceRow {
                id: device.id.clone(),
                items: device.items,
                days: device.days,
                first: iso(device.first_day),
                last: iso(device.last_day),
            })
            .collect(),
    }
}
