//! What a video is: always a video, and possibly a scan all round a head or body.
//!
//! Turntable and orbit recordings carry no mark of their own, so `scan_360` needs several cues together: one person in
//! most stills, a short take, a name or spherical mark that says so.

use super::picture::PictureClassifier;
use crate::model::{Class, Confidence, Facts, Frame, Locator, Media, Raster, Reason, Verdict};
use serde::{Deserialize, Serialize};

/// Words of names that speak of turning round, folded to lower case without accents.
const TURNING: &[&str] = &[
    "360",
    "scan",
    "orbit",
    "turntable",
    "rotation",
    "rotate",
    "rotating",
    "spin",
    "turn",
    "panorama",
    "drehung",
    "rundum",
    "giro",
    "girar",
    "rotacion",
    "rotazione",
    "tour",
    "volumetric",
    "3d",
];
/// Shortest and longest take of a scan in milliseconds.
const TAKE_MS: (u64, u64) = (3_000, 120_000);

/// What the stills of one video show, whatever it is called.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stills {
    /// Stills that were looked at.
    pub seen: u32,
    /// Those with a face.
    pub with_face: u32,
    /// Those that show a person, face or body.
    pub with_person: u32,
}

impl Stills {
    /// Looks at each.
    pub fn of(pictures: &mut PictureClassifier, rasters: &[Raster]) -> Self {
        let mut stills = Self::default();
        for raster in rasters.iter().filter(|raster| raster.frame == Frame::Still) {
            if let Some(seen) = pictures.look(raster) {
                stills.seen += 1;
                stills.with_face += u32::from(seen.faces.sure().count() > 0);
                stills.with_person += u32::from(seen.odds.face + seen.odds.body > 0.5);
            }
        }
        stills
    }
}

/// Names what a video is, from its facts, its stills and its name; notes how many of them have faces.
pub fn classify(stills: Stills, facts: &mut Facts, media: Media, name: &Locator) -> Verdict {
    let mut reasons = vec![Reason::new(format!("a video by its container ({})", media.title()), 1000)];
    let Stills { seen: stills, with_face, with_person } = stills;
    let video = facts.video_mut();
    (video.stills, video.stills_with_face) = (stills, with_face);
    if with_face > 0 {
        reasons.push(Reason::new(format!("a face in {with_face} of {stills} stills"), 400));
    }
    let mut score = 0;
    let mut cue = |holds: bool, weight: i32, words: &str| {
        if holds {
            score += weight;
            reasons.push(Reason::new(words, weight));
        }
    };
    cue(video.is_spherical, 500, "marked as spherical (360 degrees)");
    cue(says_turning(name), 400, "named like a recording all round a subject");
    cue(stills >= 3 && with_person * 4 >= stills * 3, 250, "a person in most stills");
    let is_take = video.duration_ms.is_some_and(|ms| (TAKE_MS.0..=TAKE_MS.1).contains(&ms));
    cue(is_take, 100, "as short as one take");
    // One cue alone is a holiday, a lecture or a name; two strong ones are worth a look.
    let is_scan = score >= 500;
    reasons.sort_by(|a, b| b.weight.cmp(&a.weight).then_with(|| a.cue.cmp(&b.cue)));
    Verdict {
        class: Class::Video,
        subclass: is_scan.then(|| "scan_360".to_owned()),
        confidence: Confidence::milli(990),
        reasons,
        runner_up: None,
    }
}

/// Whether a word of the name speaks of turning; `face360` is read as two words, and whole as well for `3d`.
fn says_turning(name: &Locator) -> bool {
    let folded = String::from_utf8_lossy(name.name()).to_lowercase();
    folded.split(|c: char| !c.is_alphanumeric()).any(|word| {
        let letters = word.split(|c: char| c.is_ascii_digit());
        let digits = word.split(|c: char| !c.is_ascii_digit());
        letters.chain(digits).chain([word]).any(|part| TURNING.contains(&part))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::VideoFacts;

    fn verdict(name: &str, video: VideoFacts) -> Verdict {
        let mut facts = Facts { video: Some(video), ..Facts::default() };
        classify(Stills::default(), &mut facts, Media::Mp4, &Locator::new(0, name))
    }

    #[test]
    fn a_scan_needs_more_than_one_cue() {
        let short = VideoFacts { duration_ms: Some(20_000), ..VideoFacts::default() };
        assert_eq!(verdict("v/orbit-6.mkv", short.clone()).subclass.as_deref(), Some("scan_360"));
        assert_eq!(verdict("v/face360.mp4", short.clone()).subclass.as_deref(), Some("scan_360"));
        assert_eq!(verdict("v/IMG_13604.mp4", short.clone()).subclass, None);
        assert_eq!(verdict("v/holiday.mp4", short).subclass, None);
        assert_eq!(verdict("v/orbit.mp4", VideoFacts::default()).subclass, None);
        let spherical = VideoFacts { is_spherical: true, ..VideoFacts::default() };
        assert_eq!(verdict("v/clip.mp4", spherical).subclass.as_deref(), Some("scan_360"));
    }
}
