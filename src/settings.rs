//! What is meant: flags, the settings file and defaults, put together and checked. The clock, the version and the
//! machine come into the program here and nowhere else.

use crate::classify::picture::faces::DETECTOR_FILES;
use crate::cli::{self, ExamineOptions, ScanArgs, Shared};
use crate::extract::ExtractOptions;
use crate::isolation;
use crate::limits::{Limits, Toolbox};
use crate::pipeline::{DetectSettings, OcrMode};
use crate::rules::RuleFiles;
use crate::source::Filter;
use anyhow::{Context as _, Result, bail};
use clap::ValueEnum as _;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io, thread};

/// The program's version.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
/// Rules that only what comes after the ledger reads.
const REPORT_RULES: [&str; 3] = ["severity/", "resolve.toml", "README"];
/// Largest settings, incident, password or key file, in bytes.
const CONFIG_BYTES: u64 = 1 << 20;
/// Longer side of a picture in pixels at which faces are sought; 160 px find what larger ones find, up to small faces.
const PICTURE_SIDE: u32 = 320;

/// The settings file. Every field may be left out; flags win.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ConfigFile {
    jobs: Option<usize>,
    include: Vec<String>,
    exclude: Vec<String>,
    max_file_size: Option<String>,
    countries: Vec<String>,
    ocr: Option<String>,
    rules: Option<PathBuf>,
    models: Option<PathBuf>,
    passwords: Option<PathBuf>,
    seal_to: Option<String>,
    incident: Option<PathBuf>,
    limits: BTreeMap<String, u64>,
}

/// What examination depends on: together these decide what a record says.
#[derive(Debug)]
pub struct Examination {
    /// Bounds on one item.
    pub limits: Limits,
    /// What readers follow.
    pub extract: ExtractOptions,
    /// What detectors follow.
    pub detect: DetectSettings,
    /// Whether text is read from pixels.
    pub ocr: OcrMode,
    /// A folder laid over the embedded rules.
    pub rules: Option<PathBuf>,
    /// A folder with optional models.
    pub models: Option<PathBuf>,
    /// Digest of the rules.
    pub rules_digest: [u8; 32],
    /// Digest of those among them that bear on what a record says.
    examining_digest: [u8; 32],
}

/// What a scan lists.
#[derive(Debug)]
pub struct Listing {
    /// Folders and files, made absolute, links in them resolved.
    pub sources: Vec<PathBuf>,
    /// What is left out.
    pub filter: Filter,
    /// Where paths are read from instead of walking.
    pub files_from: Option<PathBuf>,
    /// What ends such a path.
    pub separator: u8,
    /// Folders on other file systems are not entered.
    pub one_file_system: bool,
}

/// A scan, as it is meant.
#[derive(Debug)]
pub struct ScanSettings {
    /// The case folder.
    pub case: PathBuf,
    /// What is listed.
    pub listing: Listing,
    /// What is done with it.
    pub examination: Examination,
    /// Workers.
    pub jobs: usize,
    /// Items are examined in worker processes.
    pub is_isolated: bool,
    /// Failed items are examined again.
    pub retry_failed: bool,
    /// Recipient of the values.
    pub seal_to: Option<age::x25519::Recipient>,
    /// What the report follows.
    pub report: ReportSettings,
}

/// A report, as it is meant.
#[derive(Debug, Clone, Default)]
pub struct ReportSettings {
    /// What only a person knows of the incident.
    pub incident: Option<PathBuf>,
    /// A folder laid over the embedded rules.
    pub rules: Option<PathBuf>,
    /// Paths stand in the report. They are personal data and left out otherwise.
    pub show_paths: bool,
    /// Lowest band that makes the exit code speak.
    pub fail_on: Option<cli::Band>,
    /// Nothing but results and errors is printed.
    pub is_quiet: bool,
}

