//! Pictures that belong together, gathered while the records pass by and counted at the end.

use super::disk::{Disk, Sorter};
use super::{mix, short};
use crate::model::{Class, DeviceSeries, Kind, PAIR_CUE, Record, Series};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// Devices that a report names.
const DEVICES: usize = 20;
/// Stands for a day that the metadata do not tell.
const NO_DAY: u64 = u64::MAX;

/// What is needed to count series, in bounded memory.
#[derive(Debug)]
pub(super) struct Gathered {
    /// Looks of pictures, and whether they show people.
    looks: Sorter,
    /// Persons' folders with the day, and the item.
    sittings: Sorter,
    /// Devices, and the day.
    devices: Sorter,
    counts: Series,
}

impl Gathered {
    pub(super) fn new(disk: &Rc<Disk>) -> Self {
        Self {
            looks: Sorter::small(disk),
            sittings: Sorter::small(disk).keeping_equals(),
            devices: Sorter::small(disk).keeping_equals(),
            counts: Series::default(),
        }
    }

    /// Notes one picture or video. `folder` is the person's folder that it lies in, 0 for none.
    pub(super) fn add(&mut self, record: &Record, folder: u64) {
        let Some(verdict) = &record.verdict else { return };
        let shows_people = matches!(verdict.class, Class::FacePhoto | Class::BodyPhoto);
        let is_video = verdict.class == Class::Video;
        let day = record.facts.created_day.map(i64::from);
        if let Some(look) = record.facts.image.as_ref().and_then(|image| image.look) {
            self.counts.pictures += 1;
            self.counts.of_people += u64::from(shows_people);
            self.looks.push([look, u64::from(shows_people)]);
        }
        self.counts.pairs += u64::from(verdict.reasons.iter().any(|reason| reason.cue == PAIR_CUE));
        if let Some(day) = day.filter(|_| folder != 0 && (shows_people || is_video)) {
            self.sittings.push([mix(folder, day.unsigned_abs()), 0]);
        }
        if record.facts.image.is_some() || is_video {
            let serials = record.findings.iter().filter(|finding| finding.kind == Kind::Device);
            let devices: BTreeSet<u64> = serials.map(|finding| short(finding.token)).collect();
            let day = day.and_then(|day| u64::try_from(day).ok()).unwrap_or(NO_DAY);
            self.devices.extend(devices.into_iter().map(|device| [device, day]));
        }
    }

    /// Counts what was gathered.
    pub(super) fn count(self) -> Series {
        let mut series = self.counts;
        self.looks.sorted().each_group(|_, shows_people| {
            series.different += 1;
            series.of_people_different += u64::from(shows_people.contains(&1));
        });
        self.sittings.sorted().each_group(|_, items| {
            if items.len() > 1 {
                series.sittings += 1;
                series.in_sittings += items.len() as u64;
            }
        });
        let mut most: BTreeMap<(u64, std::cmp::Reverse<u64>), DeviceSeries> = BTreeMap::new();
        self.devices.sorted().each_group(|device, days| {
            if days.len() > 1 {
                series.devices += 1;
                series.by_devices += days.len() as u64;
                most.insert((days.len() as u64, std::cmp::Reverse(device)), of_device(device, days));
                if most.len() > DEVICES {
                    most.pop_first();
                }
            }
        });
        series.most_used = most.into_values().rev().collect();
        series
    }
}

/// The series of one device from its days in order, one for each item.
fn of_device(device: u64, days: &[u64]) -> DeviceSeries {
    let known: BTreeSet<i32> = days.iter().filter_map(|day| i32::try_from(*day).ok()).collect();
    DeviceSeries {
        id: format!("{:012x}", device >> 16),
        items: days.len() as u64,
        days: known.len() as u64,
        first_day: known.first().copied(),
        last_day: known.last().copied(),
    }
}
