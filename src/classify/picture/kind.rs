//! What a picture is besides face or body: a document, a screen, a drawing, an x-ray, an identity paper, a small copy.

use super::features::Measured;
use super::{Glance, Odds, PictureError};
use crate::model::{ImageFacts, Locator, Media, PAIR_CUE, Raster, Reason};
use crate::rules::RuleFiles;
use serde::{Deserialize, Serialize};

/// The file of name cues.
const NAMES: &str = "classes/picture/names.toml";

/// Words of names, by what they say.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NameCues {
    screenshot: Vec<String>,
    logo: Vec<String>,
    scan: Vec<String>,
    xray: Vec<String>,
    identity: Vec<String>,
    thumbnail: Vec<String>,
    pair: Vec<String>,
    site: Vec<String>,
}

/// What the name of one picture says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Named {
    screenshot: bool,
    logo: bool,
    scan: bool,
    xray: bool,
    identity: bool,
    thumbnail: bool,
    pair: bool,
    /// A folder of the website's or program's own graphics.
    site: bool,
}

impl NameCues {
    pub(super) fn of(rules: &RuleFiles) -> Result<Self, PictureError> {
        let file = rules.get(NAMES).ok_or(PictureError::Missing(NAMES))?;
        toml::from_slice(file).map_err(|error| PictureError::Names(NAMES, error))
    }

    /// The file's own name and the folder it lies in; for a site's graphics, any folder.
    pub(super) fn cues(&self, name: &Locator) -> Named {
        let whole = name.members.last().unwrap_or(&name.key);
        let mut segments: Vec<&[u8]> = whole.rsplit(|byte| *byte == b'/').take(2).collect();
        segments.reverse();
        let own = folded(&String::from_utf8_lossy(&segments.join(&b'/')));
        let folders = whole.iter().rposition(|byte| *byte == b'/').and_then(|end| whole.get(..end));
        let folders = folded(&String::from_utf8_lossy(folders.unwrap_or_default()));
        let holds = |name: &str, words: &[String]| words.iter().any(|word| name.contains(&format!(" {word} ")));
        let says = |words: &[String]| holds(&own, words);
        Named {
            screenshot: says(&self.screenshot),
            logo: says(&self.logo),
            scan: says(&self.scan),
            xray: says(&self.xray),
            identity: says(&self.identity),
            thumbnail: says(&self.thumbnail),
            pair: says(&self.pair),
            site: holds(&folders, &self.site),
        }
    }
}

/// Lower case, accents dropped, runs of anything but letters as one space, a space at either end. A digit parts words.
fn folded(name: &str) -> String {
    use unicode_normalization::UnicodeNormalization as _;
    let mut out = String::from(" ");
    for c in name.nfd().filter(|c| !unicode_normalization::char::is_combining_mark(*c)).flat_map(char::to_lowercase) {
        if c.is_alphabetic() {
            out.push(c);
        } else if !out.ends_with(' ') {
            out.push(' ');
        }
    }
    out.push(' ');
    out
}

/// Factors on the odds of `other` by what stands around the pixels: camera data, a person's folder, a site's folder.
/// They are prior odds set by judgement, each far weaker than the shares of the development bucket (1 photo of a thing
/// among 57 in patients' folders, 5 of 6 outside), so that the pixels still decide.
const CAMERA: f64 = 0.5;
const SUBJECT_FOLDER: f64 = 0.35;
const SITE_FOLDER: f64 = 2.0;

/// What a picture is taken for, and how that weighs on face and body.
#[derive(Debug, Clone, Default)]
pub(super) struct Subject {
    pub(super) subclass: Option<String>,
    pub(super) reasons: Vec<Reason>,
    /// Factor on the odds of `other`.
    other: f64,
}

/// What the pixels say of the kind of picture.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Traits {
    /// Share of pixels without hue.
    grey: f32,
    /// Share of edges that lie between flat areas.
    flat: f32,
    /// Share of the commonest colour.
    top: f32,
    /// Fine detail.
    detail: f32,
    is_graphic: bool,
    is_paper: bool,
    is_xray: bool,
    is_card: bool,
    is_pair: bool,
}

impl Traits {
    pub(super) fn of(measured: &Measured, raster: &Raster) -> Self {
        Self {
            grey: measured.get("grey"),
            flat: measured.get("edge_flat"),
            top: measured.get("colour_top"),
            detail: measured.get("detail"),
            is_graphic: is_graphic(measured),
            is_paper: is_paper(measured),
            is_xray: is_xray(measured),
            is_card: is_card(raster),
            is_pair: is_pair(raster),
        }
    }
}

