//! The `breachscope` program: parse, run, exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    breachscope::commands::run()
}
