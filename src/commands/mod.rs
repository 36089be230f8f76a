//! One thin file per subcommand. Errors that end the run are told here, with what to do next; `anyhow` stops here.

mod audit;
mod custody;
mod destroy;
pub mod detect;
mod examine;
mod explain;
mod export;
mod faces;
mod incident;
mod models;
mod notify;
mod parquet;
mod people;
mod qc;
mod report;
mod rows;
mod rules;
mod scan;
mod text;
mod verify;

use crate::cli::{Cli, Command, LimitsArgs, Shared};
use crate::detect::{DetectOptions, Detector};
use crate::limits::Limits;
use crate::{isolation, settings};
use anyhow::{Context as _, Result};
use clap::{CommandFactory as _, Parser as _};
use std::io::{self, Write as _};
use std::process::ExitCode;

/// Exit codes beside 0 and clap's 2 for wrong usage.
mod exit {
    /// The run could not be done.
    pub(super) const COULD_NOT_RUN: u8 = 1;
    /// Done, but some items could not be read.
    pub(super) const UNREADABLE: u8 = 3;
    /// `verify` found something that does not hold.
    pub(super) const ALTERED: u8 = 4;
    /// Severity low; the bands above follow.
    pub(super) const LOWEST_BAND: u8 = 10;
    /// Interrupted, with a valid case that the same command continues.
    pub(super) const INTERRUPTED: u8 = 130;
}

/// Parses the command line, runs the command and tells how it ended.
pub fn run() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    log_to_stderr(&cli.shared);
    match dispatch(cli) {
        Ok(code) => ExitCode::from(code),
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "breachscope: {error:#}");
            ExitCode::from(exit::COULD_NOT_RUN)
        }
    }
}

fn dispatch(cli: Cli) -> Result<u8> {
    let shared = cli.shared;
    match cli.command {
        Command::Scan(args) => scan::run(*args, &shared),
        Command::Report(args) => report::run(args, &shared),
        Command::Notify(args) => notify::run(&args, &shared),
        Command::Export(args) => export::run(&args, &shared),
        Command::Examine(args) => examine::run(&args, &shared),
        Command::Explain(args) => explain::run(&args),
        Command::People(args) => people::run(&args),
        Command::Faces(args) => faces::run(&args, &shared),
        Command::Qc(command) => qc::run(&command),
        Command::Verify(args) => verify::run(&args),
        Command::DestroyKey(args) => destroy::run(&args),
        Command::Text(args) => text::run(&args, &shared),
        Command::Detect(args) => {
            let files = settings::Examination::new(&args.examine, &shared)?.rule_files()?;
            let options = DetectOptions { countries: args.examine.countries };
            detect::run(io::stdin().lock(), io::stdout().lock(), &Detector::new(&files, &options)?)?;
            Ok(0)
        }
        Command::Rules(command) => rules::run(&command),
        Command::Models(command) => models::run(&command),
        Command::Limits(args) => limits(&args),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "breachscope", &mut script);
            io::stdout().write_all(&script)?;
            Ok(0)
        }
        Command::Man => {
            let mut page = Vec::new();
            clap_mangen::Man::new(Cli::command()).render(&mut page)?;
            io::stdout().write_all(&page)?;
            Ok(0)
        }
        Command::Worker => {
            isolation::serve()?;
            Ok(0)
        }
        Command::Tool { memory, answer, seconds, command } => {
            let (program, arguments) = command.split_first().context("a program")?;
            Err(isolation::become_tool(memory, answer, seconds, program, arguments).into())
        }
    }
}

fn limits(args: &LimitsArgs) -> Result<u8> {
    let mut limits = Limits::default();
    settings::apply_limits(&mut limits, &args.limits)?;
    let mut out = io::stdout().lock();
    for (name, value, unit, reason) in limits.table() {
        writeln!(out, "{name:<18} {value:>12} {unit:<10} {reason}")?;
    }
    Ok(0)
}

/// Logs on stderr as far as `-v` asks for; nothing without it.
fn log_to_stderr(shared: &Shared) {
    let level = match shared.verbose {
        0 => return,
        1 => tracing::Level::INFO,
        _ => tracing::Level::DEBUG,
    };
    let has_colour = std::env::var_os("NO_COLOR").is_none() && io::IsTerminal::is_terminal(&io::stderr());
    tracing_subscriber::fmt().with_max_level(level).with_ansi(has_colour).with_writer(io::stderr).init();
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let is_pipe = |error: &io::Error| error.kind() == io::ErrorKind::BrokenPipe;
    error.chain().any(|cause| cause.downcast_ref::<io::Error>().is_some_and(is_pipe))
}
