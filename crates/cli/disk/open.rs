//! Opening files so that neither `..` nor a link leads out of the root, and nothing that is not a plain file is opened.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use kubelint_parser::source::ReadError;

/// A folder that nothing leads out of.
#[derive(Debug)]
pub(crate) struct Enclosure {
    root: PathBuf,
    #[cfg(target_os = "linux")]
    folder: Option<File>,
}

/// An open plain file and its size in bytes.
pub(crate) type Opened = (File, u64);

impl Enclosure {
    /// The folder `root`: absolute and without links.
    pub(crate) fn new(root: &Path) -> Self {
        Self {
            root: root.to_path_buf(),
            #[cfg(target_os = "linux")]
            folder: File::open(root).ok(),
        }
    }

    /// Opens the plain file `path`, which is relative to the root. It must have been seen to be one, by a search or by
    /// [`Self::expect_plain`]: to open a device can have effects.
    pub(crate) fn open(&self, path: &Path) -> Result<Opened, ReadError> {
        #[cfg(target_os = "linux")]
        if let Some(folder) = &self.folder
            && let Some(opened) = linux::open(folder, path)
        {
            return opened;
        }
        self.open_resolved(path)
    }

    /// The same for systems that cannot forbid to leave a folder: links are resolved first, and again after the file was opened,
    /// in case somebody moved one in between.
    pub(super) fn open_resolved(&self, path: &Path) -> Result<Opened, ReadError> {
        let resolved = self.resolve(path)?;
        plain_size(&fs::symlink_metadata(&resolved).map_err(|it| read_error(&it))?)?;
        let file = open_at_once(&resolved).map_err(|it| read_error(&it))?;
        let size = plain_size(&file.metadata().map_err(|it| read_error(&it))?)?;
        if self.resolve(path)? == resolved {
            Ok((file, size))
        } else {
            Err(ReadError::Io("it changes while it is read".to_owned()))
        }
    }

    /// That `path`, which holds no links, is a plain file.
    pub(crate) fn expect_plain(&self, path: &Path) -> Result<(), ReadError> {
        let metadata = fs::symlink_metadata(self.root.join(path)).map_err(|it| read_error(&it))?;
        plain_size(&metadata).map(drop)
    }

    /// Where `path` really is: absolute, without links, inside the root.
    pub(crate) fn resolve(&self, path: &Path) -> Result<PathBuf, ReadError> {
        let resolved = fs::canonicalize(self.root.join(path)).map_err(|it| read_error(&it))?;
        if resolved.starts_with(&self.root) {
            Ok(resolved)
        } else {
            Err(ReadError::OutsideRoot)
        }
    }
}

fn plain_size(metadata: &fs::Metadata) -> Result<u64, ReadError> {
    if metadata.is_file() {
        Ok(metadata.len())
    } else {
        let kind = describe(metadata.file_type());
        Err(ReadError::Io(format!("it is {kind}, not a file")))
    }
}

/// What something is that is not a plain file, with its article.
pub(crate) fn describe(kind: fs::FileType) -> &'static str {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        if kind.is_fifo() {
            return "a named pipe";
        }
        if kind.is_socket() {
            return "a socket";
        }
        if kind.is_block_device() || kind.is_char_device() {
            return "a device";
        }
    }
    if kind.is_dir() {
        "a folder"
    } else if kind.is_symlink() {
        "a link"
    } else {
        "something else"
    }
}

/// Opens without waiting, should the file have become a pipe since it was looked at.
fn open_at_once(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt;
        let flags = OFlags::NONBLOCK | OFlags::NOFOLLOW | OFlags::NOCTTY;
        options.custom_flags(flags.bits().cast_signed());
    }
    options.open(path)
}

/// The error of the system as a source's.
fn read_error(error: &io::Error) -> ReadError {
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => ReadError::NotFound,
        _ => ReadError::Io(in_words(error)),
    }
}

/// The system's words for an error, without its number.
pub(crate) fn in_words(error: &io::Error) -> String {
    let words = error.to_string();
    let end = words.find(" (os error").unwrap_or(words.len());
    let mut chars = words[..end].chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(chars).collect()
    })
}

#[cfg(target_os = "linux")]
mod linux {
    use std::fs::File;
    use std::path::Path;

    use kubelint_parser::source::ReadError;
    use rustix::fs::{Mode, OFlags, ResolveFlags, openat2};
    use rustix::io::Errno;

    use super::{Opened, plain_size, read_error};

    /// Opens `path` below `folder`; the kernel itself sees to it that nothing leads out. `None` if it cannot say: an old kernel, a
    /// sandbox that forbids the call, or a link that is absolute (it may still lead inside).
    pub(super) fn open(folder: &File, path: &Path) -> Option<Result<Opened, ReadError>> {
        let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY;
        let beneath = ResolveFlags::BENEATH | ResolveFlags::NO_MAGICLINKS;
        match openat2(folder, path, flags, Mode::empty(), beneath) {
            Ok(file) => {
                let file = File::from(file);
                let size = file.metadata().map_err(|it| read_error(&it));
                Some(size.and_then(|it| plain_size(&it)).map(|size| (file, size)))
            }
            Err(Errno::NOSYS | Errno::PERM | Errno::XDEV | Errno::AGAIN | Errno::LOOP) => None,
            Err(errno) => Some(Err(read_error(&errno.into()))),
        }
    }
}
