//! Names of blobs: a hash of their content, by which a file on disk is known to be the one that git keeps.

use sha1::Sha1;
use sha2::Sha256;
use sha2::digest::Digest;

/// A blob's name, in hexadecimal: 40 digits (SHA-1) or 64 (SHA-256), as the repository was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct BlobId(String);

impl BlobId {
    /// The name that git writes so; `None` if it is none.
    pub(super) fn parse(digits: &[u8]) -> Option<Self> {
        let is_id = matches!(digits.len(), 40 | 64) && digits.iter().all(u8::is_ascii_hexdigit);
        is_id.then(|| Self(String::from_utf8_lossy(digits).into_owned()))
    }

    /// The name as git writes it.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a blob of this content has the name.
    pub(super) fn is_of(&self, content: &[u8]) -> bool {
        if self.0.len() == 40 {
            self.is_hash::<Sha1>(content)
        } else {
            self.is_hash::<Sha256>(content)
        }
    }

    fn is_hash<D: Digest>(&self, content: &[u8]) -> bool {
        let mut hash = D::new();
        hash.update(format!("blob {}\0", content.len()));
        hash.update(content);
        let digits = hash.finalize();
        let digits = digits.iter().flat_map(|it| [it >> 4, it & 0xf]);
        let digits = digits.filter_map(|it| char::from_digit(it.into(), 16));
        digits.eq(self.0.chars())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_that_git_gives() {
        // `printf hello | git hash-object --stdin`, in repositories of both formats.
        for name in [
            "b6fc4c620b67d95f953a5c1c1230aaab5db5a1b0",
            "8aec4e4876f854f688d0ebfc8f37598f38e5fd6903cccc850ca36591175aeb60",
        ] {
            let id = BlobId::parse(name.as_bytes()).unwrap();
            assert!(id.is_of(b"hello"), "{name}");
            assert!(!id.is_of(b"hallo"), "{name}");
        }
        assert_eq!(BlobId::parse(b"b6fc"), None);
    }
}
