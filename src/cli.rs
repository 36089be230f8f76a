//! What was typed: the flags and nothing of their meaning, which is in `settings`.

mod people;

pub use people::{
    DestroyKeyArgs, PairArgs, PeopleArgs, PeopleCommand, PeopleFormat, PeopleListArgs, QcCommand, QcSampleArgs,
    QcScoreArgs, VerifyArgs,
};

use clap::builder::styling::{AnsiColor, Styles};
use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum, ValueHint};
use std::path::PathBuf;

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Yellow.on_default().bold())
    .usage(AnsiColor::Yellow.on_default().bold())
    .literal(AnsiColor::Green.on_default())
    .placeholder(AnsiColor::Cyan.on_default());

const EXAMPLES: &str = "\
Examples:
  breachscope scan ./leak --case ./case          scan a folder; run it again to continue
  breachscope report ./case --incident it.toml   render the report again, without the leak
  breachscope notify ./case --form edpb          draft the notification to the authority
  breachscope export ./case --table files        one JSON line a file
  breachscope explain ./case invoices/a.pdf      why this class, why these findings
  breachscope people ./case                      who is concerned, masked
  breachscope verify ./case ./leak               nothing has changed since
";

const MODELS_EXAMPLES: &str = "\
Examples:
  breachscope models list
  breachscope models add ~/Downloads/yunet_s_320_320.onnx
";

const FACES_EXAMPLES: &str = "\
Examples:
  breachscope models add yunet_s_320_320.onnx
  breachscope models add face_recognition_model.bin
  breachscope models add face_recognition_model-weights_manifest.json
  breachscope faces ./case          the leak must lie where it was scanned; only counts are kept

Comparing faces is biometric processing (Art. 9 GDPR): make sure that you may.
Nobody is identified, and no description of a face is stored.
";

const SCAN_EXAMPLES: &str = "\
Examples:
  breachscope scan ./leak --case ./case
  breachscope scan ./leak --case ./case -j 8 --exclude '*.log' --max-file-size 500M
  find ./leak -name '*.pdf' -print0 | breachscope scan ./leak --case ./case --files-from - -0
  breachscope scan ./leak --case ./case --seal-to age1...   values are kept, for the holder of that key only
  breachscope scan ./leak --case ./case --retry failed
";

