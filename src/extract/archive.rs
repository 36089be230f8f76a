//! ZIP, tar and 7z archives: each entry a member, one in memory at a time. Names are labels; nothing is written, no link
//! is followed.

use super::Reading;
use super::inflate::inflate;
use super::package;
use crate::limits::guard;
use crate::model::{Code, Fault, Member, Sink, Stage};
use std::io::{BufReader, Read};

/// Hands a member over and accounts for it. Members are numbered in the facts.
///
/// # Errors
/// [`Code::TooManyMembers`] past the bound, or time that is over.
pub(super) fn hand_over(
    name: &[u8],
    bytes: Vec<u8>,
    fault: Option<Fault>,
    reading: &Reading<'_>,
    sink: &mut dyn Sink,
) -> Result<(), Fault> {
    reading.budget.enter_member()?;
    reading.budget.check_now()?;
    sink.facts().members += 1;
    sink.member(Member { name: name.to_vec(), bytes, faults: fault.into_iter().collect() });
    Ok(())
}

/// Hands over bytes that stand in a database as a member. Past the bound on members they are noted as not looked at, and
/// the rows go on.
///
/// # Errors
/// Time that is over.
pub(super) fn hand_over_value(
    name: &str,
    bytes: Vec<u8>,
    fault: Option<Fault>,
    reading: &Reading<'_>,
    sink: &mut dyn Sink,
) -> Result<(), Fault> {
    match hand_over(name.as_bytes(), bytes, fault, reading, sink) {
        Err(fault) if fault.code == Code::TooManyMembers => {
            sink.fault(fault);
            Ok(())
        }
        end => end,
    }
}

/// Faults that end the whole archive, not only the member they happened on.
fn is_final(fault: Fault) -> bool {
    matches!(fault.code, Code::SlowItem | Code::TooManyMembers) || fault.code == Code::TooCompressed
}

/// Reads a ZIP archive, by its central directory; by its local headers where that is damaged.
///
/// # Errors
/// [`Code::TooCompressed`] for overlapping entries and bombs, the member and time bounds; members before stay.
pub(super) fn read_zip(reading: &Reading<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
    let Ok(Some(mut archive)) = guard(Stage::Extract, || package::open_zip(reading)) else {
        return read_zip_salvaged(reading, sink);
    };
    // Two entries over the same bytes: each small, together endless (Fifield, "A better zip bomb", 2019).
    if archive.has_overlapping_files().unwrap_or(false) {
        return Err(Fault::extract(Code::TooCompressed));
    }
    let mut worst = Ok(());
    for index in 0..archive.len() {
        reading.budget.check()?;
        let Ok(entry) = archive.by_index_raw(index) else {
            sink.fault(Fault::extract(Code::Damaged));
            continue;
        };
        if entry.is_dir() {
            continue;
        }
        let (name, packed, is_encrypted) = (entry.name_raw().to_vec(), entry.compressed_size(), entry.encrypted());
        let is_link = entry.is_symlink();
        drop(entry);
        if is_link {
            hand_over(&name, Vec::new(), Some(Fault::extract(Code::Symlink)), reading, sink)?;
            continue;
        }
        let (bytes, fault) =
            match guard(Stage::Extract, || zip_entry(&mut archive, index, is_encrypted, packed, reading)) {
                Ok((bytes, fault)) => (bytes, fault),
                Err(fault) => (Vec::new(), Some(fault)),
            };
        if let Some(fault) = fault {
            if fault.code == Code::EncryptedMember {
                sink.fault(fault);
            } else if is_final(fault) {
                worst = Err(fault);
            }
        }
        hand_over(&name, bytes, fault, reading, sink)?;
        worst?;
    }
    worst
}

