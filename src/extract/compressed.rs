//! Single compressed files: gzip, bzip2, xz, lzma, Zstandard. Each holds one member, named after the file without its
//! suffix; a tar within goes on as that member.

use super::Reading;
use super::archive::hand_over;
use super::inflate::inflate;
use crate::limits::guard;
use crate::model::{Code, Fault, Locator, Media, Sink, Stage};
use std::io::{BufReader, Read};

/// Memory that a decompressor's dictionary may take, in KiB: xz -9 needs 65 MiB, the format allows 4 GiB.
const DICTIONARY_KIB: u32 = 256 << 10;
/// Window of a Zstandard frame: what `zstd --long` writes by default (RFC 8878 3.1.1.1.2 recommends 8 MiB at least).
const WINDOW: u64 = 128 << 20;

/// Reads a compressed file.
///
/// # Errors
/// [`Code::Unreadable`] where nothing comes out, the bounds; what came out before stays.
pub(super) fn read(reading: &Reading<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
    let packed = reading.content.size();
    let inflated = guard(Stage::Extract, || {
        let mut source = decoder(reading)?;
        Some(inflate(&mut source, packed, reading.budget))
    })?
    .ok_or(Fault::extract(Code::Unreadable))?;
    if inflated.bytes.is_empty() && inflated.fault.is_some() {
        return Err(Fault::extract(Code::Unreadable));
    }
    let fault = inflated.fault;
    hand_over(&inner_name(reading.locator), inflated.bytes, fault, reading, sink)?;
    fault.filter(|fault| fault.code != Code::TooLarge).map_or(Ok(()), Err)
}

fn decoder<'r>(reading: &Reading<'r>) -> Option<Box<dyn Read + 'r>> {
    let source = BufReader::with_capacity(64 << 10, reading.content.reader());
    Some(match reading.media {
        Media::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(source)),
        Media::Bzip2 => Box::new(bzip2::bufread::MultiBzDecoder::new(source)),
        Media::Xz => Box::new(lzma_rust2::XzReader::new_mem_limit(source, true, DICTIONARY_KIB)),
        Media::Lzma => Box::new(lzma_rust2::LzmaReader::new_mem_limit(source, DICTIONARY_KIB, None).ok()?),
        Media::Zstd => Box::new(ruzstd::decoding::StreamingDecoder::new_with_max_window_size(source, WINDOW).ok()?),
        _ => return None,
    })
}

/// The name without the suffix of the compression: `a.tar.gz` and `a.tgz` hold `a.tar`.
fn inner_name(locator: &Locator) -> Vec<u8> {
    let name = locator.name();
    let Some(extension) = locator.extension() else { return name.to_vec() };
    let stem = name.get(..name.len() - extension.len() - 1).unwrap_or(name);
    match extension.as_str() {
        "tgz" | "tbz" | "tbz2" | "txz" | "tzst" | "tlz" => [stem, b".tar"].concat(),
        "svgz" => [stem, b".svg"].concat(),
        "gz" | "gzip" | "bz2" | "xz" | "lzma" | "zst" | "z" => stem.to_vec(),
        _ => name.to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::desk::Desk;
    use std::io::Write;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(bytes).expect("written");
        encoder.finish().expect("finished")
    }

    #[test]
    fn a_compressed_file_holds_one_member() {
        let desk = Desk::read(Media::Gzip, gzip(b"hello"));
        assert_eq!((desk.members[0].bytes.as_slice(), desk.faults.len()), (b"hello".as_slice(), 0));
        assert_eq!(inner_name(&Locator::new(0, "d/a.tar.gz")), b"a.tar");
        assert_eq!(inner_name(&Locator::new(0, "d/a.tgz")), b"a.tar");
    }

    #[test]
    fn a_bomb_and_a_cut_file_keep_what_came_out() {
        let desk = Desk::read(Media::Gzip, gzip(&vec![0; 100 << 20]));
        assert_eq!(desk.faults, [Fault::extract(Code::TooCompressed)]);
        let bytes: Vec<u8> = (0..100_000_u32).flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
        let mut cut = gzip(&bytes);
        cut.truncate(cut.len() / 2);
        let desk = Desk::read(Media::Gzip, cut);
        assert!(desk.members[0].bytes.len() > 1000);
        assert_eq!(desk.faults, [Fault::extract(Code::Truncated)]);
    }
}
