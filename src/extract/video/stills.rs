//! Frames of a video through an `ffmpeg` that is installed on the machine: a child without a shell, without network
//! protocols, fed through its standard input or an opened file, read through its standard output, ended at its deadline.
//!
//! It stands apart from the readers because children are started only where isolation allows it.

use crate::limits::Content;
use crate::model::{Frame, Raster};
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// Sides of the frames in pixels: a square that each frame is fitted into, the rest black.
const SIDE: u32 = 320;
const FRAME: usize = (SIDE * SIDE * 3) as usize;
/// Bytes written to the child at a time.
const STEP: usize = 64 << 10;
/// Most bytes of a video that are fed; a container whose index stands beyond them gives no frames.
const FED: u64 = 512 << 20;

/// The installed program, from the usual places; the search path of the user is not asked, so that a file of that name
/// in a leaked folder is never run.
pub fn program() -> Option<&'static Path> {
    ["/usr/bin/ffmpeg", "/usr/local/bin/ffmpeg", "/opt/homebrew/bin/ffmpeg", "/bin/ffmpeg"]
        .into_iter()
        .map(Path::new)
        .find(|path| path.is_file())
}

/// Up to `count` key frames spread over the video, at most 320 pixels on the longer side. Empty where there is no
/// program, nothing it can decode, or no time.
pub fn with_ffmpeg(content: &Content, duration_ms: Option<u64>, count: u32, deadline: Duration) -> Vec<Raster> {
    let Some(program) = program() else { return Vec::new() };
    let end = Instant::now() + deadline;
    // A container with its index at its end cannot be read from a pipe; it is then given as a temporary copy.
    let frames = run(program, content, duration_ms, count, end, Feed::Pipe);
    if frames.is_empty() && Instant::now() < end {
        return run(program, content, duration_ms, count, end, Feed::Copy);
    }
    frames
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Feed {
    Pipe,
    Copy,
}

fn run(
    program: &Path,
    content: &Content,
    duration_ms: Option<u64>,
    count: u32,
    end: Instant,
    feed: Feed,
) -> Vec<Raster> {
    let copy = match feed {
        Feed::Pipe => None,
        Feed::Copy => match copied(content, end) {
            Some(copy) => Some(copy),
            None => return Vec::new(),
        },
    };
    let Some(mut child) = start(program, duration_ms, count, copy.as_ref()) else { return Vec::new() };
    let (send, receive) = mpsc::channel();
    let Some(mut output) = child.stdout.take() else { return finish(child, Vec::new()) };
    let reader = thread::spawn(move || {
        for _ in 0..count {
            let mut frame = vec![0; FRAME];
            if output.read_exact(&mut frame).is_err() || send.send(frame).is_err() {
                return;
            }
        }
    });
    let mut frames = Vec::new();
    if let Some(mut input) = child.stdin.take() {
        let mut at = 0_u64;
        let mut buffer = vec![0; STEP];
        while Instant::now() < end && at < FED {
            let Ok(read) = content.read_at(&mut buffer, at) else { break };
            // The child closes its end once it has its frames; that is no fault.
            if read == 0 || input.write_all(buffer.get(..read).unwrap_or_default()).is_err() {
                break;
            }
            at += read as u64;
            frames.extend(receive.try_iter());
            if frames.len() >= count as usize {
                break;
            }
        }
    }
    while frames.len() < count as usize {
        let left = end.saturating_duration_since(Instant::now());
        match receive.recv_timeout(left) {
            Ok(frame) => frames.push(frame),
            Err(_) => break,
        }
    }
    drop(receive);
    let rasters = frames.iter().map(|frame| cropped(frame)).collect();
    let rasters = finish(child, rasters);
    let _ = reader.join();
    rasters
}

/// Ends the child whatever it does, and waits for it.
fn finish(mut child: Child, rasters: Vec<Raster>) -> Vec<Raster> {
    let _ = child.kill();
    let _ = child.wait();
    rasters
}

/// A nameless temporary file with the content, to be the child's standard input: it can seek in it.
fn copied(content: &Content, end: Instant) -> Option<std::fs::File> {
    use std::io::Seek as _;
    if content.size() > FED {
        return None;
    }
    let folder = rustix::fs::open(
        std::env::temp_dir(),
        rustix::fs::OFlags::TMPFILE | rustix::fs::OFlags::RDWR | rustix::fs::OFlags::CLOEXEC,
        rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR,
    );
    let mut file = std::fs::File::from(folder.ok()?);
    let mut buffer = vec![0; STEP];
    let mut at = 0_u64;
    while at < content.size() {
        let read = content.read_at(&mut buffer, at).ok().filter(|read| *read > 0 && Instant::now() < end)?;
        file.write_all(buffer.get(..read)?).ok()?;
        at += read as u64;
    }
    file.rewind().ok()?;
    Some(file)
}

#[expect(clippy::disallowed_methods, reason = "the one place that starts ffmpeg, bounded as the file's head says")]
fn start(program: &Path, duration_ms: Option<u64>, count: u32, copy: Option<&std::fs::File>) -> Option<Child> {
    // Frames a second so that the wanted number spreads over the video.
    let rate = duration_ms.filter(|ms| *ms > 0).map(|ms| f64::from(count) * 1000.0 / ms as f64);
    let spread = rate.map_or(String::new(), |rate| format!("fps={:.5}:round=up,", rate.clamp(0.01, 5.0)));
    let fit = format!(
        "{spread}scale={SIDE}:{SIDE}:force_original_aspect_ratio=decrease:force_divisible_by=2,pad={SIDE}:{SIDE}:0:0:color=0x010203"
    );
    let (input, protocols) = if copy.is_some() { ("file:/dev/fd/0", "file") } else { ("pipe:0", "pipe") };
    let mut command = Command::new(program);
    command
        .env_clear()
        .args(["-nostdin", "-v", "quiet", "-hide_banner", "-threads", "1", "-protocol_whitelist", protocols])
        .args(["-skip_frame", "nokey", "-i", input, "-an", "-sn", "-dn", "-frames:v", &count.to_string()])
        .args(["-vf", &fit, "-f", "rawvideo", "-pix_fmt", "rgb24", "pipe:1"])
        .stdin(match copy {
            Some(file) => Stdio::from(file.try_clone().ok()?),
            None => Stdio::piped(),
        })
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    command.spawn().ok()
}

/// The frame without the padding, which lies right and below in a colour of its own.
fn cropped(frame: &[u8]) -> Raster {
    let side = SIDE as usize;
    let is_padding = |x: usize, y: usize| {
        let pixel = frame.get((y * side + x) * 3..(y * side + x) * 3 + 3).unwrap_or_default();
        pixel.iter().zip([1_u8, 2, 3]).all(|(value, wanted)| value.abs_diff(wanted) < 2)
    };
    let width = (1..=side).rev().find(|width| (0..side).step_by(7).any(|y| !is_padding(width - 1, y))).unwrap_or(side);
    let height =
        (1..=side).rev().find(|height| (0..side).step_by(7).any(|x| !is_padding(x, height - 1))).unwrap_or(side);
    let rows = frame.chunks_exact(side * 3).take(height).filter_map(|row| row.get(..width * 3));
    Raster { frame: Frame::Still, width: width as u32, height: height as u32, rgb: rows.flatten().copied().collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_no_video_give_no_stills_in_time() {
        let start = Instant::now();
        let content = Content::of_memory(vec![7; 100_000]);
        assert!(with_ffmpeg(&content, None, 3, Duration::from_secs(4)).is_empty());
        assert!(start.elapsed() < Duration::from_secs(9));
    }

    #[test]
    fn padding_is_cut() {
        let mut frame: Vec<u8> = [1, 2, 3].repeat((SIDE * SIDE) as usize);
        for y in 0..180 {
            frame[y * SIDE as usize * 3..y * SIDE as usize * 3 + 960].fill(90);
        }
        let raster = cropped(&frame);
        assert_eq!((raster.width, raster.height, raster.rgb.len()), (320, 180, 320 * 180 * 3));
    }
}
