//! Where output goes: standard output, or a file that is written whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

use crate::disk::{in_words, slashed};
use crate::exit::{Failure, Outcome};
use crate::interrupt::Interrupts;

/// What writes something.
pub(crate) type Writer<'a> = dyn FnOnce(&mut dyn Write) -> io::Result<()> + 'a;

/// Writes to standard output. Whoever closes it has seen enough: that is no failure.
pub(crate) fn to_stdout(write: Box<Writer<'_>>) -> Outcome<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    match write(&mut out).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Failure::new(format!(
            "cannot write to standard output: {}",
            in_words(&error)
        ))),
        _ => Ok(()),
    }
}

/// Writes `bytes` to the file `path`. Whatever happens, the file is either as it was or holds all of them; a device or pipe is
/// written to as it is.
pub(crate) fn to_file(path: &Path, bytes: &[u8], interrupts: &Interrupts) -> Outcome<()> {
    let written = match place(path) {
        Ok(Place::Device) => OpenOptions::new()
            .write(true)
            .open(path)
            .and_then(|mut it| it.write_all(bytes)),
        Ok(Place::File(file)) => interrupts.defer(|| replace(&file, bytes, interrupts)),
        Err(error) => Err(error),
    };
    written.map_err(|error| {
        Failure::new(format!(
            "cannot write {}: {}",
            slashed(path),
            in_words(&error)
        ))
    })
}

/// What a path leads to.
enum Place {
    /// A file, or a place for one: its path without links.
    File(PathBuf),
    /// Something that cannot be replaced.
    Device,
}

fn place(path: &Path) -> io::Result<Place> {
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_file() => Ok(Place::File(fs::canonicalize(path)?)),
        Ok(metadata) if metadata.is_dir() => Err(ErrorKind::IsADirectory.into()),
        Ok(_) => Ok(Place::Device),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Place::File(path.to_path_buf())),
        Err(error) => Err(error),
    }
}

/// Writes a file beside `path` and gives it that name when it is complete.
fn replace(path: &Path, bytes: &[u8], interrupts: &Interrupts) -> io::Result<()> {
    let (temporary, file) = temporary_beside(path)?;
    let written = fill(&file, path, bytes, interrupts).and_then(|()| fs::rename(&temporary, path));
    if written.is_err() {
        // What cannot be removed either cannot be helped; the error that is told is the first one.
        let _ = fs::remove_file(&temporary);
    }
    written
}

/// How much is written between two looks at the interrupts.
const CHUNK: usize = 1 << 20;

fn fill(mut file: &File, path: &Path, bytes: &[u8], interrupts: &Interrupts) -> io::Result<()> {
    if let Ok(old) = fs::metadata(path) {
        file.set_permissions(old.permissions())?;
    }
    for chunk in bytes.chunks(CHUNK) {
        if interrupts.came().is_some() {
            return Err(ErrorKind::Interrupted.into());
        }
        file.write_all(chunk)?;
    }
    // Some file systems notice only now that they are full.
    file.sync_all()
}

fn temporary_beside(path: &Path) -> io::Result<(PathBuf, File)> {
    let folder = path.parent().unwrap_or(Path::new(""));
    let name = path.file_name().ok_or(ErrorKind::InvalidFilename)?;
    let mut attempt = 0;
    loop {
        let mut temporary = std::ffi::OsString::from(".");
        temporary.push(name);
        temporary.push(format!(".{}-{attempt}.tmp", std::process::id()));
        let temporary = folder.join(temporary);
        match OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&temporary)
        {
            Ok(file) => return Ok((temporary, file)),
            Err(error) if error.kind() == ErrorKind::AlreadyExists && attempt < 100 => attempt += 1,
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<_> = entries
            .map(|it| it.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_is_replaced_whole_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.json");
        let quiet = Interrupts::default();
        to_file(&path, b"one", &quiet).unwrap();
        to_file(&path, b"two", &quiet).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(names(folder.path()), ["report.json"]);
    }

    #[cfg(unix)]
    #[test]
    fn permissions_and_links_stay() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("real"), folder.path().join("link"));
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        std::os::unix::fs::symlink("real", &link).unwrap();
        to_file(&link, b"new", &Interrupts::default()).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o640
        );
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_device_is_an_error_and_stays_a_device() {
        let full = Path::new("/dev/full");
        let error = to_file(full, b"x", &Interrupts::default()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "kubelint: error: cannot write /dev/full: no space left on device\n"
        );
        assert!(!fs::metadata(full).unwrap().is_file());
    }
}
