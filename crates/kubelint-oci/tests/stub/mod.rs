//! A registry within the test: what it answers is a function, and what it was asked is kept.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use sha2::{Digest, Sha256};

/// What was asked.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) method: String,
    /// The path with its query.
    pub(crate) path: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Asked {
    /// A header, by its name in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|it| it.0 == name);
        found.map(|it| it.1.as_str())
    }
}

/// What is answered.
#[derive(Clone, Debug, Default)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) end: End,
}

/// How an answer ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum End {
    #[default]
    Whole,
    /// It goes on as long as somebody reads.
    Endless,
    /// One byte comes, and then nothing.
    Slow,
    /// The connection is closed before anything is said.
    Nothing,
}

impl Answer {
    pub(crate) fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            body: body.into(),
            ..Self::default()
        }
    }

    pub(crate) fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }
}

/// A server on a port of this machine. It ends with the test.
#[derive(Clone)]
pub(crate) struct Stub {
    pub(crate) address: SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Stub {
    pub(crate) fn new(answer: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (answer, kept) = (Arc::new(answer), Arc::clone(&asked));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (answer, kept) = (Arc::clone(&answer), Arc::clone(&kept));
                thread::spawn(move || serve(&stream, &*answer, &kept));
            }
        });
        Self { address, asked }
    }

    /// `127.0.0.1:PORT`.
    pub(crate) fn host(&self) -> String {
        self.address.to_string()
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

fn serve(stream: &TcpStream, answer: &dyn Fn(&Asked) -> Answer, kept: &Mutex<Vec<Asked>>) {
    let mut reader = BufReader::new(stream);
    while let Some(asked) = read(&mut reader) {
        kept.lock().unwrap().push(asked.clone());
        let answer = answer(&asked);
        if answer.end == End::Nothing || write(stream, &asked, &answer).is_err() {
            return;
        }
    }
}

fn read(reader: &mut impl BufRead) -> Option<Asked> {
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split_whitespace();
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else {
            break;
        };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let length = headers.iter().find(|it| it.0 == "content-length");
    let mut body = vec![0; length.map_or(0, |it| it.1.parse().unwrap())];
    reader.read_exact(&mut body).ok()?;
    Some(Asked {
        method,
        path,
        headers,
        body: String::from_utf8(body).ok()?,
    })
}

fn write(mut stream: &TcpStream, asked: &Asked, answer: &Answer) -> std::io::Result<()> {
    let mut head = format!("HTTP/1.1 {} X\r\n", answer.status);
    for (name, value) in &answer.headers {
        let _ = write!(head, "{name}: {value}\r\n");
    }
    match answer.end {
        End::Endless => head.push_str("Transfer-Encoding: chunked\r\n"),
        End::Slow => head.push_str("Content-Length: 1000\r\n"),
        _ => _ = write!(head, "Content-Length: {}\r\n", answer.body.len()),
    }
    head.push_str("\r\n");
    stream.write_all(head.as_bytes())?;
    if asked.method == "HEAD" {
        return Ok(());
    }
    match answer.end {
        End::Endless => loop {
            stream.write_all(b"1000\r\n")?;
            stream.write_all(&[b' '; 0x1000])?;
            stream.write_all(b"\r\n")?;
        },
        End::Slow => {
            stream.write_all(b" ")?;
            thread::sleep(Duration::from_mins(10));
            Ok(())
        }
        _ => stream.write_all(&answer.body),
    }
}

/// The digest of a content.
pub(crate) fn digest(bytes: &[u8]) -> String {
    let mut digest = "sha256:".to_owned();
    for byte in Sha256::digest(bytes) {
        // Writing to a string cannot fail.
        let _ = write!(digest, "{byte:02x}");
    }
    digest
}

/// An image for two platforms, as a registry has it: contents by digest, the last of which is the index.
pub(crate) fn image(config: &str) -> Vec<(String, Vec<u8>)> {
    let config = config.as_bytes().to_vec();
    let config_digest = digest(&config);
    let manifest = format!(
        r#"{{"schemaVersion": 2, "config": {{"digest": "{config_digest}"}}, "layers": []}}"#
    )
    .into_bytes();
    let of = digest(&manifest);
    let index = format!(
        r#"{{"schemaVersion": 2, "manifests": [
            {{"digest": "{of}", "platform": {{"os": "linux", "architecture": "arm64", "variant": "v8"}}}},
            {{"digest": "{of}", "platform": {{"os": "linux", "architecture": "amd64"}}}},
            {{"digest": "{of}", "platform": {{"os": "unknown", "architecture": "unknown"}}}}]}}"#
    )
    .into_bytes();
    let all = [config, manifest, index];
    all.into_iter().map(|it| (digest(&it), it)).collect()
}

/// A registry of one image `team/api` with these tags, which all mean the same.
pub(crate) fn registry(
    tags: &'static [&'static str],
    config: &str,
) -> impl Fn(&Asked) -> Answer + Send + Sync + 'static {
    let contents = image(config);
    move |asked| {
        let Some(rest) = asked.path.strip_prefix("/v2/team/api/") else {
            return Answer::new(404, r#"{"errors": [{"code": "NAME_UNKNOWN"}]}"#);
        };
        let (kind, name) = rest.split_once('/').unwrap();
        let (last, _) = contents.last().unwrap();
        let name = if kind == "manifests" && tags.contains(&name) {
            last
        } else {
            name
        };
        if kind == "tags" {
            let tags: Vec<String> = tags.iter().map(|it| format!("\"{it}\"")).collect();
            return Answer::new(200, format!("{{\"tags\": [{}]}}", tags.join(",")));
        }
        match contents.iter().find(|it| it.0 == *name) {
            Some((digest, bytes)) => {
                Answer::new(200, bytes.clone()).with("Docker-Content-Digest", digest)
            }
            None => Answer::new(404, r#"{"errors": [{"code": "MANIFEST_UNKNOWN"}]}"#),
        }
    }
}
