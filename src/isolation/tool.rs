//! Running an outside program for a worker, outside the worker's sandbox and inside one of its own.
//!
//! The program is started through this one (`breachscope tool`), which first takes its own rights away and then becomes
//! it: bounds on memory, time and output, no network, no file written, an empty environment, no shell. Its input and
//! its output are files without a name in memory, so that nothing of a leak touches the disk, an answer cannot block,
//! and the kernel ends a program that floods.

use super::memory::Memory;
use super::sandbox;
use crate::limits::{Answer, Call, Content, Ended, Input, Limits, STILL_PADDING, STILL_SIDE, Toolbox, Tools};
use rustix::fs::{MemfdFlags, memfd_create};
use rustix::io::Errno;
use rustix::process::{Pid, Resource, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Read as _, Seek as _, Write as _};
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

/// Pause between looks at a running program; OCR of a page takes hundreds of milliseconds.
const PAUSE: Duration = Duration::from_millis(4);
/// Files that a program may have open: its libraries are mapped one at a time, and its data is few files.
const OPEN_FILES: u64 = 64;
/// Time for a program to say which languages it has.
const ASKING: Duration = Duration::from_secs(10);
/// Where ffmpeg is looked for. The user's search path is not asked.
const FFMPEG: [&str; 4] = ["/usr/bin/ffmpeg", "/usr/local/bin/ffmpeg", "/opt/homebrew/bin/ffmpeg", "/bin/ffmpeg"];

/// The outside programs of this machine, found on the first call: ffmpeg in the usual places, Tesseract in the folders
/// of `PATH` that are absolute, so that a file of that name in a leaked folder is never run.
pub fn toolbox() -> &'static Toolbox {
    static FOUND: OnceLock<Toolbox> = OnceLock::new();
    FOUND.get_or_init(|| {
        let ffmpeg = FFMPEG.into_iter().map(PathBuf::from).find(|path| path.is_file());
        let (tesseract, languages) = find_tesseract().unzip();
        Toolbox { tesseract, languages: languages.unwrap_or_default(), ffmpeg }
    })
}

fn find_tesseract() -> Option<(PathBuf, Vec<String>)> {
    let paths = std::env::var_os("PATH")?;
    let program = std::env::split_paths(&paths)
        .filter(|folder| folder.is_absolute())
        .map(|folder| folder.join("tesseract"))
        .find(|program| program.is_file())?;
    let arguments = ["--list-langs".into()];
    let answer = start(&program, &arguments, memory_file().ok()?, ASKING, &Limits::default()).ok()?;
    let text = String::from_utf8_lossy(&answer.output).into_owned();
    let names = text.lines().skip(1).map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned);
    let languages: Vec<String> = names.collect();
    (!languages.is_empty()).then_some((program, languages))
}

/// Runs programs from this process, for a bench without isolation.
#[derive(Debug)]
pub(super) struct OwnTools {
    pub(super) toolbox: Toolbox,
    pub(super) limits: Limits,
    pub(super) memory: Arc<Memory>,
}

impl Tools for OwnTools {
    fn toolbox(&self) -> &Toolbox {
        &self.toolbox
    }

    fn run(&self, call: &Call, input: Input<'_>, within: Duration) -> Answer {
        let file = match input {
            Input::Bytes(bytes) => holding(bytes),
            Input::Content(content) => of_content(content),
        };
        let run = |file| run(&self.toolbox, call, file, within, &self.limits);
        file.and_then(|file| self.memory.answer(call, file, run)).unwrap_or_else(|_| Answer::none(Ended::Crashed))
    }
}

fn of_content(content: &Content) -> io::Result<File> {
    match content.file() {
        Some(file) => file.try_clone(),
        None => holding(content.memory().unwrap_or_default()),
    }
}

/// A file in memory with these bytes.
fn holding(bytes: &[u8]) -> io::Result<File> {
    let mut file = memory_file()?;
    file.write_all(bytes)?;
    Ok(file)
}

/// An empty file in memory, without a name.
pub(super) fn memory_file() -> io::Result<File> {
    Ok(memfd_create("breachscope", MemfdFlags::CLOEXEC)?.into())
}

/// Runs the program for a call on this input.
///
/// # Errors
/// If it cannot be started.
pub(super) fn run(
    toolbox: &Toolbox,
    call: &Call,
    mut input: File,
    within: Duration,
    limits: &Limits,
) -> io::Result<Answer> {
    let program = match call {
        Call::Words(_) | Call::Orientation => &toolbox.tesseract,
        Call::Stills { .. } => &toolbox.ffmpeg,
    };
    let (Some(program), Some(arguments)) = (program, arguments(toolbox, call, limits)) else {
        return Ok(Answer::none(Ended::Absent));
    };
    input.rewind()?;
    start(program, &arguments, input, within, limits)
}

