//! The catalogue of items.

use crate::report::About;
use crate::report::v1::{CatalogueRow, ItemsSection, KindCount, MaskRow};
use crate::tally::{CatalogueItem, KEPT_OF_EACH, Tally};

pub(super) fn items(tally: &Tally, about: &About) -> ItemsSection {
    let total = tally.total();
    ItemsSection {
        total: total.files + total.members,
        kept_of_each: KEPT_OF_EACH as u64,
        rows: tally.catalogue.items().into_iter().map(|item| row(item, about)).collect(),
    }
}

fn row(item: &CatalogueItem, about: &About) -> CatalogueRow {
    CatalogueRow {
        item: item.id.clone(),
        path: about.path_of(&item.locator),
        class: item.class.map_or("unclassified", |class| class.name()).to_owned(),
        media: item.media.title().to_owned(),
        bytes: item.size,
        is_member: item.locator.depth() > 0,
        outcome: item.outcome.name().to_owned(),
        faults: item.faults.iter().map(|code| code.name().to_owned()).collect(),
        kinds: item
            .kinds
            .iter()
            .map(|(kind, count)| KindCount { kind: kind.name().to_owned(), count: *count })
            .collect(),
        masks: item
            .masks
            .iter()
            .map(|(kind, mask)| MaskRow { kind: kind.name().to_owned(), mask: mask.clone() })
            .collect(),
        controller: item.controller.map_or_else(|| "none".to_owned(), |token| token.shown()),
        year: item.year,
    }
}
