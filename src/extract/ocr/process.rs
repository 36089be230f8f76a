//! The child process: no shell, no path of the leak, killed at its deadline.

use crate::model::{Code, Fault};
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// Bytes that are taken of Tesseract's answer.
const ANSWER: u64 = 16 << 20;
/// Pause between looks at a running child.
const PAUSE: Duration = Duration::from_millis(4);

/// Runs the program on this input until it ends or its time is over.
pub(super) fn run(program: &Path, arguments: &[&str], input: &[u8], deadline: Instant) -> Result<String, Fault> {
    #[expect(clippy::disallowed_methods, reason = "OCR is a tool of its own; it gets no shell and no path of the leak")]
    let mut command = Command::new(program);
    command
        .args(arguments)
        .env("OMP_THREAD_LIMIT", "1")
        .env("LC_ALL", "C")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut child = command.spawn().map_err(|_| Fault::extract(Code::ImageOnly))?;
    let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
    thread::scope(|scope| {
        scope.spawn(move || {
            // A child that ends early closes its side; what it answered counts.
            let _ = stdin.map(|mut stdin| stdin.write_all(input));
        });
        let reader = scope.spawn(move || {
            let mut answer = Vec::new();
            let read = stdout.map(|stdout| stdout.take(ANSWER).read_to_end(&mut answer));
            read.is_some_and(|read| read.is_ok()).then_some(answer)
        });
        let ended = wait(&mut child, deadline);
        let answer = reader.join().ok().flatten();
        ended?;
        answer.map(|answer| String::from_utf8_lossy(&answer).into_owned()).ok_or(Fault::extract(Code::ImageOnly))
    })
}

/// Waits for a child, and ends it at the deadline.
fn wait(child: &mut Child, deadline: Instant) -> Result<(), Fault> {
    loop {
        match child.try_wait() {
            Ok(Some(status)) if status.success() => return Ok(()),
            Ok(Some(_)) | Err(_) => return Err(Fault::extract(Code::ImageOnly)),
            Ok(None) if Instant::now() >= deadline => {
                // The child may have ended in between; then there is nothing to end.
                let _ = child.kill();
                let _ = child.wait();
                return Err(Fault::extract(Code::SlowItem));
            }
            Ok(None) => thread::sleep(PAUSE),
        }
    }
}