impl ScanSettings {
    /// Puts flags and file together.
    ///
    /// # Errors
    /// With what to do about it, where something is missing or does not fit.
    pub fn new(args: ScanArgs, shared: &Shared) -> Result<Self> {
        let config = ConfigFile::read(shared)?;
        let sources = args.sources.iter().map(|path| resolve(path)).collect::<Result<Vec<_>>>()?;
        refuse_case_in_source(&args.case, &sources)?;
        if args.files_from.is_some() && sources.len() != 1 {
            bail!("--files-from works with one SOURCE: the folder that the paths are below");
        }
        let max_size = args.max_file_size.as_ref().or(config.max_file_size.as_ref());
        let max_size = max_size.map(|text| bytes(text)).transpose()?;
        let include = either(&args.include, &config.include);
        let exclude = either(&args.exclude, &config.exclude);
        let seal_to = args.seal_to.as_ref().or(config.seal_to.as_ref());
        let seal_to = seal_to.map(|text| recipient(text)).transpose()?;
        Ok(Self {
            listing: Listing {
                sources,
                filter: Filter::new(include, exclude, max_size).context("--include or --exclude")?,
                files_from: args.files_from,
                separator: if args.null { 0 } else { b'\n' },
                one_file_system: args.one_file_system,
            },
            jobs: args.jobs.or(config.jobs).filter(|jobs| *jobs > 0).unwrap_or_else(processors),
            is_isolated: args.isolation == cli::Isolation::Process,
            retry_failed: args.retry == Some(cli::Retry::Failed),
            seal_to,
            report: ReportSettings {
                incident: args.incident.or_else(|| config.incident.clone()),
                rules: args.examine.rules.clone().or_else(|| config.rules.clone()),
                show_paths: args.show_paths,
                fail_on: args.fail_on,
                is_quiet: shared.quiet,
            },
            examination: Examination::of(&args.examine, &config)?,
            case: args.case,
        })
    }
}

impl Examination {
    /// Puts flags and file together, for the commands that examine without a case.
    ///
    /// # Errors
    /// With what to do about it, where something does not fit.
    pub fn new(options: &ExamineOptions, shared: &Shared) -> Result<Self> {
        Self::of(options, &ConfigFile::read(shared)?)
    }

    fn of(options: &ExamineOptions, config: &ConfigFile) -> Result<Self> {
        let mut limits = Limits::default();
        for (name, value) in &config.limits {
            if !limits.set(name, *value) {
                bail!("there is no limit `{name}`; `breachscope limits` lists them");
            }
        }
        apply_limits(&mut limits, &options.limits)?;
        let rules = options.rules.clone().or_else(|| config.rules.clone());
        let rule_files = rule_files(rules.as_deref())?;
        let mut passwords = options.password.clone();
        if let Some(path) = options.passwords.as_ref().or(config.passwords.as_ref()) {
            let text = read_config(path).with_context(|| format!("the passwords in {}", path.display()))?;
            passwords.extend(text.lines().filter(|line| !line.is_empty()).map(str::to_owned));
        }
        let countries = either(&options.countries, &config.countries);
        Ok(Self {
            limits,
            extract: ExtractOptions { passwords, picture_side: PICTURE_SIDE, page_rasters: true, no_pixels: false },
            detect: DetectSettings { countries: countries.iter().map(|code| code.to_ascii_uppercase()).collect() },
            ocr: ocr_mode(options.ocr, config.ocr.as_deref())?,
            models: models(options.models.as_deref().or(config.models.as_deref()))?,
            rules_digest: rule_files.digest(),
            examining_digest: examining_digest(&rule_files),
            rules,
        })
    }

    /// The rules.
    ///
    /// # Errors
    /// If the folder given with `--rules` cannot be read.
    pub fn rule_files(&self) -> Result<RuleFiles> {
        rule_files(self.rules.as_deref())
    }

    /// The outside programs that the run may use.
    pub fn tools(&self) -> Toolbox {
        let found = isolation::toolbox().clone();
        if self.ocr == OcrMode::Off { Toolbox { tesseract: None, languages: Vec::new(), ..found } } else { found }
    }

    /// Digest of everything that changes what a record says. Keyed with the case key, because passwords go into it.
    pub fn profile(&self, key: &[u8; 32], is_sealed: bool) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new_keyed(key);
        let options = (&self.limits, &self.extract, &self.detect, self.ocr, &self.models, is_sealed);
        hasher.update(&postcard::to_stdvec(&options).unwrap_or_default());
        hasher.update(&self.examining_digest);
        // Pages without text and videos are examined again where their program was installed since.
        let tools = self.tools();
        hasher.update(tools.languages.join(",").as_bytes());
        hasher.update(&[u8::from(tools.ffmpeg.is_some())]);
        // So are pictures where a model was installed.
        hasher.update(self.face_models().join(",").as_bytes());
        hasher.finalize().into()
    }

    /// Names of the known models in the models folder.
    fn face_models(&self) -> Vec<&'static str> {
        let folder = self.models.as_deref();
        let is_there = |name: &str| folder.is_some_and(|folder| folder.join(name).is_file());
        DETECTOR_FILES.iter().map(|known| known.file_name).filter(|name| is_there(name)).collect()
    }

    /// The options for the report's last page; passwords are counted, not told.
    pub fn shown(&self, is_sealed: bool) -> String {
        let limits: BTreeMap<_, _> = self.limits.table().into_iter().map(|(name, value, ..)| (name, value)).collect();
        serde_json::json!({
            "countries": self.detect.countries,
            "ocr": self.ocr,
            "passwords": self.extract.passwords.len(),
            "has_own_rules": self.rules.is_some(),
            "models": self.face_models(),
            "is_sealed": is_sealed,
            "limits": limits,
        })
        .to_string()
    }
}