/// The arguments for a call; `None` for one that a reader would not make. Nothing in them comes from an item.
fn arguments(toolbox: &Toolbox, call: &Call, limits: &Limits) -> Option<Vec<OsString>> {
    let arguments: Vec<String> = match call {
        Call::Words(languages) => {
            let are_installed = languages.iter().all(|name| toolbox.languages.contains(name));
            let languages = Some(languages.join("+")).filter(|names| are_installed && !names.is_empty())?;
            ["stdin", "stdout", "-l", &languages, "--psm", "3", "--dpi", "200", "tsv"].map(str::to_owned).to_vec()
        }
        Call::Orientation => ["stdin", "stdout", "--psm", "0"].map(str::to_owned).to_vec(),
        Call::Stills { count, duration_ms } => stills(u64::from(*count).min(limits.stills), *duration_ms),
    };
    Some(arguments.into_iter().map(OsString::from).collect())
}

/// Key frames only, spread over the video, fitted into a square; the input is opened through its number, so that
/// ffmpeg can seek in it, and no other protocol than that is allowed.
fn stills(count: u64, duration_ms: Option<u64>) -> Vec<String> {
    let rate = duration_ms.filter(|ms| *ms > 0).map(|ms| count as f64 * 1000.0 / ms as f64);
    let spread = rate.map_or(String::new(), |rate| format!("fps={:.5}:round=up,", rate.clamp(0.01, 5.0)));
    let [red, green, blue] = STILL_PADDING;
    let side = STILL_SIDE;
    let fit = format!(
        "{spread}scale={side}:{side}:force_original_aspect_ratio=decrease:force_divisible_by=2,\
         pad={side}:{side}:0:0:color=0x{red:02x}{green:02x}{blue:02x}"
    );
    let quiet = ["-nostdin", "-v", "quiet", "-hide_banner", "-threads", "1", "-protocol_whitelist", "file,pipe"];
    let read = ["-skip_frame", "nokey", "-i", "file:/dev/fd/0", "-an", "-sn", "-dn", "-frames:v"];
    let write = ["-f", "rawvideo", "-pix_fmt", "rgb24", "pipe:1"];
    let mut all: Vec<String> = quiet.into_iter().chain(read).map(str::to_owned).collect();
    all.extend([count.to_string(), "-vf".to_owned(), fit]);
    all.extend(write.map(str::to_owned));
    all
}

/// Starts the program and waits until it ends or its time is over.
fn start(program: &Path, arguments: &[OsString], input: File, within: Duration, limits: &Limits) -> io::Result<Answer> {
    let output = memory_file()?;
    let bounds = [limits.tool_memory, limits.tool_answer, within.as_secs() + 1].map(|bound| bound.to_string());
    #[expect(clippy::disallowed_methods, reason = "this is the isolation module, where child processes belong")]
    let mut command = Command::new(super::program()?);
    command.arg("tool").args(bounds).arg("--").arg(program).args(arguments);
    command.env_clear().env("OMP_THREAD_LIMIT", "1").env("LC_ALL", "C").current_dir("/").process_group(0);
    command.stdin(Stdio::from(input)).stdout(Stdio::from(output.try_clone()?)).stderr(Stdio::null());
    let ended = wait(command.spawn()?, Instant::now() + within);
    Ok(Answer { ended, output: read_back(output, limits.tool_answer)? })
}

fn read_back(mut output: File, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    output.rewind()?;
    output.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn wait(mut child: Child, deadline: Instant) -> Ended {
    let pid = Pid::from_child(&child);
    // The child is looked at without being reaped, so that its number still means its group when that is ended.
    let look = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    let is_late = loop {
        match waitid(WaitId::Pid(pid), look) {
            Ok(None) if Instant::now() >= deadline => break true,
            Ok(None) | Err(Errno::INTR) => thread::sleep(PAUSE),
            Ok(Some(_)) | Err(_) => break false,
        }
    };
    // Whatever it started goes with it.
    let _ = kill_process_group(pid, Signal::KILL);
    match child.wait() {
        _ if is_late => Ended::TimedOut,
        Ok(status) => of_status(status),
        Err(_) => Ended::Crashed,
    }
}

fn of_status(status: ExitStatus) -> Ended {
    match status.signal().and_then(Signal::from_named_raw) {
        _ if status.success() => Ended::Well,
        None if status.signal().is_none() => Ended::Refused,
        Some(Signal::XFSZ) => Ended::Flooded,
        Some(Signal::XCPU) => Ended::TimedOut,
        _ => Ended::Crashed,
    }
}

/// Takes this process's rights away and becomes the program.
///
/// # Errors
/// Why it could not; there is no other way to come back.
pub fn become_tool(memory: u64, answer: u64, seconds: u64, program: &OsStr, arguments: &[OsString]) -> io::Error {
    let bounds = [
        (Resource::As, memory),
        (Resource::Fsize, answer),
        (Resource::Cpu, seconds),
        (Resource::Core, 0),
        (Resource::Nofile, OPEN_FILES),
    ];
    for (resource, bound) in bounds {
        if let Err(error) = sandbox::bound(resource, bound) {
            return error;
        }
    }
    // The program goes where its parent goes.
    let _ = rustix::process::set_parent_process_death_signal(Some(Signal::KILL));
    // A kernel without walls was told of by the workers.
    let _ = sandbox::enter_as_tool();
    #[expect(clippy::disallowed_methods, reason = "this is the isolation module, where child processes belong")]
    let mut command = Command::new(program);
    command.args(arguments).exec()
}
