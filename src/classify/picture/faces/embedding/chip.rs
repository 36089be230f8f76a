//! The picture of one face as the network was taught it: upright, of fixed size, eyes, nose and mouth in their places.

use super::super::super::canvas::Canvas;
use super::super::network::Planes;

/// Side of the cut-out in pixels, as the network was trained.
pub(super) const SIDE: usize = 150;

/// Where right eye, left eye, tip of the nose, right and left corner of the mouth lie, in shares of the side: the eyes
/// of dlib's mean face with its margin of a quarter, the rest of an upright face with these eyes.
const PLACES: [(f32, f32); 5] = [(0.3182, 0.3141), (0.6685, 0.3141), (0.4934, 0.50), (0.365, 0.70), (0.625, 0.70)];

/// Mean of red, green and blue in the network's training, and what values are divided by (dlib, `input_rgb_image`).
const MEANS: [f32; 3] = [122.782, 117.001, 104.298];
const RANGE: f32 = 256.0;

/// Cuts the face with these marks (in pixels) out, turned and scaled by the similarity that brings its marks nearest to
/// [`PLACES`] (S. Umeyama, 1991, in the plane). `None` for marks that lie on one point.
pub(super) fn cut(picture: &Canvas, marks: &[(f32, f32); 5]) -> Option<Planes> {
    let places = PLACES.map(|(x, y)| (x * SIDE as f32, y * SIDE as f32));
    let (mut along, mut across) = similarity(&places, marks)?;
    let scale = along.hypot(across);
    let (from, mut centre) = (mean(&places), mean(marks));
    // A large face is scaled down first, so that no pixel of it is skipped.
    let reduced = (scale > 1.0).then(|| {
        let side = |length: usize| ((length as f32 / scale).round() as usize).max(1);
        picture.scaled(side(picture.width), side(picture.height))
    });
    if let Some(small) = &reduced {
        let by = (small.width as f32 / picture.width as f32, small.height as f32 / picture.height as f32);
        centre = (centre.0 * by.0, centre.1 * by.1);
        (along, across) = (along / scale, across / scale);
    }
    let source = reduced.as_ref().unwrap_or(picture);
    let mut values = vec![0.0; 3 * SIDE * SIDE];
    for (index, (y, x)) in (0..SIDE).flat_map(|y| (0..SIDE).map(move |x| (y, x))).enumerate() {
        let (dx, dy) = (x as f32 - from.0, y as f32 - from.1);
        let at = (along * dx - across * dy + centre.0, across * dx + along * dy + centre.1);
        let colour = sample(source, at);
        for ((plane, value), mean) in values.chunks_exact_mut(SIDE * SIDE).zip(colour).zip(MEANS) {
            if let Some(target) = plane.get_mut(index) {
                *target = (value - mean) / RANGE;
            }
        }
    }
    Some(Planes { channels: 3, width: SIDE, height: SIDE, values })
}

fn mean(points: &[(f32, f32); 5]) -> (f32, f32) {
    let sum = points.iter().fold((0.0, 0.0), |sum, point| (sum.0 + point.0, sum.1 + point.1));
    (sum.0 / 5.0, sum.1 / 5.0)
}

/// Scaled cosine and sine of the turn that brings `from` nearest to `to`, both taken from their means.
fn similarity(from: &[(f32, f32); 5], to: &[(f32, f32); 5]) -> Option<(f32, f32)> {
    let (from_mean, to_mean) = (mean(from), mean(to));
    let (mut along, mut across, mut spread) = (0.0, 0.0, 0.0);
    for (a, b) in from.iter().zip(to) {
        let (ax, ay, bx, by) = (a.0 - from_mean.0, a.1 - from_mean.1, b.0 - to_mean.0, b.1 - to_mean.1);
        along += ax * bx + ay * by;
        across += ax * by - ay * bx;
        spread += ax * ax + ay * ay;
    }
    let found = (along / spread, across / spread);
    (found.0.hypot(found.1) > 1e-3).then_some(found)
}

/// The colour between four pixels; black outside.
fn sample(picture: &Canvas, (x, y): (f32, f32)) -> [f32; 3] {
    let (left, top) = (x.floor(), y.floor());
    let (right_share, lower_share) = (x - left, y - top);
    let mut sum = [0.0; 3];
    for (row, row_share) in [(top, 1.0 - lower_share), (top + 1.0, lower_share)] {
        for (column, column_share) in [(left, 1.0 - right_share), (left + 1.0, right_share)] {
            let pixel = pixel(picture, column, row);
            for (sum, value) in sum.iter_mut().zip(pixel) {
                *sum += value * row_share * column_share;
            }
        }
    }
    sum
}

fn pixel(picture: &Canvas, column: f32, row: f32) -> [f32; 3] {
    let is_within = column >= 0.0 && row >= 0.0 && column < picture.width as f32 && row < picture.height as f32;
    let start = if is_within { (row as usize * picture.width + column as usize) * 3 } else { usize::MAX };
    let rgb = picture.samples.get(start..).and_then(<[u8]>::first_chunk::<3>);
    rgb.copied().unwrap_or_default().map(f32::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A picture whose red grows to the right and whose green grows downwards.
    fn ramp(side: usize) -> Canvas {
        let rgb = (0..side * side).flat_map(|n| [(n % side) as u8, (n / side) as u8, 9]);
        Canvas { width: side, height: side, channels: 3, samples: rgb.collect() }
    }

    fn red_and_green(planes: &Planes, x: usize, y: usize) -> (f32, f32) {
        let value = |plane: usize| {
            let value = planes.values.get(plane * SIDE * SIDE + y * SIDE + x).expect("within");
            value * RANGE + MEANS[plane]
        };
        (value(0), value(1))
    }

    #[test]
    fn a_face_in_its_place_is_cut_as_it_is() {
        let marks = PLACES.map(|(x, y)| (x * SIDE as f32 + 20.0, y * SIDE as f32 + 30.0));
        let chip = cut(&ramp(200), &marks).expect("cut");
        let (red, green) = red_and_green(&chip, 40, 60);
        assert!((red - 60.0).abs() < 0.1 && (green - 90.0).abs() < 0.1, "{red} {green}");
    }

    #[test]
    fn a_turned_face_stands_upright_and_marks_on_one_point_are_none() {
        // Turned by a quarter: up is right.
        let marks = PLACES.map(|(x, y)| ((1.0 - y) * SIDE as f32, x * SIDE as f32));
        let chip = cut(&ramp(150), &marks).expect("cut");
        let (red, green) = red_and_green(&chip, 30, 10);
        assert!((red - 140.0).abs() < 1.0 && (green - 30.0).abs() < 1.0, "{red} {green}");
        assert!(cut(&ramp(150), &[(5.0, 5.0); 5]).is_none());
        // Nothing is beyond the picture.
        let far = PLACES.map(|(x, y)| (x * 150.0 + 9000.0, y * 150.0));
        let chip = cut(&ramp(150), &far).expect("cut");
        assert!(red_and_green(&chip, 75, 75).0.abs() < 0.01);
    }

    #[test]
    fn a_large_face_is_scaled_down() {
        let marks = PLACES.map(|(x, y)| (x * 250.0, y * 250.0));
        let chip = cut(&ramp(250), &marks).expect("cut");
        let (red, green) = red_and_green(&chip, 75, 75);
        assert!((red - 125.0).abs() < 2.0 && (green - 125.0).abs() < 2.0, "{red} {green}");
    }
}