/// The folder with models: the one that was named, else `breachscope/models` in the user's data folder, which need not
/// exist.
///
/// # Errors
/// If none was named and the user has no home.
pub fn models_folder(named: Option<&Path>) -> Result<PathBuf> {
    if let Some(folder) = named {
        return Ok(folder.to_owned());
    }
    let folders = etcetera::choose_base_strategy().context("your data folder; name one with --models")?;
    Ok(etcetera::BaseStrategy::data_dir(&folders).join("breachscope").join("models"))
}

/// The folder with models for an examination; `None` where there is none.
fn models(named: Option<&Path>) -> Result<Option<PathBuf>> {
    if let Some(folder) = named.filter(|folder| !folder.is_dir()) {
        bail!("the models folder {} is not there; `breachscope models add FILE` makes one", folder.display());
    }
    // A user without a home has no models there, which is no error.
    Ok(models_folder(named).ok().filter(|folder| folder.is_dir()))
}

impl ConfigFile {
    fn read(shared: &Shared) -> Result<Self> {
        let Some(path) = &shared.config else { return Ok(Self::default()) };
        let text = read_config(path).with_context(|| format!("the settings in {}", path.display()))?;
        toml::from_str(&text).with_context(|| format!("the settings in {}", path.display()))
    }
}

/// The embedded rules, with a folder of the user's laid over them.
///
/// # Errors
/// If the folder cannot be read.
pub fn rule_files(folder: Option<&Path>) -> Result<RuleFiles> {
    let Some(folder) = folder else { return Ok(RuleFiles::embedded()) };
    RuleFiles::with_folder(folder).with_context(|| format!("the rules in {} cannot be read", folder.display()))
}

/// Digest of the rules that bear on what a record says: a change of the others needs no new scan, only a new report.
fn examining_digest(files: &RuleFiles) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    let bears = |path: &str| !REPORT_RULES.iter().any(|prefix| path.starts_with(prefix));
    for (path, bytes) in files.under("").filter(|(path, _)| bears(path)) {
        for part in [path.as_bytes(), bytes] {
            hasher.update(&(part.len() as u64).to_le_bytes()).update(part);
        }
    }
    hasher.finalize().into()
}

/// Sets bounds given as `NAME=VALUE`.
///
/// # Errors
/// If a name is unknown or a value is no number.
pub fn apply_limits(limits: &mut Limits, texts: &[String]) -> Result<()> {
    for text in texts {
        let (name, value) = text.split_once('=').with_context(|| format!("--limit {text}: expected NAME=VALUE"))?;
        let value = bytes(value).with_context(|| format!("--limit {text}"))?;
        if !limits.set(name, value) {
            bail!("there is no limit `{name}`; `breachscope limits` lists them");
        }
    }
    Ok(())
}

/// Reads a file of the user's: settings, incident, passwords, identity.
///
/// # Errors
/// If it cannot be read, is larger than 1 MiB or is not UTF-8.
pub fn read_config(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    let read = File::open(path)?.take(CONFIG_BYTES + 1).read_to_string(&mut text)?;
    if read as u64 > CONFIG_BYTES { Err(io::Error::other("larger than 1 MiB")) } else { Ok(text) }
}

/// Reads the incident file.
///
/// # Errors
/// If it cannot be read; the error names the file.
pub fn read_incident(path: &Path) -> Result<String> {
    read_config(path).with_context(|| format!("the incident file {} cannot be read", path.display()))
}