/// Sizes a data leak: what is in it, who is concerned, how severe it is.
#[derive(Debug, Parser)]
#[command(name = "breachscope", version, styles = STYLES, before_help = EXAMPLES, max_term_width = 110)]
pub struct Cli {
    /// Options of every command.
    #[command(flatten)]
    pub shared: Shared,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Options of every command.
#[derive(Debug, Clone, Default, Args)]
pub struct Shared {
    /// Print only results and errors
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Log what happens, on stderr; twice for every item. Items are named by id, never by path
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub verbose: u8,
    /// No progress bar
    #[arg(long, global = true)]
    pub no_progress: bool,
    /// Settings file (TOML); flags win over it
    #[arg(long, global = true, value_name = "FILE", env = "BREACHSCOPE_CONFIG", value_hint = ValueHint::FilePath)]
    pub config: Option<PathBuf>,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Examine a leak into a case folder, continue where it was stopped, and write the report
    Scan(Box<ScanArgs>),
    /// Write the report of a case again, without the leak
    Report(ReportArgs),
    /// Draft a notification to an authority, to controllers or to the people concerned
    Notify(NotifyArgs),
    /// Print a case's rows, for other programs
    Export(ExportArgs),
    /// Examine items named on stdin, one JSON line each, and print their records: the filter for a cluster
    Examine(ExamineArgs),
    /// Say why an item has its class and its findings
    Explain(ExplainArgs),
    /// List the persons concerned; explain, split or merge them; open the notification list
    People(PeopleArgs),
    /// Count how many different people the photos show, by comparing faces. Only with a model that you install
    Faces(FacesArgs),
    /// Check the program's work on a sample
    #[command(subcommand, before_help = people::QC_EXAMPLES)]
    Qc(QcCommand),
    /// Check that the case, and the leak if it is given, are as they were
    Verify(VerifyArgs),
    /// Destroy the case key, so that nobody can link tokens to values any more
    DestroyKey(DestroyKeyArgs),
    /// Print the text that is read out of files. The only command that prints content
    Text(TextArgs),
    /// Find personal data in texts that come on stdin, one JSON line each
    Detect(DetectArgs),
    /// Look at the rules
    #[command(subcommand)]
    Rules(RulesCommand),
    /// Look at the models that a scan can use, and install one
    #[command(subcommand)]
    Models(ModelsCommand),
    /// Print every bound on what an item may cost
    Limits(LimitsArgs),
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man,
    /// The process that examines items for a scan
    #[command(hide = true)]
    Worker,
    /// Take rights away and become an outside program
    #[command(hide = true)]
    Tool {
        /// Address space in bytes
        memory: u64,
        /// Bytes of output
        answer: u64,
        /// Processor time in seconds
        seconds: u64,
        /// The program and its arguments
        #[arg(last = true, required = true)]
        command: Vec<std::ffi::OsString>,
    },
}

/// What examination depends on.
#[derive(Debug, Clone, Default, Args)]
pub struct ExamineOptions {
    /// Set a bound, such as `item_seconds=60`; see `breachscope limits`
    #[arg(long = "limit", value_name = "NAME=VALUE")]
    pub limits: Vec<String>,
    /// Folder with rules that replace or add to the built-in ones
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub rules: Option<PathBuf>,
    /// Folder with optional models, instead of the one that `models add` writes
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath, env = "BREACHSCOPE_MODELS")]
    pub models: Option<PathBuf>,
    /// Countries whose identifiers are sought, such as FR,ES; all if not given
    #[arg(long, value_name = "CC", value_delimiter = ',')]
    pub countries: Vec<String>,
    /// Password to try on encrypted files. Other users of the machine can see it; prefer --passwords
    #[arg(long = "password", value_name = "PASSWORD")]
    pub password: Vec<String>,
    /// File with one password a line
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub passwords: Option<PathBuf>,
    /// Read text from pixels
    #[arg(long, value_enum, value_name = "WHEN")]
    pub ocr: Option<Ocr>,
}

/// Arguments of `scan`.
#[derive(Debug, Args)]
#[command(before_help = SCAN_EXAMPLES)]
pub struct ScanArgs {
    /// The leak: folders or files
    #[arg(required = true, value_name = "SOURCE", value_hint = ValueHint::AnyPath)]
    pub sources: Vec<PathBuf>,
    /// Folder for everything the scan writes; made if it is new
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub case: PathBuf,
    /// Workers; one a processor if not given
    #[arg(short, long, value_name = "N")]
    pub jobs: Option<usize>,
    /// Examine only what matches; may be given several times
    #[arg(long, value_name = "GLOB")]
    pub include: Vec<String>,
    /// Leave out what matches; may be given several times
    #[arg(long, value_name = "GLOB")]
    pub exclude: Vec<String>,
    /// Leave out larger files, such as 500M
    #[arg(long, value_name = "SIZE")]
    pub max_file_size: Option<String>,
    /// Examine only the paths listed in a file, `-` for stdin
    #[arg(long, value_name = "FILE")]
    pub files_from: Option<PathBuf>,
    /// Paths of --files-from are separated by NUL
    #[arg(short = '0', long = "null", requires = "files_from")]
    pub null: bool,
    /// Stay on the source's file system
    #[arg(long)]
    pub one_file_system: bool,
    /// Where items are examined: in worker processes, or in this one
    #[arg(long, value_enum, value_name = "HOW", default_value = "process")]
    pub isolation: Isolation,
    /// Examine again what has a record of this kind
    #[arg(long, value_enum, value_name = "WHAT")]
    pub retry: Option<Retry>,
    /// Keep values, encrypted to this age recipient; without it no value is kept at all
    #[arg(long, value_name = "AGE_RECIPIENT")]
    pub seal_to: Option<String>,
    /// What only a person knows of the incident (TOML), for the report; the case remembers it
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub incident: Option<PathBuf>,
    /// Show paths in the report. They are personal data: clinics put names into them
    #[arg(long)]
    pub show_paths: bool,
    /// Exit with 10 to 13 if the severity is in this band or above
    #[arg(long, value_enum, value_name = "BAND")]
    pub fail_on: Option<Band>,
    /// What examination depends on.
    #[command(flatten)]
    pub examine: ExamineOptions,
}

