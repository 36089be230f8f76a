//! What was examined, and what was not.

use super::{EXAMPLES, ROWS, most_first, name_count, share};
use crate::model::{Effect, Media, Outcome, TextState};
use crate::report::About;
use crate::report::v1::{Coverage, DuplicateRow, FaultRow, ItemRow, MediaRow, MismatchRow, NameCount, OutcomeRow};
use crate::tally::{Count, Sample, Tally};

pub(super) fn coverage(tally: &Tally, about: &About) -> Coverage {
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
        is_complete: about.is_complete,
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

pub(super) fn media(tally: &Tally) -> Vec<MediaRow> {
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