/// Now, in milliseconds since 1970-01-01 UTC; `SOURCE_DATE_EPOCH` stands in for the clock where it is set.
pub fn now_ms() -> i64 {
    let fixed = env::var("SOURCE_DATE_EPOCH").ok().and_then(|text| text.parse::<i64>().ok());
    fixed.map_or_else(|| jiff::Timestamp::now().as_millisecond(), |seconds| seconds.saturating_mul(1000))
}

/// Processors of this machine that may be used.
pub fn processors() -> usize {
    thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

fn either<'a>(first: &'a [String], second: &'a [String]) -> &'a [String] {
    if first.is_empty() { second } else { first }
}

fn ocr_mode(typed: Option<cli::Ocr>, configured: Option<&str>) -> Result<OcrMode> {
    let configured = configured.map(|text| cli::Ocr::from_str(text, false)).transpose();
    let configured = configured.map_err(|why| anyhow::anyhow!("ocr in the settings file: {why}"))?;
    Ok(match typed.or(configured) {
        None => OcrMode::default(),
        Some(cli::Ocr::Off) => OcrMode::Off,
        Some(cli::Ocr::Auto) => OcrMode::Auto,
        Some(cli::Ocr::All) => OcrMode::All,
    })
}

/// A number of bytes, with K, M, G or T for powers of 1024.
fn bytes(text: &str) -> Result<u64> {
    let text = text.trim();
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    let unit = text.strip_prefix(digits).unwrap_or_default().trim().to_ascii_lowercase();
    let shift = match unit.trim_end_matches("ib").trim_end_matches('b') {
        "" => 0,
        "k" => 10,
        "m" => 20,
        "g" => 30,
        "t" => 40,
        _ => bail!("`{text}` is not a size; write a number, or one with K, M, G or T, such as 500M"),
    };
    let number: u64 = digits.parse().with_context(|| format!("`{text}` is not a size"))?;
    number.checked_mul(1 << shift).with_context(|| format!("`{text}` is too large"))
}

fn recipient(text: &str) -> Result<age::x25519::Recipient> {
    let parsed = text.parse::<age::x25519::Recipient>();
    parsed.map_err(|why| anyhow::anyhow!("--seal-to: {why}; expected an age recipient, as `age-keygen` prints it"))
}

fn resolve(source: &Path) -> Result<PathBuf> {
    fs::canonicalize(source).with_context(|| {
        format!("the source {} cannot be opened; name the folder or file that holds the leak", source.display())
    })
}

/// The case must not lie in the leak: the scan would examine its own ledger, and nothing may be written there.
fn refuse_case_in_source(case: &Path, sources: &[PathBuf]) -> Result<()> {
    let absolute = std::path::absolute(case)?;
    let existing = absolute.ancestors().find(|path| path.exists()).unwrap_or(Path::new("/"));
    let below = absolute.strip_prefix(existing).unwrap_or(Path::new(""));
    let absolute = fs::canonicalize(existing)?.join(below);
    match sources.iter().find(|source| absolute.starts_with(source)) {
        Some(source) => bail!(
            "the case folder {} lies in the source {}, where nothing may be written; name one elsewhere with --case",
            case.display(),
            source.display()
        ),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_with_their_unit() {
        assert_eq!(bytes("500M").ok(), Some(500 << 20));
        assert_eq!(bytes("1 GiB").ok(), Some(1 << 30));
        assert_eq!(bytes("17").ok(), Some(17));
        assert!(bytes("many").is_err() && bytes("5X").is_err() && bytes("99999999999T").is_err());
    }

    #[test]
    fn a_case_in_the_source_is_refused_through_links_too() {
        let world = tempfile::tempdir().expect("folder");
        let leak = world.path().join("leak");
        fs::create_dir(&leak).expect("made");
        std::os::unix::fs::symlink(&leak, world.path().join("link")).expect("linked");
        let sources = [resolve(&leak).expect("there")];
        assert!(refuse_case_in_source(&leak.join("case"), &sources).is_err());
        assert!(refuse_case_in_source(&world.path().join("link/deep/case"), &sources).is_err());
        assert!(refuse_case_in_source(&world.path().join("case"), &sources).is_ok());
    }

    #[test]
    fn an_unknown_limit_is_refused() {
        assert!(apply_limits(&mut Limits::default(), &["no_such=1".to_owned()]).is_err());
        let mut limits = Limits::default();
        apply_limits(&mut limits, &["item_seconds=7".to_owned()]).expect("known");
        assert_eq!(limits.item_seconds, 7);
    }
}