/// An entry's bytes; an encrypted one is tried with each of the user's passwords.
fn zip_entry(
    archive: &mut package::Zip<'_>,
    index: usize,
    is_encrypted: bool,
    packed: u64,
    reading: &Reading<'_>,
) -> (Vec<u8>, Option<Fault>) {
    if !is_encrypted {
        return match archive.by_index(index) {
            Ok(mut entry) => {
                let inflated = inflate(&mut entry, packed, reading.budget);
                (inflated.bytes, inflated.fault)
            }
            Err(error) => (Vec::new(), Some(Fault::extract(package::code_of(&error)))),
        };
    }
    for password in &reading.options.passwords {
        // A wrong password may pass ZIP's one-byte check: then the checksum at the end fails.
        if let Ok(mut entry) = archive.by_index_decrypt(index, password.as_bytes()) {
            let inflated = inflate(&mut entry, packed, reading.budget);
            if inflated.fault.is_none_or(is_final) {
                return (inflated.bytes, inflated.fault);
            }
        }
    }
    (Vec::new(), Some(Fault::extract(Code::EncryptedMember)))
}

fn read_zip_salvaged(reading: &Reading<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
    let mut found = 0;
    let end = package::salvage(reading, &mut |name, bytes, fault| {
        found += 1;
        hand_over(name, bytes, fault, reading, sink)
    });
    sink.fault(Fault::extract(if found > 0 { Code::Damaged } else { Code::Unreadable }));
    end
}

/// Reads a tar archive: regular files; links and devices are named and not followed.
///
/// # Errors
/// The bounds; [`Code::Truncated`] or [`Code::Damaged`] where the archive breaks off; members before stay.
pub(super) fn read_tar(reading: &Reading<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
    let mut archive = tar::Archive::new(BufReader::new(reading.content.reader()));
    let Ok(entries) = archive.entries() else { return Err(Fault::extract(Code::Unreadable)) };
    for (index, entry) in entries.enumerate() {
        reading.budget.check()?;
        let Ok(mut entry) = entry else {
            return Err(Fault::extract(if index == 0 { Code::Unreadable } else { Code::Damaged }));
        };
        let name = entry.path_bytes().into_owned();
        let kind = entry.header().entry_type();
        if kind.is_dir() || kind.is_pax_global_extensions() || kind.is_pax_local_extensions() {
            continue;
        }
        if !(kind.is_file() || kind.is_contiguous() || kind.is_gnu_sparse()) {
            let code = if kind.is_symlink() || kind.is_hard_link() { Code::Symlink } else { Code::NotRegular };
            hand_over(&name, Vec::new(), Some(Fault::extract(code)), reading, sink)?;
            continue;
        }
        let packed = entry.size().min(reading.content.size());
        let mut inflated = inflate(&mut entry, packed, reading.budget);
        if inflated.fault.is_none() && (inflated.bytes.len() as u64) < entry.size() {
            inflated.fault = Some(Fault::extract(Code::Truncated));
        }
        let fault = inflated.fault;
        hand_over(&name, inflated.bytes, fault, reading, sink)?;
        if let Some(fault) = fault.filter(|fault| is_final(*fault)) {
            return Err(fault);
        }
    }
    Ok(())
}

/// Reads a 7z archive. An encrypted one is tried with each of the user's passwords.
///
/// # Errors
/// [`Code::Encrypted`], [`Code::Unsupported`] methods, the bounds; members before stay.
pub(super) fn read_seven_zip(reading: &Reading<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
    let passwords = std::iter::once("").chain(reading.options.passwords.iter().map(String::as_str));
    let mut last = Fault::extract(Code::Encrypted);
    for password in passwords {
        match guard(Stage::Extract, || seven_zip(reading, password, sink))? {
            Err(fault) if fault.code == Code::Encrypted => last = fault,
            end => return end,
        }
    }
    Err(last)
}

