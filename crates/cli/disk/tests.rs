use std::fs;

use kubelint_parser::source::Encoding;

use super::*;

struct Disk {
    _folder: tempfile::TempDir,
    root: PathBuf,
}

impl Disk {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let disk = Self {
            root: folder.path().canonicalize().unwrap(),
            _folder: folder,
        };
        for (path, text) in files {
            disk.write(path, text);
        }
        disk
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn sources(&self) -> DiskSources {
        DiskSources::new(&self.root, Context::Root, 1000)
    }
}

fn read(sources: &DiskSources, path: &str) -> Result<String, ReadError> {
    let text = sources.read(&SourcePath::new(path))?;
    Ok(text.as_str().to_owned())
}

fn listed(sources: &DiskSources) -> Vec<&str> {
    sources.list().iter().map(SourcePath::as_str).collect()
}

#[test]
fn everything_below_the_root_is_listed_sorted() {
    let disk = Disk::new(&[
        ("b.yaml", ""),
        ("a/c.yaml", ""),
        ("a-b.yaml", ""),
        (".gitignore", "hidden\n"),
        ("hidden/x", ""),
        ("vendor/x", ""),
        (".git/HEAD", ""),
    ]);
    let sources = disk.sources();
    assert_eq!(
        listed(&sources),
        [".gitignore", "a-b.yaml", "a/c.yaml", "b.yaml"]
    );
    let left_out: Vec<_> = sources
        .left_out()
        .iter()
        .map(|it| (it.path.as_str(), it.reason.clone()))
        .collect();
    assert_eq!(
        left_out,
        [
            (".git", Reason::ToolFolder),
            ("hidden", Reason::Ignored),
            ("vendor", Reason::ToolFolder)
        ]
    );
}

#[test]
fn what_is_not_listed_can_be_read_by_name() {
    let disk = Disk::new(&[
        (".gitignore", "hidden\nmade/\nvendor/x/\n"),
        ("hidden/x", "one"),
        ("vendor/x", "two"),
    ]);
    let sources = disk.sources();
    assert_eq!(read(&sources, "hidden/x").as_deref(), Ok("one"));
    assert_eq!(read(&sources, "vendor/x").as_deref(), Ok("two"));
    assert_eq!(read(&sources, "vendor/y"), Err(ReadError::NotFound));
    assert!(sources.is_ignored(&SourcePath::new("hidden/x")));
    assert!(sources.is_ignored(&SourcePath::new("hidden")));
    assert!(!sources.is_ignored(&SourcePath::new("vendor/x")));
    // Not there: nobody can tell whether it would be a folder.
    assert!(sources.is_ignored(&SourcePath::new("made")));
    assert!(sources.exists(&SourcePath::new("hidden")));
    assert!(!sources.exists(&SourcePath::new("hidden/y")));
}

#[test]
fn what_was_read_once_stays_the_same() {
    let disk = Disk::new(&[("a", "one")]);
    let sources = disk.sources();
    assert_eq!(read(&sources, "a").as_deref(), Ok("one"));
    assert_eq!(read(&sources, "b"), Err(ReadError::NotFound));
    disk.write("a", "two");
    disk.write("b", "new");
    assert_eq!(read(&sources, "a").as_deref(), Ok("one"));
    assert_eq!(read(&sources, "b"), Err(ReadError::NotFound));
}

#[test]
fn a_text_stands_for_a_file() {
    let disk = Disk::new(&[("deploy/a", "disk")]);
    let mut sources = disk.sources();
    sources.add_text(SourcePath::new("deploy/a"), SourceText::from("given"));
    sources.add_text(SourcePath::new("<stdin>"), SourceText::from("also"));
    assert_eq!(read(&sources, "deploy/a").as_deref(), Ok("given"));
    assert!(sources.exists(&SourcePath::new("<stdin>")));
    assert_eq!(listed(&sources), ["<stdin>", "deploy/a"]);
}

