//! Configuration: which files there are, what they and the flags ask for, and the settings that come of it.
//!
//! What each file may do is the engine's to say ([`config::Trust`]); here they are only found and read.

use std::env;
use std::fs;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use kubelint_engine::config::{self, Trust};
use kubelint_engine::decide::Baseline;
use kubelint_engine::settings::{Layer, NetworkWish, Word};
use kubelint_engine::{Registry, Settings};
use kubelint_parser::source::{ReadError, SourcePath, SourceText, Sources};

use crate::args::CheckArgs;
use crate::disk::{self, DiskSources, MAX_CONFIG, in_words, slashed};
use crate::exit::{Failure, Outcome};
use crate::origin;
use crate::packs::{self, Pack, Reach};
use crate::report::Paths;

/// The name of a repository's configuration, in its root.
pub(crate) const FILE_NAME: &str = "kubelint.yaml";

/// Names that people expect to be read, and that are not.
const NEAR_NAMES: [&str; 3] = ["kubelint.yml", ".kubelint.yaml", ".kubelint.yml"];

/// A baseline larger than this, in bytes, is none: it would hold half a million findings.
pub(crate) const MAX_BASELINE: u64 = 64 << 20;

/// Everything that was asked for, in files and flags.
#[derive(Debug)]
pub(crate) struct Wishes {
    /// The layers, the weakest first: the person's own configuration, the repository's, the flags.
    layers: Vec<Layer>,
    /// The rule packs.
    pub(crate) packs: Vec<Pack>,
    /// The file of findings that are known already.
    pub(crate) baseline: Option<PathBuf>,
    /// The configuration files that were read, as they are called from the working directory.
    pub(crate) files: Vec<String>,
    /// What is worth knowing about the configuration.
    pub(crate) notes: Vec<String>,
}

/// The person's home directory.
pub(crate) fn home() -> Option<PathBuf> {
    env::home_dir().and_then(|it| it.canonicalize().ok())
}

/// Whether the text of a `kubelint.yaml` makes its folder the root.
pub(crate) fn says_root(text: &str) -> bool {
    config::parse(FILE_NAME, text, Trust::Repository).map_or_else(
        // A mistake elsewhere in it is told when it is read, for which it must be the root's.
        |_| text.lines().any(|it| it.trim_end() == "root: true"),
        |layer| layer.root == Some(true),
    )
}

impl Wishes {
    /// Reads all configuration that counts for a run over `sources`, whose root is `root`.
    pub(crate) fn read(
        args: &CheckArgs,
        sources: &DiskSources,
        root: &Path,
        paths: &Paths,
    ) -> Outcome<Self> {
        let mut wishes = Self {
            // Nothing that is asked for, but what is known of the repository.
            layers: vec![Layer {
                repository: origin::urls(root),
                ..Layer::default()
            }],
            packs: Vec::new(),
            baseline: None,
            files: Vec::new(),
            notes: Vec::new(),
        };
        if !args.input.no_config {
            if let Some(file) = own_file()
                && let Some(text) = read_text(&file, MAX_CONFIG)?
            {
                wishes.add_chosen(&file, &text, Trust::Person)?;
            }
            match &args.input.config {
                Some(file) => {
                    let text = read_text(file, MAX_CONFIG)?;
                    let text = text
                        .ok_or_else(|| Failure::new(format!("{} does not exist", slashed(file))))?;
                    let trust = if is_below(file, root) {
                        Trust::Chosen
                    } else {
                        Trust::Person
                    };
                    wishes.add_chosen(file, &text, trust)?;
                }
                None => wishes.add_repository(sources, root, paths)?,
            }
        }
        wishes.add_flags(args)?;
        Ok(wishes)
    }

    /// The settings that are asked for. The registry must hold the packs.
    pub(crate) fn settings(&self, registry: &Registry) -> Outcome<Settings> {
        Ok(Settings::resolve(registry, &self.layers)?)
    }

    /// The findings that are known already, if there is a file of them.
    pub(crate) fn read_baseline(&self) -> Outcome<Option<Baseline>> {
        let Some(file) = &self.baseline else {
            return Ok(None);
        };
        let shown = slashed(file);
        let text = read_text(file, MAX_BASELINE)?.ok_or_else(|| {
            Failure::new(format!(
                "the baseline {shown} does not exist; `--write-baseline` makes one"
            ))
        })?;
        Ok(Some(Baseline::parse(&shown, &text)?))
    }

    /// A file that the person chose: it may name what it likes.
    fn add_chosen(&mut self, file: &Path, text: &str, trust: Trust) -> Outcome<()> {
        let shown = slashed(file);
        let mut layer = config::parse(&shown, text, trust)?;
        let folder = file.parent().unwrap_or(Path::new(""));
        for pack in &layer.packs {
            self.packs
                .push(packs::read(&folder.join(&pack.text), Reach::Anywhere)?);
        }
        if let Some(baseline) = &layer.baseline {
            self.baseline = Some(folder.join(&baseline.text));
        }
        if let Some(auth) = &mut layer.network.registry_auth {
            auth.text = folder.join(&auth.text).to_string_lossy().into_owned();
        }
        self.add(shown, layer);
        Ok(())
    }

