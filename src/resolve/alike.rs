//! Which faces are alike enough to be one person's: a count of distinct subjects, from descriptions that are forgotten
//! with it.

use crate::model::{EMBEDDING, FaceEmbedding};
use zeroize::Zeroize;

/// Distance between a face and the mean of a group up to which it joins it. The network was taught 0.6 between two faces
/// of one person (dlib). Of 94 faces on the development photos 0.45 made 62 groups, 0.48 59 and 0.50 57; at each the
/// faces of ten people who are on several photos came together, and East Asian women were taken for one another.
pub const DISTANCE: f32 = 0.45;
/// Groups that are kept: 25 MiB.
const GROUPS: usize = 50_000;
/// Groups up to which every two are compared once more at the end.
const COMPARED: usize = 5_000;

/// Faces that are taken for one person's.
struct Group {
    mean: [f32; EMBEDDING],
    faces: u64,
}

impl Drop for Group {
    fn drop(&mut self) {
        self.mean.zeroize();
    }
}

/// Groups of alike faces, as they come. The order of the faces bears on the result.
#[derive(Default)]
pub struct Alike {
    groups: Vec<Group>,
    left_out: u64,
}

/// What grouping came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Grouping {
    /// Faces in groups.
    pub faces: u64,
    /// Groups.
    pub groups: u64,
    /// Groups of one face.
    pub single: u64,
    /// Faces of the largest.
    pub largest: u64,
    /// Faces that found no group when there was no room for another.
    pub left_out: u64,
}

impl std::fmt::Debug for Alike {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Alike({} groups)", self.groups.len())
    }
}

impl Alike {
    /// Takes a face into the group that it is nearest to, or makes one of its own.
    pub fn add(&mut self, face: &FaceEmbedding) {
        let Some(numbers) = face.numbers() else { return };
        let has_room = self.groups.len() < GROUPS;
        let near = self.groups.iter_mut().map(|group| (apart(&group.mean, numbers), group));
        match near.min_by(|a, b| a.0.total_cmp(&b.0)) {
            Some((distance, group)) if distance <= DISTANCE * DISTANCE => group.take(numbers, 1),
            _ if has_room => self.groups.push(Group { mean: *numbers, faces: 1 }),
            _ => self.left_out += 1,
        }
    }

    /// Joins groups that grew near each other, and counts.
    pub fn finish(mut self) -> Grouping {
        while let Some((one, other)) = self.nearest() {
            let group = self.groups.swap_remove(other);
            if let Some(one) = self.groups.get_mut(one) {
                one.take(&group.mean, group.faces);
            }
        }
        let sizes = || self.groups.iter().map(|group| group.faces);
        Grouping {
            faces: sizes().sum(),
            groups: self.groups.len() as u64,
            single: sizes().filter(|faces| *faces == 1).count() as u64,
            largest: sizes().max().unwrap_or(0),
            left_out: self.left_out,
        }
    }

    /// The two groups that are nearest to each other, the later one second, if they are near enough for one person.
    fn nearest(&self) -> Option<(usize, usize)> {
        if self.groups.len() > COMPARED {
            return None;
        }
        let pairs = self.groups.iter().enumerate().flat_map(|(at, group)| {
            let later = self.groups.iter().enumerate().skip(at + 1);
            later.map(move |(other, next)| (apart(&group.mean, &next.mean), at, other))
        });
        let (distance, one, other) = pairs.min_by(|a, b| a.0.total_cmp(&b.0))?;
        (distance <= DISTANCE * DISTANCE).then_some((one, other))
    }
}

impl Group {
    /// Moves the mean by as many faces with this mean.
    fn take(&mut self, numbers: &[f32; EMBEDDING], faces: u64) {
        let share = faces as f32 / (self.faces + faces) as f32;
        self.mean.iter_mut().zip(numbers).for_each(|(mean, number)| *mean += (number - *mean) * share);
        self.faces += faces;
    }
}

/// The square of the distance.
fn apart(one: &[f32; EMBEDDING], other: &[f32; EMBEDDING]) -> f32 {
    one.iter().zip(other).map(|(a, b)| (a - b) * (a - b)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A face of this person, off by as much.
    fn face(person: usize, off: f32) -> FaceEmbedding {
        let mut numbers = vec![0.0; EMBEDDING];
        numbers[person] = 1.0;
        numbers[100] = off;
        FaceEmbedding::new(numbers).expect("as many as there have to be")
    }

    fn grouped(faces: &[FaceEmbedding]) -> Grouping {
        let mut alike = Alike::default();
        for face in faces {
            alike.add(face);
        }
        alike.finish()
    }

    #[test]
    fn faces_of_one_person_are_one_group_and_of_two_are_two() {
        let faces = [face(0, 0.0), face(1, 0.1), face(0, 0.3), face(0, -0.2), face(1, 0.0), face(2, 0.0)];
        let expected = Grouping { faces: 6, groups: 3, single: 1, largest: 3, left_out: 0 };
        assert_eq!(grouped(&faces), expected);
        assert_eq!(grouped(&[]), Grouping::default());
    }

    #[test]
    fn groups_that_grew_together_are_joined_at_the_end() {
        // The first two are too far apart; those between bring their means near each other.
        let faces = [face(0, -0.3), face(0, 0.3), face(0, -0.1), face(0, 0.1), face(0, -0.05), face(0, 0.05)];
        assert_eq!(grouped(&faces[..2]).groups, 2);
        assert_eq!(grouped(&faces), Grouping { faces: 6, groups: 1, single: 0, largest: 6, left_out: 0 });
    }

    proptest! {
        #[test]
        fn every_face_is_in_a_group_and_far_people_stay_apart(people in prop::collection::vec(0_usize..90, 0..60)) {
            let faces: Vec<FaceEmbedding> = people.iter().map(|person| face(*person, 0.0)).collect();
            let mut different = people.clone();
            different.sort_unstable();
            different.dedup();
            let groups = grouped(&faces);
            prop_assert_eq!((groups.faces, groups.groups), (people.len() as u64, different.len() as u64));
        }
    }
}
