//! Whether the media are de-identified.

use super::{grouped, share};
use crate::model::{Link, Material, People};
use crate::report::v1::{Deidentification, LinkRow};

pub(in crate::report) fn deidentification(people: &People) -> Deidentification {
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