fn seven_zip(reading: &Reading<'_>, password: &str, sink: &mut dyn Sink) -> Result<(), Fault> {
    let source = BufReader::new(reading.content.reader());
    let mut archive =
        sevenz_rust2::ArchiveReader::new(source, password.into()).map_err(|error| seven_zip_fault(&error))?;
    archive.set_thread_count(1);
    let packed = reading.content.size();
    let (mut end, mut found, mut is_locked) = (Ok(()), 0_u32, false);
    let walked = archive.for_each_entries(|entry, source| {
        if let Err(fault) = reading.budget.check() {
            end = Err(fault);
            return Ok(false);
        }
        if entry.is_directory() {
            return Ok(true);
        }
        let inflated = inflate(source, packed, reading.budget);
        // A wrong password shows as damage in the first entry.
        if found == 0 && inflated.bytes.is_empty() && inflated.fault.is_some() {
            is_locked = true;
            return Ok(false);
        }
        found += 1;
        let fault = inflated.fault;
        end = hand_over(entry.name().as_bytes(), inflated.bytes, fault, reading, sink);
        if let Some(fault) = fault.filter(|fault| is_final(*fault)) {
            end = Err(fault);
        }
        // The stream goes on behind this entry: what is left of it must be read, within the same bounds.
        Ok(end.is_ok() && std::io::copy(&mut source.take(packed), &mut std::io::sink()).is_ok())
    });
    end?;
    match walked {
        _ if is_locked => Err(Fault::extract(Code::Encrypted)),
        Ok(()) => Ok(()),
        Err(error) => {
            let fault = seven_zip_fault(&error);
            Err(if found > 0 && fault.code == Code::Unreadable { Fault::extract(Code::Damaged) } else { fault })
        }
    }
}

fn seven_zip_fault(error: &sevenz_rust2::Error) -> Fault {
    use sevenz_rust2::Error as E;
    Fault::extract(match error {
        E::PasswordRequired | E::MaybeBadPassword(_) => Code::Encrypted,
        E::UnsupportedCompressionMethod(_) | E::ExternalUnsupported | E::UnsupportedVersion { .. } => Code::Unsupported,
        E::MaxMemLimited { .. } => Code::TooCompressed,
        _ => Code::Unreadable,
    })
}

