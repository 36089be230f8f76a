//! Affine transforms of the plane as the PDF format writes them: `[a b c d e f]`.

/// A transform: `x' = a x + c y + e`, `y' = b x + d y + f`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Transform(pub(super) [f64; 6]);

impl Transform {
    /// No change.
    pub(super) const IDENTITY: Self = Self([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);

    /// This transform first, then the other.
    pub(super) fn then(self, Self([g, h, i, j, k, l]): Self) -> Self {
        let [a, b, c, d, e, f] = self.0;
        Self([a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + l])
    }

    /// A move in the coordinates before this transform.
    pub(super) fn moved(self, x: f64, y: f64) -> Self {
        let [a, b, c, d, e, f] = self.0;
        Self([a, b, c, d, a * x + c * y + e, b * x + d * y + f])
    }

    /// A point.
    pub(super) fn apply(self, x: f64, y: f64) -> (f64, f64) {
        let [a, b, c, d, e, f] = self.0;
        (a * x + c * y + e, b * x + d * y + f)
    }

    /// The upright box around a box: left, bottom, right, top.
    pub(super) fn bounds(self, [left, bottom, right, top]: [f64; 4]) -> [f64; 4] {
        let corners = [(left, bottom), (right, bottom), (left, top), (right, top)].map(|(x, y)| self.apply(x, y));
        corners.iter().fold([f64::MAX, f64::MAX, f64::MIN, f64::MIN], |[l, b, r, t], (x, y)| {
            [l.min(*x), b.min(*y), r.max(*x), t.max(*y)]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_counts() {
        let scale = Transform([2.0, 0.0, 0.0, 2.0, 0.0, 0.0]);
        let shift = Transform([1.0, 0.0, 0.0, 1.0, 5.0, 0.0]);
        assert_eq!(scale.then(shift).apply(1.0, 1.0), (7.0, 2.0));
        assert_eq!(shift.then(scale).apply(1.0, 1.0), (12.0, 2.0));
        assert_eq!(scale.moved(5.0, 0.0).apply(1.0, 1.0), (12.0, 2.0));
    }
}
