//! Registries behind a proxy: who is asked through it, who past it, and whom it is not to lead to.

use std::io::{BufRead, BufReader, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use crate::registries::Stub;
use crate::tree::{Run, Tree, finish};

/// A proxy that leads every connection to one address, whatever is asked for, and remembers what was.
pub(crate) struct Proxy {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    pub(crate) fn to(target: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let proxy = Self {
            address: listener.local_addr().unwrap(),
            asked: Arc::default(),
        };
        let asked = Arc::clone(&proxy.asked);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let asked = Arc::clone(&asked);
                thread::spawn(move || lead(stream, target, &asked));
            }
        });
        proxy
    }

    /// What a variable states of it.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What it was asked since the last time: the request's line, and what it was shown of credentials.
    pub(crate) fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }
}

/// Reads `CONNECT HOST:PORT`, and hands on what comes after it, in both directions.
fn lead(mut client: TcpStream, target: SocketAddr, asked: &Mutex<Vec<String>>) -> Option<()> {
    let mut reader = BufReader::new(client.try_clone().ok()?);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut seen = line.trim_end().replace(" HTTP/1.1", "");
    while line.len() > 2 {
        line.clear();
        reader.read_line(&mut line).ok()?;
        if line.to_ascii_lowercase().starts_with("proxy-authorization") {
            seen.push(' ');
            seen.push_str(line.trim_end());
        }
    }
    asked.lock().unwrap().push(seen);
    let Ok(mut server) = TcpStream::connect(target) else {
        let answer = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n";
        return client.write_all(answer).ok();
    };
    client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").ok()?;
    let mut back = (server.try_clone().ok()?, client.try_clone().ok()?);
    thread::spawn(move || {
        // Either side may have gone.
        let _ = std::io::copy(&mut back.0, &mut back.1);
        let _ = back.1.shutdown(Shutdown::Both);
    });
    let _ = std::io::copy(&mut reader, &mut server);
    server.shutdown(Shutdown::Both).ok()
}

fn pods(images: &[&str]) -> Tree {
    let pod = |(at, image): (usize, &&str)| {
        format!(
            "---\napiVersion: v1\nkind: Pod\nmetadata: {{name: p{at}}}\nspec: {{containers: [{{name: a, image: '{image}'}}]}}\n"
        )
    };
    let pods: String = images.iter().enumerate().map(pod).collect();
    Tree::repository([("pods.yaml", pods.as_str())])
}

fn check(tree: &Tree, variables: &[(&str, &str)]) -> Run {
    let args = [
        "check", "--select", "image", "--format", "concise", "--online",
    ];
    let mut command = tree.command_in("", &args);
    command.envs(variables.iter().copied());
    command.env("KUBELINT_NO_CACHE", "true");
    finish(&mut command)
}

fn told(run: &Run) -> String {
    format!("{}{}", run.stdout, run.stderr)
}

#[test]
fn registries_are_asked_through_the_proxy() {
    let stub = Stub::start();
    stub.push("acme/executor", "1.0.0", "1000", "/executor");
    let proxy = Proxy::to(stub.host.parse().unwrap());
    let tree = pods(&["registry.acme.test/acme/executor:2.0.0"]);
    let url = proxy.url().replace("http://", "http://me:hunter2@");
    let insecure = ("KUBELINT_INSECURE_REGISTRY", "registry.acme.test");
    let run = check(&tree, &[("HTTP_PROXY", &url), insecure]);
    run.holds(1, &["has no tag `2.0.0`; the newest is `1.0.0`"]);
    let asked = proxy.asked();
    assert!(!asked.is_empty());
    for it in asked {
        let shown = "CONNECT registry.acme.test:80 Proxy-Authorization: Basic bWU6aHVudGVyMg==";
        assert_eq!(it, shown);
    }
    // What is encrypted has a variable of its own. The stub knows nothing of TLS.
    let tree = pods(&["ghcr.io/acme/executor:2.0.0"]);
    let run = check(&tree, &[("https_proxy", &url)]);
    assert_eq!(run.status, Some(0), "{run:?}");
    assert!(told(&run).contains("1 image was not looked up"), "{run:?}");
    assert!(proxy.asked()[0].starts_with("CONNECT ghcr.io:443 "));
}

