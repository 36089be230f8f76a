//! Pictures drawn by rule: a shaded head, a skin-coloured limb, a landscape, a logo. Nobody real is in them.

use image::{Rgb, RgbImage};

/// A small deterministic noise, so that drawings have the grain that photos have.
fn grain(x: u32, y: u32, seed: u32) -> f32 {
    let mut n =
        x.wrapping_mul(374_761_393).wrapping_add(y.wrapping_mul(668_265_263)).wrapping_add(seed.wrapping_mul(69_069));
    n = (n ^ (n >> 13)).wrapping_mul(1_274_126_177);
    ((n ^ (n >> 16)) & 0xff) as f32 / 255.0 - 0.5
}

/// 1 inside an ellipse, falling to 0 over `soft` of its radius outside.
fn ellipse(x: f32, y: f32, cx: f32, cy: f32, rx: f32, ry: f32, soft: f32) -> f32 {
    let d = (((x - cx) / rx).powi(2) + ((y - cy) / ry).powi(2)).sqrt();
    (1.0 - (d - 1.0) / soft).clamp(0.0, 1.0)
}

fn mix(a: [f32; 3], b: [f32; 3], t: f32) -> [f32; 3] {
    [0, 1, 2].map(|n| a[n] + (b[n] - a[n]) * t)
}

fn paint(width: u32, height: u32, seed: u32, colour: impl Fn(f32, f32) -> [f32; 3]) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let (fx, fy) = (x as f32 / width as f32, y as f32 / height as f32);
        let base = colour(fx, fy);
        let noise = grain(x, y, seed) * 8.0;
        Rgb(base.map(|c| (c + noise).clamp(0.0, 255.0) as u8))
    })
}

/// A frontal head under soft light. `tone` 0 to 1 goes from light to dark skin.
pub(crate) fn face(width: u32, height: u32, tone: f32, seed: u32) -> RgbImage {
    let skin = mix([226.0, 178.0, 152.0], [112.0, 74.0, 56.0], tone);
    let dark = skin.map(|c| c * 0.35);
    let hair = [38.0, 28.0, 24.0];
    let (w, h) = (width as f32, height as f32);
    paint(width, height, seed, |fx, fy| {
        // Coordinates in head units: 0,0 in the middle of the face, 1 = half its height.
        let scale = 0.36 * h.min(w * 1.2);
        let (x, y) = ((fx * w - 0.5 * w) / scale, (fy * h - 0.50 * h) / scale);
        let mut c = mix([120.0, 138.0, 150.0], [176.0, 188.0, 194.0], fy);
        // Shoulders, neck, hair.
        c = mix(c, [70.0, 84.0, 120.0], ellipse(x, y, 0.0, 1.95, 1.35, 0.75, 0.06));
        c = mix(c, skin.map(|v| v * 0.78), ellipse(x, y, 0.0, 1.05, 0.34, 0.5, 0.1));
        c = mix(c, hair, ellipse(x, y, 0.0, -0.22, 0.86, 0.98, 0.05));
        // The face, lit from the upper left.
        let head = ellipse(x, y, 0.0, 0.05, 0.72, 0.98, 0.05);
        let light = 1.0 - 0.20 * (x * 0.9 + 0.25).powi(2) - 0.10 * (y - 0.1).powi(2) - 0.08 * x;
        c = mix(c, skin.map(|v| v * light), head);
        c = mix(c, hair, head * ellipse(x, y, 0.0, -0.92, 0.62, 0.34, 0.2));
        // Eye sockets, brows, eyes.
        for side in [-1.0_f32, 1.0] {
            let ex = 0.30 * side;
            c = mix(c, skin.map(|v| v * 0.66), 0.75 * ellipse(x, y, ex, -0.14, 0.23, 0.15, 0.6));
            c = mix(c, hair, 0.85 * ellipse(x, y, ex + 0.015 * side, -0.32, 0.21, 0.035, 0.7));
            c = mix(c, [232.0, 228.0, 222.0], 0.9 * ellipse(x, y, ex, -0.13, 0.135, 0.058, 0.25));
            c = mix(c, [60.0, 44.0, 34.0], ellipse(x, y, ex, -0.13, 0.062, 0.064, 0.2));
            c = mix(c, [14.0, 12.0, 12.0], ellipse(x, y, ex, -0.13, 0.03, 0.032, 0.3));
            c = mix(c, dark, 0.8 * ellipse(x, y, ex, -0.185, 0.15, 0.018, 0.8));
            c = mix(c, skin.map(|v| (v * 1.08).min(255.0)), 0.5 * ellipse(x, y, 0.40 * side, 0.22, 0.16, 0.14, 0.9));
            c = mix(c, dark, 0.55 * ellipse(x, y, 0.075 * side, 0.275, 0.035, 0.02, 0.8));
            c = mix(c, skin.map(|v| v * 0.8), 0.5 * ellipse(x, y, 0.13 * side, 0.22, 0.05, 0.10, 0.8));
        }
        // Nose ridge, its shade, mouth, chin.
        c = mix(c, skin.map(|v| (v * 1.12).min(255.0)), 0.6 * ellipse(x, y, -0.01, 0.06, 0.045, 0.24, 0.8));
        c = mix(c, skin.map(|v| v * 0.72), 0.6 * ellipse(x, y, 0.0, 0.31, 0.15, 0.035, 0.9));
        c = mix(
            c,
            [166.0 - 70.0 * tone, 84.0 - 30.0 * tone, 84.0 - 30.0 * tone],
            0.9 * ellipse(x, y, 0.0, 0.53, 0.25, 0.075, 0.3),
        );
        c = mix(c, [84.0, 36.0, 36.0], 0.9 * ellipse(x, y, 0.0, 0.52, 0.235, 0.014, 0.6));
        mix(c, skin.map(|v| v * 0.76), 0.5 * ellipse(x, y, 0.0, 0.67, 0.16, 0.03, 0.9))
    })
}