impl Subject {
    pub(super) fn of(
        image: &ImageFacts,
        glance: &Glance,
        media: Media,
        named: Named,
        is_in_subject_folder: bool,
    ) -> Self {
        let mut subject = Self { other: 1.0, ..Self::default() };
        let Traits { grey, is_graphic, is_paper, is_xray, is_card, is_pair, .. } = glance.traits;
        let longer = image.width.max(image.height);
        let is_device_grey = media == Media::Dicom && grey > 0.9;
        if is_device_grey || is_xray && !image.has_camera || named.xray && grey > 0.8 {
            subject.take("xray", "grey on black like an x-ray or scan of the body", 3.0);
        } else if is_paper && image.faces == 1 && image.face_share < 150 && (named.identity || is_card) {
            subject.take("identity_document", "a portrait beside text on a card", 2.0);
        } else if named.screenshot && !image.has_camera || is_screen(image, glance.traits, media) {
            subject.take("screenshot", "flat areas and sharp text, the size of a screen, no camera", 4.0);
        } else if is_paper {
            let factor = if image.faces == 0 { 3.0 } else { 1.2 };
            subject.take("document_scan", "pale, colourless and full of fine dark marks, like paper with text", factor);
        } else if is_graphic || named.logo && !image.has_camera {
            subject.take("logo", "few flat colours, like a logo or drawing", 2.5);
        } else if longer > 0 && longer <= 200 || named.thumbnail && longer <= 400 {
            subject.take("thumbnail", "no larger than a thumbnail", 1.0);
        }
        if named.scan && (is_paper || !image.has_camera) && subject.subclass.is_none() {
            subject.take("document_scan", "named as a scan", 2.0);
        }
        if image.has_camera {
            // Leaked photos with camera data are of subjects far more often than of things.
            subject.other *= CAMERA;
        }
        if is_in_subject_folder && subject.subclass.is_none() {
            // A scan or screen lies there as often as a photo does; a photo of a thing does not.
            subject.other *= SUBJECT_FOLDER;
            subject.reasons.push(Reason::new("in the folder of one person", 150));
        } else if named.site {
            subject.other *= SITE_FOLDER;
            subject.reasons.push(Reason::new("in a folder of a site's graphics", -150));
        }
        if named.pair || is_pair {
            subject.reasons.push(Reason::new(PAIR_CUE, 100));
        }
        subject
    }

    fn take(&mut self, subclass: &str, cue: &str, factor: f64) {
        self.subclass = Some(subclass.to_owned());
        self.reasons.push(Reason::new(cue, 250));
        self.other *= factor;
    }

    /// The odds with the weight of what else is known.
    pub(super) fn weigh(&self, odds: Odds) -> Odds {
        let other = odds.other * self.other;
        let sum = odds.face + odds.body + other;
        Odds { face: odds.face / sum, body: odds.body / sum, other: other / sum }
    }
}

/// Few colours, most of the area perfectly flat.
fn is_graphic(measured: &Measured) -> bool {
    measured.get("edge_flat") > 0.62 && measured.get("colour_top") > 0.35 && measured.get("colour_bins") < 60.0
}

/// Mostly one pale colour without hue, with fine dark detail.
fn is_paper(measured: &Measured) -> bool {
    let is_pale = measured.get("luma") > 120.0 && measured.get("saturation") < 0.22 && measured.get("skin") < 0.35;
    is_pale
        && measured.get("detail") > 3.0
        && measured.get("colour_top") > 0.18
        && measured.get("blue") + measured.get("green") < 0.25
        && measured.get("detail") > measured.get("structure") * 0.45
}

/// Without hue, a dark surround, soft shades.
fn is_xray(measured: &Measured) -> bool {
    measured.get("grey") > 0.97
        && measured.get("black") > 0.12
        && measured.get("white") < 0.12
        && measured.get("detail") < 9.0
        && measured.get("face_score") < 0.5
}

/// Sizes of screens in pixels, upright: phones, tablets, monitors. Any of these with flat areas and no camera.
fn is_screen(image: &ImageFacts, traits: Traits, media: Media) -> bool {
    const SIDES: &[(u32, u32)] = &[
        (640, 1136),
        (750, 1334),
        (1080, 1920),
        (1125, 2436),
        (828, 1792),
        (1170, 2532),
        (1179, 2556),
        (1242, 2208),
        (1242, 2688),
        (1284, 2778),
        (1290, 2796),
        (720, 1280),
        (1080, 2340),
        (1080, 2400),
        (1440, 2560),
        (1440, 3040),
        (1440, 3200),
        (1536, 2048),
        (1668, 2388),
        (2048, 2732),
        (768, 1024),
        (800, 1280),
        (768, 1366),
        (900, 1440),
        (900, 1600),
        (1050, 1680),
        (1200, 1920),
        (1600, 2560),
        (1800, 2880),
        (2160, 3840),
    ];
    let sides = (image.width.min(image.height), image.width.max(image.height));
    let is_flat = traits.flat > 0.45 && traits.top > 0.2;
    !image.has_camera
        && is_flat
        && (SIDES.contains(&sides) || media == Media::Png && traits.flat > 0.55 && traits.detail > 4.0)
}

