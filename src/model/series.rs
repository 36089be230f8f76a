//! Pictures that belong together: copies, shots of one device, sittings of one person.

use serde::{Deserialize, Serialize};

/// The cue of a verdict on a picture that shows two states of one subject.
pub const PAIR_CUE: &str = "two states side by side, like a before and after picture";

/// What the pictures and videos of a leak have to do with each other.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Series {
    /// Pictures that were looked at.
    pub pictures: u64,
    /// Different ones: copies that were scaled, recompressed or lit otherwise count once (equal gradient hash).
    pub different: u64,
    /// Face and body photos.
    pub of_people: u64,
    /// Different ones among them.
    pub of_people_different: u64,
    /// Pictures that show two states of one subject.
    pub pairs: u64,
    /// Sets of two face or body photos or videos and more that were taken on one day and lie in one person's folder.
    pub sittings: u64,
    /// Photos and videos in these.
    pub in_sittings: u64,
    /// Devices whose serial number is in the metadata of two pictures or videos at least.
    pub devices: u64,
    /// Pictures and videos of these devices.
    pub by_devices: u64,
    /// The devices with most pictures and videos.
    pub most_used: Vec<DeviceSeries>,
}

/// What one device took.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceSeries {
    /// Short form of its serial number's keyed token: the same device in every report of this case.
    pub id: String,
    /// Its pictures and videos.
    pub items: u64,
    /// Days on which they were taken, if their metadata say so.
    pub days: u64,
    /// First of these days, since 1970-01-01.
    pub first_day: Option<i32>,
    /// Last of these days.
    pub last_day: Option<i32>,
}
