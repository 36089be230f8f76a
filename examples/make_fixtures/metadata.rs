//! EXIF, written by hand: a little-endian TIFF block with the tags that cameras and clinics fill.

/// What goes into the block.
#[derive(Default, Clone, Copy)]
pub(crate) struct Exif<'a> {
    pub(crate) make: &'a str,
    pub(crate) model: &'a str,
    pub(crate) artist: &'a str,
    pub(crate) description: &'a str,
    pub(crate) date: &'a str,
    /// Degrees, WGS 84.
    pub(crate) position: Option<(f64, f64)>,
    pub(crate) serial: &'a str,
}

struct Ifd {
    entries: Vec<(u16, u16, u32, Vec<u8>)>,
}

impl Ifd {
    fn ascii(&mut self, tag: u16, text: &str) {
        if !text.is_empty() {
            let mut bytes = text.as_bytes().to_vec();
            bytes.push(0);
            self.entries.push((tag, 2, bytes.len() as u32, bytes));
        }
    }

    fn write(&self, at: u32) -> Vec<u8> {
        let mut out = (self.entries.len() as u16).to_le_bytes().to_vec();
        let mut data = Vec::new();
        let data_at = at + 2 + 12 * self.entries.len() as u32 + 4;
        for (tag, kind, count, bytes) in &self.entries {
            out.extend_from_slice(&tag.to_le_bytes());
            out.extend_from_slice(&kind.to_le_bytes());
            out.extend_from_slice(&count.to_le_bytes());
            if bytes.len() <= 4 {
                let mut inline = bytes.clone();
                inline.resize(4, 0);
                out.extend_from_slice(&inline);
            } else {
                out.extend_from_slice(&(data_at + data.len() as u32).to_le_bytes());
                data.extend_from_slice(bytes);
                if data.len() % 2 == 1 {
                    data.push(0);
                }
            }
        }
        out.extend_from_slice(&[0; 4]);
        out.extend_from_slice(&data);
        out
    }
}

fn rationals(values: &[(u32, u32)]) -> Vec<u8> {
    values.iter().flat_map(|(n, d)| [n.to_le_bytes(), d.to_le_bytes()]).flatten().collect()
}

fn degrees(value: f64) -> Vec<u8> {
    let value = value.abs();
    let minutes = value.fract() * 60.0;
    let seconds = (minutes.fract() * 60.0 * 100.0).round() as u32;
    rationals(&[(value as u32, 1), (minutes as u32, 1), (seconds, 100)])
}

impl Exif<'_> {
    /// The TIFF block.
    pub(crate) fn block(&self) -> Vec<u8> {
        let mut main = Ifd { entries: Vec::new() };
        main.ascii(0x010e, self.description);
        main.ascii(0x010f, self.make);
        main.ascii(0x0110, self.model);
        main.ascii(0x0132, self.date);
        main.ascii(0x013b, self.artist);
        let mut exif = Ifd { entries: Vec::new() };
        exif.ascii(0x9003, self.date);
        exif.ascii(0xa431, self.serial);
        let mut gps = Ifd { entries: Vec::new() };
        if let Some((lat, lon)) = self.position {
            gps.ascii(1, if lat < 0.0 { "S" } else { "N" });
            gps.entries.push((2, 5, 3, degrees(lat)));
            gps.ascii(3, if lon < 0.0 { "W" } else { "E" });
            gps.entries.push((4, 5, 3, degrees(lon)));
        }
        // The pointers' values do not change the length, so the block is laid out twice.
        for (tag, ifd) in [(0x8769_u16, &exif), (0x8825, &gps)] {
            if !ifd.entries.is_empty() {
                main.entries.push((tag, 4, 1, vec![0; 4]));
            }
        }
        let exif_at = 8 + main.write(8).len() as u32;
        let exif_bytes = if exif.entries.is_empty() { Vec::new() } else { exif.write(exif_at) };
        let gps_at = exif_at + exif_bytes.len() as u32;
        for entry in &mut main.entries {
            match entry.0 {
                0x8769 => entry.3 = exif_at.to_le_bytes().to_vec(),
                0x8825 => entry.3 = gps_at.to_le_bytes().to_vec(),
                _ => {}
            }
        }
        let mut out = b"II*\0\x08\0\0\0".to_vec();
        out.extend_from_slice(&main.write(8));
        out.extend_from_slice(&exif_bytes);
        if !gps.entries.is_empty() {
            out.extend_from_slice(&gps.write(gps_at));
        }
        out
    }

    /// A JPEG with the block as its first segment.
    pub(crate) fn into_jpeg(self, jpeg: &[u8]) -> Vec<u8> {
        let block = self.block();
        let mut out = vec![0xff, 0xd8, 0xff, 0xe1];
        out.extend_from_slice(&((block.len() + 8) as u16).to_be_bytes());
        out.extend_from_slice(b"Exif\0\0");
        out.extend_from_slice(&block);
        out.extend_from_slice(&jpeg[2..]);
        out
    }
}
