//! Paths on disk and what sources call them.

use std::fmt::Write as _;
use std::path::{Component, Path};

use kubelint_parser::source::SourcePath;

/// What sources call the file that is at `relative` below the root. Bytes that are not UTF-8 become `\xNN`, so that names which
/// differ on disk differ here too.
pub(crate) fn source_path(relative: &Path) -> SourcePath {
    SourcePath::new(&slashed(relative))
}

/// A path with `/` between its parts, whatever the system uses; bytes that are not UTF-8 as `\xNN`.
pub(crate) fn slashed(path: &Path) -> String {
    let mut text = String::with_capacity(path.as_os_str().len());
    for component in path.components() {
        if !text.is_empty() && !text.ends_with('/') {
            text.push('/');
        }
        match component {
            Component::RootDir => text.push('/'),
            component => push_escaped(&mut text, component.as_os_str().as_encoded_bytes()),
        }
    }
    text
}

/// What sources call the file that git calls `path`, which has `/` between its parts on every system.
pub(crate) fn git_path(path: &[u8]) -> SourcePath {
    let mut text = String::with_capacity(path.len());
    push_escaped(&mut text, path);
    SourcePath::new(&text)
}

fn push_escaped(text: &mut String, name: &[u8]) {
    for chunk in name.utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            // Writing to a string cannot fail.
            let _ = write!(text, "\\x{byte:02X}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn names_that_are_not_utf8_stay_apart() {
        use std::ffi::OsStr;
        use std::os::unix::ffi::OsStrExt;
        let bytes = b"d/caf\xe9.yaml";
        let path = Path::new(OsStr::from_bytes(bytes));
        assert_eq!(source_path(path).as_str(), "d/caf\\xE9.yaml");
        assert_eq!(git_path(bytes), source_path(path));
    }
}