    /// The file in the root: it may name nothing outside, neither by a link.
    fn add_repository(&mut self, sources: &DiskSources, root: &Path, paths: &Paths) -> Outcome<()> {
        let path = SourcePath::new(FILE_NAME);
        let shown = paths.show(&path).into_owned();
        let text = match sources.read(&path) {
            Ok(text) => text,
            Err(ReadError::NotFound) => {
                self.note_near_names(root, paths);
                return Ok(());
            }
            Err(error) => return Err(Failure::new(format!("cannot read {shown}: {error}"))),
        };
        let layer = config::parse(&shown, text.as_str(), Trust::Repository)?;
        // Checked here, and then called as it reads from the working directory.
        let inside =
            |word: &Word, found: fn(&DiskSources, &SourcePath) -> Result<(), ReadError>| {
                let path = SourcePath::new(&word.text);
                match found(sources, &path) {
                    Ok(()) => Ok(PathBuf::from(paths.show(&path).into_owned())),
                    Err(error) => Err(Failure::new(format!(
                        "{shown}: cannot read `{}`: {error}",
                        word.text
                    ))),
                }
            };
        for pack in &layer.packs {
            let folder = inside(pack, |sources, path| sources.locate(path).map(drop))?;
            self.packs.push(packs::read(&folder, Reach::Below(root))?);
        }
        if let Some(baseline) = &layer.baseline {
            self.baseline = Some(inside(baseline, DiskSources::holds)?);
        }
        self.add(shown, layer);
        Ok(())
    }

    fn add(&mut self, shown: String, layer: Layer) {
        self.files.push(shown);
        self.layers.push(layer);
    }

    fn note_near_names(&mut self, root: &Path, paths: &Paths) {
        for name in NEAR_NAMES.iter().filter(|it| root.join(it).is_file()) {
            let shown = paths.show(&SourcePath::new(name)).into_owned();
            self.notes.push(format!(
                "{shown} is not read: the configuration is called `{FILE_NAME}`"
            ));
        }
    }

    /// Tells of configurations between the folder `start` and the root: they are not read.
    pub(crate) fn note_passed_over(&mut self, start: &Path, root: &Path, paths: &Paths) {
        let between = start
            .ancestors()
            .take_while(|it| *it != root && it.starts_with(root));
        for folder in between.filter(|it| it.join(FILE_NAME).is_file()) {
            let below = folder.strip_prefix(root).unwrap_or(folder);
            let file = disk::source_path(&below.join(FILE_NAME));
            self.notes.push(format!(
                "{} is not read: it counts in the root only, and says `root: true` to make its folder that",
                paths.show(&file)
            ));
        }
    }

    fn add_flags(&mut self, args: &CheckArgs) -> Outcome<()> {
        for folder in &args.input.pack {
            self.packs.push(packs::read(folder, Reach::Anywhere)?);
        }
        if let Some(file) = &args.decide.baseline {
            self.baseline = Some(file.clone());
        }
        let words = |words: &[String]| words.iter().map(Word::unplaced).collect::<Vec<_>>();
        let (rules, decide) = (&args.rules, &args.decide);
        let (online, registries) = (&args.online, &args.online.registries);
        let is_required = online.require_online == Some(true);
        self.layers.push(Layer {
            profile: rules.profile,
            preview: rules.preview.then_some(true),
            select: (!rules.select.is_empty()).then(|| words(&rules.select)),
            extend_select: words(&rules.extend_select),
            ignore: words(&rules.ignore),
            min_confidence: decide.min_confidence,
            fail_on: decide.fail_on,
            kubernetes_version: rules.kubernetes_version,
            platforms: (!online.platform.is_empty()).then(|| online.platform.clone()),
            network: NetworkWish {
                online: online.online.or(is_required.then_some(true)),
                require_online: online.require_online,
                no_cache: registries.no_cache.then_some(true),
                registry_auth: registries
                    .registry_auth
                    .as_ref()
                    .map(|it| Word::unplaced(it.to_string_lossy())),
                registry_mirror: words(&registries.registry_mirror),
                insecure_registry: words(&registries.insecure_registry),
                allow_registry: words(&registries.allow_registry),
            },
            ..Layer::default()
        });
        Ok(())
    }
}

/// Whether a file lies in the root, so that whoever writes there writes it.
fn is_below(file: &Path, root: &Path) -> bool {
    // A link in it is the repository's, wherever it leads.
    let folder = file.parent().filter(|it| !it.as_os_str().is_empty());
    let places = [file, folder.unwrap_or(Path::new("."))].map(Path::canonicalize);
    places
        .into_iter()
        .any(|it| it.is_ok_and(|it| it.starts_with(root)))
}

/// A person's own configuration, if there is one.
fn own_file() -> Option<PathBuf> {
    let folder = env::var_os("XDG_CONFIG_HOME").map(PathBuf::from);
    // The specification has relative paths ignored.
    let folder = folder.filter(|it| it.is_absolute());
    let folder = folder.or_else(|| Some(env::home_dir()?.join(".config")))?;
    let file = folder.join("kubelint").join("config.yaml");
    // In a container the home directory may be somebody else's: what cannot be seen there is not this person's.
    fs::metadata(&file).is_ok().then_some(file)
}

/// The text of a file that the person chose; `None` if there is no such file.
pub(crate) fn read_text(file: &Path, limit: u64) -> Outcome<Option<String>> {
    let shown = slashed(file);
    let cannot = |why: &str| Failure::new(format!("cannot read {shown}: {why}"));
    let metadata = match fs::metadata(file) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(cannot(&in_words(&error))),
    };
    if !metadata.is_file() {
        let kind = disk::describe(metadata.file_type());
        return Err(cannot(&format!("it is {kind}, not a file")));
    }
    let mut bytes = Vec::new();
    fs::File::open(file)
        .and_then(|it| it.take(limit + 1).read_to_end(&mut bytes))
        .map_err(|error| cannot(&in_words(&error)))?;
    if bytes.len() as u64 > limit {
        return Err(cannot(&format!("it has more than {limit} bytes")));
    }
    Ok(Some(SourceText::from_bytes(bytes).as_str().to_owned()))
}