#[test]
fn without_context_only_targets_are_listed() {
    let disk = Disk::new(&[("a/x", ""), ("b/x", ""), ("c", "")]);
    let mut sources = DiskSources::new(&disk.root, Context::None, 1000);
    sources.add_folder(&disk.root.join("a"));
    sources.add_file(Path::new("c"));
    assert_eq!(listed(&sources), ["a/x", "c"]);
    assert_eq!(sources.targets().len(), 2);
}

#[test]
fn bytes_that_are_no_text_are_read_too() {
    let disk = Disk::new(&[]);
    fs::write(disk.root.join("a"), [0, 1, 0xff]).unwrap();
    let text = disk.sources().read(&SourcePath::new("a")).unwrap();
    assert_eq!(text.encoding(), Encoding::Binary);
}

#[test]
fn files_beyond_the_limit_are_refused() {
    let disk = Disk::new(&[("a", &"x".repeat(1000)), ("b", &"x".repeat(1001))]);
    let sources = disk.sources();
    assert!(read(&sources, "a").is_ok());
    let error = read(&sources, "b").unwrap_err().to_string();
    assert_eq!(
        error,
        "it has 1001 bytes, more than the 1000 that `--max-file-size` allows"
    );
}

#[cfg(unix)]
mod links {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn lead_anywhere_inside_and_nowhere_outside() {
        let outside = Disk::new(&[("secret", "hunter2"), ("folder/secret", "hunter2")]);
        let disk = Disk::new(&[("deploy/a", "one"), (".git/config", "token")]);
        let link = |to: &Path, at: &str| symlink(to, disk.root.join(at)).unwrap();
        link(Path::new("deploy/a"), "relative");
        link(&disk.root.join("deploy/a"), "absolute");
        link(&disk.root.join("deploy"), "folder");
        link(&outside.root.join("secret"), "escape");
        link(&outside.root.join("folder"), "escape-folder");
        link(Path::new("../../../../../../../../etc/passwd"), "climb");
        link(Path::new(".git/config"), "config");
        link(Path::new("/"), "top");
        let sources = disk.sources();
        for path in ["relative", "absolute", "folder/a", "deploy/../folder/a"] {
            assert_eq!(read(&sources, path).as_deref(), Ok("one"), "{path}");
            assert!(sources.exists(&SourcePath::new(path)));
        }
        for path in [
            "escape",
            "escape-folder/secret",
            "climb",
            "config",
            ".git/config",
            "top",
        ] {
            assert_eq!(read(&sources, path), Err(ReadError::OutsideRoot), "{path}");
            assert!(!sources.exists(&SourcePath::new(path)), "{path}");
        }
        assert_eq!(listed(&sources), ["deploy/a"]);
    }

    /// A folder that was searched may become a link before its files are read.
    #[test]
    fn that_come_later_do_not_lead_outside_either() {
        let outside = Disk::new(&[("a", "hunter2")]);
        let disk = Disk::new(&[("deploy/a", "one")]);
        let sources = disk.sources();
        assert_eq!(listed(&sources), ["deploy/a"]);
        fs::rename(disk.root.join("deploy"), disk.root.join("gone")).unwrap();
        symlink(&outside.root, disk.root.join("deploy")).unwrap();
        assert_eq!(read(&sources, "deploy/a"), Err(ReadError::OutsideRoot));
    }

    /// The way that is taken where the kernel cannot help.
    #[test]
    fn are_resolved_by_hand_where_the_system_does_not() {
        let outside = Disk::new(&[("secret", "hunter2")]);
        let disk = Disk::new(&[("deploy/a", "one")]);
        symlink("deploy/a", disk.root.join("inside")).unwrap();
        symlink(outside.root.join("secret"), disk.root.join("escape")).unwrap();
        let enclosure = Enclosure::new(&disk.root);
        let open = |path: &str| {
            enclosure
                .open_resolved(Path::new(path))
                .map(|(_, size)| size)
        };
        assert_eq!(open("deploy/a"), Ok(3));
        assert_eq!(open("inside"), Ok(3));
        assert_eq!(open("escape"), Err(ReadError::OutsideRoot));
        assert_eq!(open("../secret"), Err(ReadError::NotFound));
        assert_eq!(
            open("deploy"),
            Err(ReadError::Io("it is a folder, not a file".to_owned()))
        );
    }
}
