//! Blobs, by name, from one `git cat-file --batch` that is asked one question after the other.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use super::command::Git;
use super::id::BlobId;

/// The child that reads objects. It ends with this value; should kubelint be killed, it ends because nobody asks any more.
#[derive(Debug)]
pub(super) struct Objects {
    child: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

/// What git keeps under a name.
#[derive(Debug)]
pub(super) enum Blob {
    /// The content.
    Content(Vec<u8>),
    /// There is more than the limit; its size in bytes.
    TooLarge(u64),
    /// The clone does not have it.
    Missing,
}

/// The longest first line of an answer, in bytes: a name, a word and a size.
const MAX_HEADER: u64 = 1 << 10;

impl Objects {
    /// Starts the child.
    pub(super) fn start(git: &Git) -> io::Result<Self> {
        let mut child = git
            .command()
            .args(["cat-file", "--batch"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        match (child.stdin.take(), child.stdout.take()) {
            (Some(questions), Some(answers)) => Ok(Self {
                child,
                questions,
                answers: BufReader::new(answers),
            }),
            _ => Err(ended()),
        }
    }

    /// The blob `id`, if it has no more than `limit` bytes. The answer is read to its end before the next question is put, so that neither
    /// side waits for the other.
    pub(super) fn read(&mut self, id: &BlobId, limit: u64) -> io::Result<Blob> {
        self.questions
            .write_all(format!("{}\n", id.as_str()).as_bytes())?;
        self.questions.flush()?;
        let mut header = Vec::new();
        let mut first = self.answers.by_ref().take(MAX_HEADER);
        first.read_until(b'\n', &mut header)?;
        let header = String::from_utf8_lossy(&header).into_owned();
        let words: Vec<&str> = header.split_ascii_whitespace().collect();
        match words[..] {
            [_, "missing"] => Ok(Blob::Missing),
            [_, "blob", size] => {
                let size: u64 = size.parse().map_err(|_| ended())?;
                self.content(size, limit)
            }
            _ => Err(ended()),
        }
    }

    fn content(&mut self, size: u64, limit: u64) -> io::Result<Blob> {
        let is_wanted = size <= limit;
        let mut content = Vec::new();
        let mut answer = self.answers.by_ref().take(size);
        let read = if is_wanted {
            answer.read_to_end(&mut content)? as u64
        } else {
            io::copy(&mut answer, &mut io::sink())?
        };
        // A line break ends it.
        self.answers.read_exact(&mut [0])?;
        match (read == size, is_wanted) {
            (false, _) => Err(ended()),
            (true, true) => Ok(Blob::Content(content)),
            (true, false) => Ok(Blob::TooLarge(size)),
        }
    }
}

fn ended() -> io::Error {
    io::Error::new(
        io::ErrorKind::UnexpectedEof,
        "git ended, or answered what is no object",
    )
}

impl Drop for Objects {
    fn drop(&mut self) {
        // It may have ended already, and nothing that it could still say is of use.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