/// A bent limb on a plain cloth: skin that touches two borders of the frame.
pub(crate) fn limb(width: u32, height: u32, tone: f32, seed: u32) -> RgbImage {
    let skin = mix([222.0, 172.0, 146.0], [118.0, 78.0, 58.0], tone);
    paint(width, height, seed, |x, y| {
        let cloth = mix([86.0, 120.0, 140.0], [66.0, 98.0, 120.0], y);
        let axis = 0.52 + 0.10 * (y * 2.6).sin();
        let half = 0.21 + 0.05 * (y * 3.0 + 0.6).cos();
        let d = ((x - axis) / half).abs();
        let inside = (1.0 - (d - 1.0) / 0.05).clamp(0.0, 1.0);
        let light = 1.02 - 0.34 * d.min(1.0).powi(2) - 0.10 * (x - axis) / half;
        let spot = 0.35 * ellipse(x, y, axis + 0.05, 0.42, 0.05, 0.035, 0.7);
        mix(cloth, mix(skin.map(|v| v * light), [150.0, 70.0, 62.0], spot), inside)
    })
}

/// Sky, hills and a field.
pub(crate) fn landscape(width: u32, height: u32, seed: u32) -> RgbImage {
    paint(width, height, seed, |x, y| {
        let ridge = 0.45 + 0.07 * (x * 9.0).sin() + 0.03 * (x * 23.0).cos();
        if y < ridge {
            mix([96.0, 150.0, 214.0], [190.0, 214.0, 236.0], y / ridge)
        } else {
            mix([66.0, 118.0, 58.0], [112.0, 140.0, 70.0], (y - ridge) / (1.0 - ridge) + 0.1 * (x * 60.0).sin())
        }
    })
}

/// A flat sign of three colours.
pub(crate) fn logo(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let (fx, fy) = (x as f32 / width as f32 - 0.5, y as f32 / height as f32 - 0.5);
        let r = (fx * fx + fy * fy).sqrt();
        Rgb(if r < 0.18 {
            [255, 255, 255]
        } else if r < 0.34 {
            [0, 92, 120]
        } else {
            [250, 250, 248]
        })
    })
}