/// Where text is read from pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Ocr {
    /// Nowhere
    Off,
    /// In documents without text
    Auto,
    /// In every picture and page
    All,
}

/// Where items are examined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Isolation {
    /// In worker processes: a crash costs one item
    Process,
    /// In this process: for debugging, and where something else isolates
    None,
}

/// What is examined again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Retry {
    /// Failed items
    Failed,
}

/// Bands of severity, as ENISA names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum Band {
    /// Low
    Low,
    /// Medium
    Medium,
    /// High
    High,
    /// Very high
    VeryHigh,
}

/// Arguments of `report`.
#[derive(Debug, Args)]
pub struct ReportArgs {
    /// The case folder
    #[arg(value_hint = ValueHint::DirPath)]
    pub case: PathBuf,
    /// What only a person knows of the incident (TOML); the case remembers the last one
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub incident: Option<PathBuf>,
    /// Folder with rules that replace or add to the built-in ones
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub rules: Option<PathBuf>,
    /// Show paths in the report. They are personal data: clinics put names into them
    #[arg(long)]
    pub show_paths: bool,
    /// Exit with 10 to 13 if the severity is in this band or above
    #[arg(long, value_enum, value_name = "BAND")]
    pub fail_on: Option<Band>,
}

/// Arguments of `notify`.
#[derive(Debug, Args)]
pub struct NotifyArgs {
    /// The case folder
    #[arg(value_hint = ValueHint::DirPath)]
    pub case: PathBuf,
    /// Which form
    #[arg(long, value_enum)]
    pub form: NotifyForm,
    /// How it is written
    #[arg(long, value_enum, default_value = "md")]
    pub format: NotifyFormat,
    /// Languages of the letters to people, such as fr,de; those of the people's countries if not given
    #[arg(long, value_name = "CODE", value_delimiter = ',')]
    pub language: Vec<String>,
    /// Write a file for each notification and letter into this folder, instead of all to stdout
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub into: Option<PathBuf>,
    /// What only a person knows of the incident (TOML); the case remembers the last one
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub incident: Option<PathBuf>,
    /// Folder with rules that replace or add to the built-in ones
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub rules: Option<PathBuf>,
}

/// Forms of notifications; each is a file `rules/notify/<name>.toml`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum NotifyForm {
    /// The EDPB's template for authorities of the European Union
    Edpb,
    /// The CNIL's online service (France)
    Cnil,
    /// The ICO's form (United Kingdom)
    Ico,
    /// The HHS portal (United States, HIPAA)
    Hhs,
    /// What Art. 33(3) GDPR asks for, for any authority
    Gdpr33,
    /// Letters to the people, Art. 34 GDPR
    Gdpr34,
    /// A processor's notice to each controller, Art. 33(2) GDPR
    Processor,
}

/// How a notification is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum NotifyFormat {
    /// Markdown
    Md,
    /// One HTML page
    Html,
    /// JSON
    Json,
    /// Plain text
    Txt,
}

/// Arguments of `export`.
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// The case folder
    #[arg(value_hint = ValueHint::DirPath)]
    pub case: PathBuf,
    /// What a row is, with jsonl, csv and parquet; files if not given
    #[arg(long, value_enum)]
    pub table: Option<Table>,
    /// How rows are written
    #[arg(long, value_enum, default_value = "jsonl")]
    pub format: Format,
    /// age identity that opens the sealed values; they are printed in clear
    #[arg(long, value_name = "AGEKEY", value_hint = ValueHint::FilePath)]
    pub identity: Option<PathBuf>,
    /// Folder for the files of a bag, with --format bagit
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath, required_if_eq("format", "bagit"))]
    pub into: Option<PathBuf>,
    /// What only a person knows of the incident (TOML), for veris and dpv
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub incident: Option<PathBuf>,
    /// Folder with rules that replace or add to the built-in ones, for veris and dpv
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub rules: Option<PathBuf>,
}