/// The shape of an ID-1 card (85.6 by 54 mm) or of a passport's page (125 by 88 mm), either way up.
fn is_card(raster: &Raster) -> bool {
    let (short, long) = (raster.width.min(raster.height), raster.width.max(raster.height));
    let aspect = f64::from(long) / f64::from(short.max(1));
    (1.36..1.5).contains(&aspect) || (1.53..1.65).contains(&aspect)
}

/// A straight seam in the middle column or row, much stronger than the columns or rows beside it.
fn is_pair(raster: &Raster) -> bool {
    let (width, height) = (raster.width as usize, raster.height as usize);
    if width < 64 || height < 64 {
        return false;
    }
    let at = |x: usize, y: usize| raster.rgb.get((y * width + x) * 3 + 1).map_or(0, |value| i32::from(*value));
    let column = |x: usize| (0..height).map(|y| (at(x, y) - at(x - 1, y)).abs()).sum::<i32>() as f64 / height as f64;
    let row = |y: usize| (0..width).map(|x| (at(x, y) - at(x, y - 1)).abs()).sum::<i32>() as f64 / width as f64;
    let seam = |length: usize, strength: &dyn Fn(usize) -> f64| {
        let middle = (length / 2).saturating_sub(2)..=length / 2 + 2;
        let peak = middle.map(strength).fold(0.0, f64::max);
        let around: f64 =
            (1..8).map(|step| (strength(length / 2 - 4 - step) + strength(length / 2 + 4 + step)) / 14.0).sum();
        peak > 22.0 && peak > 4.0 * around.max(1.0)
    };
    seam(width, &column) || seam(height, &row)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Frame;

    #[test]
    fn names_are_read_by_whole_words_in_several_languages() {
        let cues = NameCues::of(&RuleFiles::embedded()).expect("embedded");
        let says = |name: &str| cues.cues(&Locator::new(0, name));
        assert!(says("x/Screenshot_2020-01-02.png").screenshot);
        assert!(says("Capture d’écran 2019.png").screenshot);
        assert!(says("site/img/logo.gif").logo);
        assert!(says("avant-après_03.jpg").pair);
        assert_eq!(says("photos/scandinavia.jpg"), Named::default());
        assert!(says("web/public/2019/11/a.jpg").site && !says("web/2019/public.jpg").site);
    }

    #[test]
    fn a_close_call_in_a_persons_folder_is_no_thing_and_a_scan_there_stays_one() {
        let weighed = |is_in_subject_folder: bool, name: &str| {
            let rgb = (0..60 * 60 * 3_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
            let raster = Raster { frame: Frame::Picture, width: 60, height: 60, rgb };
            let canvas = super::super::Canvas::of(&raster).expect("a canvas");
            let measured = super::super::measure(&canvas, &super::super::Faces::default());
            let odds = Odds { face: 0.1, body: 0.4, other: 0.5 };
            let traits = Traits::of(&measured, &raster);
            let (skin, blob) = (measured.skin, measured.blob);
            let glance = Glance { faces: 0, largest: None, skin, blob, look: None, odds, traits };
            let named = NameCues::of(&RuleFiles::embedded()).expect("embedded").cues(&Locator::new(0, name));
            let facts = ImageFacts { width: 600, height: 600, ..ImageFacts::default() };
            Subject::of(&facts, &glance, Media::Jpeg, named, is_in_subject_folder).weigh(odds)
        };
        let (outside, inside) = (weighed(false, "x/1.jpg"), weighed(true, "x/1.jpg"));
        assert!(outside.other > outside.body && inside.body > inside.other, "{outside:?} {inside:?}");
        assert!(weighed(true, "x/scan.jpg").other > weighed(false, "x/1.jpg").other);
    }

    #[test]
    fn a_seam_in_the_middle_is_a_pair_and_a_gradient_is_not() {
        let make = |shade: fn(u32) -> u8| Raster {
            frame: Frame::Picture,
            width: 200,
            height: 100,
            rgb: (0..100).flat_map(|_| (0..200).flat_map(move |x| [shade(x); 3])).collect(),
        };
        assert!(is_pair(&make(|x| if x < 100 { 80 } else { 160 })));
        assert!(!is_pair(&make(|x| x as u8)));
    }
}
