//! Arguments of `people`, `qc`, `verify` and `destroy-key`: who is concerned, and how far the case can be relied on.

use crate::model::MentionId;
use clap::{Args, Subcommand, ValueEnum, ValueHint};
use std::path::PathBuf;

const PEOPLE_EXAMPLES: &str = "\
Examples:
  breachscope people ./case                                 one line a person, masked
  breachscope people ./case --format jsonl > people.jsonl
  breachscope people show ./case p0123456789abcdef          the mentions of one person
  breachscope people explain ./case mA... mB...             why two mentions are one person
  breachscope people split ./case mA... mB...               they are two; every later report holds to it
  breachscope people merge ./case mA... mB...
  breachscope people ./case --identity key.txt --format xlsx --out list.xlsx   opens the notification list
";

pub(super) const QC_EXAMPLES: &str = "\
Examples:
  breachscope qc sample ./case --per-class 50 --seed 7      draws items, writes qc/review.html and qc/answers.csv
  breachscope qc sample ./case --per-class 50 --seed 7 --show-paths
  breachscope qc score ./case ./case/qc/answers.csv         precision, elusion, corrected totals
";

const VERIFY_EXAMPLES: &str = "\
Examples:
  breachscope verify ./case                 the audit log, the ledger and the manifest
  breachscope verify ./case ./leak          and whether every file still has the hashes that were taken

Exit codes: 0 everything holds, 4 something does not, 1 could not be checked
";

const DESTROY_EXAMPLES: &str = "\
Examples:
  breachscope destroy-key ./case --yes               tokens and sealed values can be linked to nobody any more
  breachscope destroy-key ./case --yes --keep-seals  the recipient can still open the notification list
";

/// Arguments of `people`.
#[derive(Debug, Args)]
#[command(before_help = PEOPLE_EXAMPLES, args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct PeopleArgs {
    /// What to do with persons; without it they are listed.
    #[command(subcommand)]
    pub command: Option<PeopleCommand>,
    /// What to list.
    #[command(flatten)]
    pub list: PeopleListArgs,
}

/// Arguments of the list.
#[derive(Debug, Args)]
pub struct PeopleListArgs {
    /// The case folder
    #[arg(required = true, value_hint = ValueHint::DirPath)]
    pub case: Option<PathBuf>,
    /// How persons are written
    #[arg(long, value_enum, default_value = "text")]
    pub format: PeopleFormat,
    /// Also those whom the best estimate does not count
    #[arg(long)]
    pub all: bool,
    /// age identity that opens the sealed values: prints the notification list in clear
    #[arg(long, value_name = "AGEKEY", value_hint = ValueHint::FilePath)]
    pub identity: Option<PathBuf>,
    /// Write into this file, which must be new; readable by its owner only
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub out: Option<PathBuf>,
    /// Folder with rules that replace or add to the built-in ones
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub rules: Option<PathBuf>,
}

/// How persons are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PeopleFormat {
    /// Lines for a reader
    Text,
    /// One JSON object a line
    Jsonl,
    /// Comma-separated values with a head
    Csv,
    /// A workbook; needs --out
    Xlsx,
}

/// Commands about persons.
#[derive(Debug, Subcommand)]
pub enum PeopleCommand {
    /// Print the mentions of one person
    Show {
        /// The case folder
        #[arg(value_hint = ValueHint::DirPath)]
        case: PathBuf,
        /// A person's or mention's id
        id: MentionId,
    },
    /// Say why two mentions are one person: the joins between them, with their rules and keys
    Explain(PairArgs),
    /// Decide that two mentions are two persons
    Split(PairArgs),
    /// Decide that two mentions are one person
    Merge(PairArgs),
    /// Print every decision, in the order in which they were made
    Decisions {
        /// The case folder
        #[arg(value_hint = ValueHint::DirPath)]
        case: PathBuf,
    },
}

/// A case and two mentions.
#[derive(Debug, Args)]
pub struct PairArgs {
    /// The case folder
    #[arg(value_hint = ValueHint::DirPath)]
    pub case: PathBuf,
    /// A mention's id, as `people show` prints it; a person's id stands for the mention of that number
    pub a: MentionId,
    /// Another
    pub b: MentionId,
}

/// Commands of quality control.
#[derive(Debug, Subcommand)]
pub enum QcCommand {
    /// Draw a sample by class, and write a page to review it and a sheet for the answers
    Sample(QcSampleArgs),
    /// Read the answers: precision, elusion and corrected totals, which later reports show
    Score(QcScoreArgs),
}

/// Arguments of `qc sample`.
#[derive(Debug, Args)]
pub struct QcSampleArgs {
    /// The case folder
    #[arg(value_hint = ValueHint::DirPath)]
    pub case: PathBuf,
    /// Items of each class, and of those without personal data
    #[arg(long, value_name = "N", default_value = "50")]
    pub per_class: usize,
    /// The same seed draws the same items
    #[arg(long, value_name = "S", default_value = "1")]
    pub seed: u64,
    /// Folder for the page and the sheet; `qc` in the case folder if not given
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub out: Option<PathBuf>,
    /// Name the items' paths. They are personal data: clinics put names into them
    #[arg(long)]
    pub show_paths: bool,
}

/// Arguments of `qc score`.
#[derive(Debug, Args)]
pub struct QcScoreArgs {
    /// The case folder
    #[arg(value_hint = ValueHint::DirPath)]
    pub case: PathBuf,
    /// The filled sheet (CSV)
    #[arg(value_hint = ValueHint::FilePath)]
    pub answers: PathBuf,
}

/// Arguments of `verify`.
#[derive(Debug, Args)]
#[command(before_help = VERIFY_EXAMPLES)]
pub struct VerifyArgs {
    /// The case folder
    #[arg(value_hint = ValueHint::DirPath)]
    pub case: PathBuf,
    /// The leak: its files are hashed again. One folder for each source of the case, in their order
    #[arg(value_name = "SOURCE", value_hint = ValueHint::DirPath)]
    pub sources: Vec<PathBuf>,
}

/// Arguments of `destroy-key`.
#[derive(Debug, Args)]
#[command(before_help = DESTROY_EXAMPLES)]
pub struct DestroyKeyArgs {
    /// The case folder
    #[arg(value_hint = ValueHint::DirPath)]
    pub case: PathBuf,
    /// Do it. Without this, the command only says what it would do
    #[arg(long)]
    pub yes: bool,
    /// Keep the sealed data keys: their recipient can still open the values
    #[arg(long)]
    pub keep_seals: bool,
}
