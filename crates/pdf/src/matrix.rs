//! Where things stand on a page (ISO 32000-1, 8.3.3).

use crate::object::Object;

/// `[a b c d e f]`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Matrix(pub(crate) [f64; 6]);

impl Matrix {
    pub(crate) const ONE: Self = Self([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);

    pub(crate) fn moved(x: f64, y: f64) -> Self {
        Self([1.0, 0.0, 0.0, 1.0, x, y])
    }

    /// Six numbers; `None` where they are not.
    pub(crate) fn read(numbers: &[Object]) -> Option<Self> {
        let mut matrix = [0.0; 6];
        for (to, from) in matrix.iter_mut().zip(numbers) {
            *to = from.number()?;
        }
        (numbers.len() == 6).then_some(Self(matrix))
    }

    /// First this one, then `next`.
    pub(crate) fn then(self, next: Self) -> Self {
        let Self([a, b, c, d, e, f]) = self;
        let Self([u, v, w, x, y, z]) = next;
        Self([
            a * u + b * w,
            a * v + b * x,
            c * u + d * w,
            c * v + d * x,
            e * u + f * w + y,
            e * v + f * x + z,
        ])
    }

    /// Where a point of the line is.
    pub(crate) fn at(self, x: f64) -> (f64, f64) {
        let Self([a, b, _, _, e, f]) = self;
        (a * x + e, b * x + f)
    }
}