/// What a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Table {
    /// A listed file, with the findings of its members
    Files,
    /// A listed file, or a member of one
    Items,
    /// A piece of personal data
    Findings,
}

/// What is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// One JSON object a line
    Jsonl,
    /// Comma-separated values with a head
    Csv,
    /// Apache Parquet, for data frames; into a file or a pipe. Text is as it is in the leak
    Parquet,
    /// The incident as VERIS 1.4.1
    Veris,
    /// The incident as DPV 2.3 in JSON-LD
    Dpv,
    /// Size, SHA-256 and name of every file, for `hashdeep -a -k`. Names may name people
    Hashdeep,
    /// The tag files of a BagIt bag (RFC 8493), into the folder --into. Names may name people
    Bagit,
}

/// Arguments of `examine`.
#[derive(Debug, Args)]
pub struct ExamineArgs {
    /// The folder that the manifest's paths are below
    #[arg(value_hint = ValueHint::DirPath)]
    pub root: PathBuf,
    /// Case key (32 bytes), so that tokens of all tasks agree; drawn anew if not given
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub key: Option<PathBuf>,
    /// What examination depends on.
    #[command(flatten)]
    pub examine: ExamineOptions,
}

/// Arguments of `explain`.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// The case folder
    #[arg(value_hint = ValueHint::DirPath)]
    pub case: PathBuf,
    /// The item: its path as exports print it, or its id
    pub item: String,
}

/// Arguments of `text`.
#[derive(Debug, Args)]
pub struct TextArgs {
    /// Files to read
    #[arg(required = true, value_hint = ValueHint::FilePath)]
    pub files: Vec<PathBuf>,
    /// What examination depends on.
    #[command(flatten)]
    pub examine: ExamineOptions,
}

/// Arguments of `detect`.
#[derive(Debug, Args)]
pub struct DetectArgs {
    /// Lines are `{id, text, lang?, region?}`, answers `{id, spans}` in Unicode code points; the only format there is
    #[arg(long)]
    pub jsonl: bool,
    /// What examination depends on.
    #[command(flatten)]
    pub examine: ExamineOptions,
}

/// Commands about rules.
#[derive(Debug, Subcommand)]
pub enum RulesCommand {
    /// Print the path of every rule file
    List(RulesArgs),
    /// Compile every rule, and say file and line of the first that does not fit
    Check(RulesArgs),
    /// Check numbers that come on stdin as `{id, module, number}` lines; answers are `{id, valid}`
    Validate {
        /// The only format there is
        #[arg(long)]
        jsonl: bool,
    },
}

/// Arguments of `rules list` and `rules check`.
#[derive(Debug, Args)]
pub struct RulesArgs {
    /// Folder with rules that replace or add to the built-in ones
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub rules: Option<PathBuf>,
}

/// Arguments of `faces`.
#[derive(Debug, Args)]
#[command(before_help = FACES_EXAMPLES)]
pub struct FacesArgs {
    /// The case folder
    #[arg(value_hint = ValueHint::DirPath)]
    pub case: PathBuf,
    /// Worker processes; one for each processor if not given
    #[arg(short, long, value_name = "N")]
    pub jobs: Option<usize>,
    /// Where the models are
    #[command(flatten)]
    pub models: ModelsArgs,
}

/// Commands about models.
#[derive(Debug, Subcommand)]
#[command(before_help = MODELS_EXAMPLES)]
pub enum ModelsCommand {
    /// Say which face detector a scan uses, and where the others come from
    List(ModelsArgs),
    /// Check a model file against the known ones and copy it into the models folder
    Add {
        /// The file, as its authors published it
        #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
        file: PathBuf,
        /// Where to
        #[command(flatten)]
        folder: ModelsArgs,
    },
}

/// The models folder.
#[derive(Debug, Args)]
pub struct ModelsArgs {
    /// Folder with models, instead of the one in your data folder
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath, env = "BREACHSCOPE_MODELS")]
    pub models: Option<PathBuf>,
}

/// Arguments of `limits`.
#[derive(Debug, Args)]
pub struct LimitsArgs {
    /// Set a bound first, to see the table with it
    #[arg(long = "limit", value_name = "NAME=VALUE")]
    pub limits: Vec<String>,
}
