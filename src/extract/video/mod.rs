//! Placeholder.
/// Stills.
pub mod stills {
    use crate::limits::Content;
    use crate::model::{Fault, Raster};
    use std::time::Duration;
    /// x
    /// # Errors
    /// x
    pub fn with_ffmpeg(_: &Content, _: usize, _: Duration) -> Result<Vec<Raster>, Fault> {
        Ok(vec![])
    }
}