/// Archives that are known but not opened: RAR's only complete decoder is not free, cabinets are rare.
///
/// # Errors
/// Always [`Code::Unsupported`].
pub(super) fn unsupported(_: &Reading<'_>, _: &mut dyn Sink) -> Result<(), Fault> {
    Err(Fault::extract(Code::Unsupported))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::ExtractOptions;
    use crate::extract::desk::Desk;
    use crate::limits::Limits;
    use crate::model::Media;
    use proptest::prelude::*;
    use std::io::{Cursor, Write};
    use zip::write::{SimpleFileOptions, ZipWriter};

    fn zip_of(entries: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in entries {
            writer.start_file(*name, SimpleFileOptions::default()).expect("entry");
            writer.write_all(bytes).expect("written");
        }
        writer.finish().expect("zip").into_inner()
    }

    fn within(limits: Limits, bytes: Vec<u8>) -> Desk {
        Desk::read_within(Media::Zip, bytes, limits, &ExtractOptions::default())
    }

    #[test]
    fn entries_are_members_and_names_are_labels() {
        let desk = Desk::read(Media::Zip, zip_of(&[("../../etc/a.txt", b"one"), ("b\\c.txt", b"two")]));
        assert_eq!(desk.names(), ["../../etc/a.txt", "b\\c.txt"]);
        assert_eq!((desk.members[0].bytes.as_slice(), desk.facts.members), (b"one".as_slice(), 2));
    }

    #[test]
    fn a_bomb_is_stopped_by_its_ratio() {
        let bomb = zip_of(&[("zeros", &vec![0; 64 << 20])]);
        let desk = Desk::read(Media::Zip, bomb);
        assert_eq!(desk.faults, [Fault::extract(Code::TooCompressed)]);
        assert!(desk.members[0].bytes.len() <= 14 << 20);
    }

    #[test]
    fn layers_and_members_are_bounded() {
        let desk =
            within(Limits { expanded_bytes: 1000, ..Limits::default() }, zip_of(&[("a", &[7; 600]), ("b", &[7; 600])]));
        assert_eq!(desk.faults, [Fault::extract(Code::TooCompressed)]);
        let desk = within(Limits { members: 1, ..Limits::default() }, zip_of(&[("a", b"x"), ("b", b"y")]));
        assert_eq!((desk.members.len(), desk.faults), (1, vec![Fault::extract(Code::TooManyMembers)]));
        let desk = within(Limits { member_bytes: 100, ..Limits::default() }, zip_of(&[("a", &[7; 600]), ("b", b"y")]));
        assert_eq!((desk.members.len(), desk.members[0].faults.clone()), (2, vec![Fault::extract(Code::TooLarge)]));
    }

    #[test]
    fn overlapping_entries_are_refused() {
        let mut zip = zip_of(&[("a", &[1; 400]), ("b", &[2; 400])]);
        // Both central headers point to the first local header.
        let second = memchr::memmem::rfind(&zip, b"PK\x01\x02").expect("central header");
        zip[second + 42..second + 46].copy_from_slice(&[0; 4]);
        let desk = Desk::read(Media::Zip, zip);
        assert_eq!((desk.members.len(), desk.faults), (0, vec![Fault::extract(Code::TooCompressed)]));
    }

    #[test]
    fn encrypted_entries_are_counted_or_opened_with_a_password() {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default().with_aes_encryption(zip::AesMode::Aes256, "open sesame");
        writer.start_file("a.txt", options).expect("entry");
        writer.write_all(b"inside").expect("written");
        let bytes = writer.finish().expect("zip").into_inner();
        let desk = Desk::read(Media::Zip, bytes.clone());
        assert_eq!(desk.faults, [Fault::extract(Code::EncryptedMember)]);
        assert_eq!(desk.members[0].faults, [Fault::extract(Code::EncryptedMember)]);
        let options =
            ExtractOptions { passwords: vec!["no".into(), "open sesame".into()], ..ExtractOptions::default() };
        let desk = Desk::read_within(Media::Zip, bytes, Limits::default(), &options);
        assert_eq!((desk.members[0].bytes.as_slice(), desk.faults.len()), (b"inside".as_slice(), 0));
    }

    #[test]
    fn a_cut_archive_is_read_by_its_local_headers() {
        let mut zip = zip_of(&[("a.txt", b"first"), ("b.txt", b"second")]);
        let directory = memchr::memmem::find(&zip, b"PK\x01\x02").expect("central header");
        zip.truncate(directory);
        let desk = Desk::read(Media::Zip, zip);
        assert_eq!(
            (desk.names(), desk.faults),
            (vec!["a.txt".into(), "b.txt".into()], vec![Fault::extract(Code::Damaged)])
        );
    }

    #[test]
    fn links_in_a_tar_are_not_followed() {
        let mut builder = tar::Builder::new(Vec::new());
        let mut header = tar::Header::new_gnu();
        header.set_size(4);
        header.set_cksum();
        builder.append_data(&mut header, "a.txt", b"text".as_slice()).expect("appended");
        let mut link = tar::Header::new_gnu();
        link.set_entry_type(tar::EntryType::Symlink);
        link.set_size(0);
        builder.append_link(&mut link, "passwd", "/etc/passwd").expect("appended");
        let desk = Desk::read(Media::Tar, builder.into_inner().expect("tar"));
        assert_eq!(desk.names(), ["a.txt", "passwd"]);
        assert_eq!(
            (desk.members[1].bytes.len(), desk.members[1].faults.clone()),
            (0, vec![Fault::extract(Code::Symlink)])
        );
    }

    proptest! {
        #[test]
        fn damaged_archives_never_panic(at in 0_usize..400, byte in any::<u8>(), cut in 0_usize..400) {
            let mut zip = zip_of(&[("a.txt", b"first"), ("b.txt", &[9; 100])]);
            let length = zip.len();
            zip[at % length] = byte;
            zip.truncate(length - cut % 50);
            for media in [Media::Zip, Media::Tar, Media::SevenZip] {
                let _ = Desk::read(media, zip.clone());
            }
        }
    }
}