#[test]
fn no_proxy_leads_past_it() {
    let stub = Stub::start();
    stub.push("acme/executor", "1.0.0", "1000", "/executor");
    let proxy = Proxy::to(stub.host.parse().unwrap());
    let url = proxy.url();
    let all = [("HTTP_PROXY", url.as_str()), ("HTTPS_PROXY", url.as_str())];
    // This machine is never asked of another one.
    let image = format!("{}/acme/executor:2.0.0", stub.host);
    let insecure = ("KUBELINT_INSECURE_REGISTRY", stub.host.as_str());
    let run = check(&pods(&[&image]), &[&all[..], &[insecure]].concat());
    run.holds(1, &["error[tag-not-found]"]);
    assert_eq!(proxy.asked(), Vec::<String>::new());
    // A name that only the proxy would find is not found without it.
    let exempt = ("NO_PROXY", "localhost,.acme.invalid");
    let tree = pods(&["registry.acme.invalid/acme/executor:2.0.0"]);
    let run = check(&tree, &[&all[..], &[exempt]].concat());
    let silent = "registry.acme.invalid cannot be reached";
    assert!(told(&run).contains(silent), "{run:?}");
    assert_eq!(proxy.asked(), Vec::<String>::new());
}

#[test]
fn a_proxy_leads_nobody_to_addresses_and_this_machine() {
    let stub = Stub::start();
    let proxy = Proxy::to(stub.host.parse().unwrap());
    let url = proxy.url();
    let port = stub.host.rsplit(':').next().unwrap();
    let local = format!("localhost:{port}/a/a:1");
    let images = [
        local.as_str(),
        "registry.localhost/a/b:1",
        "127.0.0.1:5000/a/c:1",
        "127.1:5000/a/d:1",
        "2130706433:5000/a/e:1",
        "10.1.2.3/a/f:1",
        "8.8.8.8/a/g:1",
        "169.254.169.254/a/h:1",
        "[::1]:5000/a/i:1",
        "[fd00:ec2::254]:80/a/j:1",
    ];
    let run = check(
        &pods(&images),
        &[("HTTP_PROXY", &url), ("HTTPS_PROXY", &url)],
    );
    assert_eq!(run.status, Some(0), "{run:?}");
    assert_eq!(proxy.asked(), Vec::<String>::new(), "{run:?}");
    let refused = told(&run).matches("was not asked").count();
    assert!(refused >= 8, "{refused} of {}: {run:?}", images.len());
    // Metadata is not asked for even if somebody allowed it.
    let allowed = ("KUBELINT_ALLOW_REGISTRY", "169.254.169.254");
    let tree = pods(&["169.254.169.254/a/a:1"]);
    let run = check(&tree, &[("HTTPS_PROXY", &url), allowed]);
    assert!(told(&run).contains("it is link-local"), "{run:?}");
    assert_eq!(proxy.asked(), Vec::<String>::new());
}

#[test]
fn a_registry_cannot_lead_through_the_proxy_to_what_is_refused() {
    let stub = Stub::start();
    stub.redirect(
        "/v2/acme/a/manifests/1",
        "http://169.254.169.254/latest/meta-data",
    );
    stub.redirect("/v2/acme/b/manifests/1", "https://localhost/x");
    let proxy = Proxy::to(stub.host.parse().unwrap());
    let url = proxy.url();
    let tree = pods(&["registry.acme.test/acme/a:1", "other.acme.test/acme/b:1"]);
    let insecure = (
        "KUBELINT_INSECURE_REGISTRY",
        "registry.acme.test,other.acme.test",
    );
    let run = check(
        &tree,
        &[("HTTP_PROXY", &url), ("HTTPS_PROXY", &url), insecure],
    );
    assert_eq!(run.status, Some(0), "{run:?}");
    let told = told(&run);
    assert_eq!(told.matches("was not asked").count(), 2, "{told}");
    let is_registry = |it: &String| it.ends_with(".acme.test:80");
    let asked = proxy.asked();
    assert!(
        !asked.is_empty() && asked.iter().all(is_registry),
        "{asked:?}"
    );
}

#[test]
fn nobody_is_asked_past_a_proxy_that_cannot_be_used() {
    let stub = Stub::start();
    let tree = pods(&["registry.acme.test/acme/a:1"]);
    let run = check(&tree, &[("ALL_PROXY", "socks5://me:hunter2@127.0.0.1:9")]);
    let why = "registry.acme.test cannot be reached (ALL_PROXY states no proxy that is spoken to by HTTP)";
    assert!(told(&run).contains(why), "{run:?}");
    // Nor is a password shown of one that is down.
    let run = check(&tree, &[("HTTPS_PROXY", "http://me:hunter2@127.0.0.1:9")]);
    assert!(
        told(&run).contains("registry.acme.test cannot be reached"),
        "{run:?}"
    );
    assert!(!told(&run).contains("hunter2"), "{run:?}");
    assert_eq!(stub.asked(), Vec::<String>::new());
}
