//! How a container comes to its web server: the words that start it, what runs before, and whether the image's entry point prepares files.

use super::super::start::{Command, follow};
use super::super::store::Store;
use super::super::words::Word;
use super::Setup;
use super::changes::{Changes, changes};
use super::image::{Kind, ServerImage};
use crate::KubeNode;
use crate::dockerfile::{Inherited, Presence};
use crate::view::integer;

/// A web server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Server {
    Nginx,
    Caddy,
}

/// How a container starts its web server.
#[derive(Debug)]
pub(super) struct Start {
    pub(super) server: Server,
    /// The words that start it.
    pub(super) words: Vec<String>,
    /// What the commands change that run before it.
    pub(super) before: Changes,
    /// Whether the entry point of nginx's images handles templates and scripts first.
    pub(super) is_prepared: bool,
}

/// The server that a command of this name is.
fn server(name: &str) -> Option<Server> {
    match name.rsplit('/').next()? {
        "nginx" | "nginx-debug" | "openresty" => Some(Server::Nginx),
        "caddy" => Some(Server::Caddy),
        _ => None,
    }
}

/// The entry point of nginx's images.
const ENTRY_POINT: &str = "docker-entrypoint.sh";

impl Start {
    /// How the container starts a web server. `words` are what it starts; `None` if the base image decides, which is `image`.
    pub(super) fn of(
        setup: &Setup<'_, '_>,
        image: Option<ServerImage>,
        words: Option<&[Word]>,
        store: &mut Store<'_>,
    ) -> Option<Self> {
        let Some(words) = words else {
            let mut start = image.map(Self::by_itself)?;
            start.replace_entry_point(setup);
            return Some(start);
        };
        let shown: Vec<String> = words.iter().map(Word::shown).collect();
        let (is_entered, own) = match shown.first() {
            Some(first) if first.ends_with(ENTRY_POINT) && !setup.has_file(first) => {
                (true, &words[1..])
            }
            _ => (false, words),
        };
        let has_entry_point = is_entered || setup.is_entered_by_base();
        let is_named = own.first().and_then(Word::text);
        let is_named = is_named.is_some_and(|it| matches!(it, "nginx" | "nginx-debug"));
        let is_prepared = has_entry_point && is_named && image.is_some_and(ServerImage::prepares);
        let mut before = shell_text(own).map_or_else(Changes::default, |it| changes(&it, "/"));
        let found = match setup.build {
            Some(build) => {
                let commands = follow(own.to_vec(), build, store).ok()?;
                let command: &Command = commands.last()?;
                for script in &command.scripts {
                    before.add(changes(store.text_of(*script), &command.folder));
                }
                before.starts_others |= commands.len() > 1;
                // Its scripts were followed already.
                before.scripts.clear();
                command.words.iter().map(Word::shown).collect()
            }
            None if shell_text(own).is_some() => before.servers.last()?.clone(),
            None => own.iter().map(Word::shown).collect::<Vec<_>>(),
        };
        let is_told = |it: &String| matches!(it.as_str(), "-s" | "-t" | "-T");
        let server = server(found.first()?).filter(|_| !found.iter().any(is_told))?;
        let mut start = Self {
            server,
            words: found,
            before,
            is_prepared,
        };
        if has_entry_point {
            start.replace_entry_point(setup);
        }
        Some(start)
    }

    /// Where the build has an entry point of its own in the place of the image's, that is what runs.
    fn replace_entry_point(&mut self, setup: &Setup<'_, '_>) {
        let path = format!("/{ENTRY_POINT}");
        if setup.has_file(&path) {
            self.is_prepared = false;
            self.before.scripts.push(path);
        }
    }

    /// As the image does if it is told nothing.
    fn by_itself(image: ServerImage) -> Self {
        let (server, name) = match image.kind {
            Kind::Caddy => (Server::Caddy, "caddy"),
            Kind::OpenResty => (Server::Nginx, "openresty"),
            Kind::Nginx | Kind::Unprivileged => (Server::Nginx, "nginx"),
        };
        Self {
            server,
            words: vec![name.to_owned()],
            before: Changes::default(),
            is_prepared: image.prepares(),
        }
    }

    /// The value of an option of the command.
    pub(super) fn option(&self, names: &[&str]) -> Option<&str> {
        let mut words = self.words.iter().skip(1);
        while let Some(it) = words.next() {
            if names.contains(&it.as_str()) {
                return words.next().map(String::as_str);
            }
            let value = names
                .iter()
                .filter(|it| it.starts_with("--"))
                .find_map(|name| it.strip_prefix(name)?.strip_prefix('='));
            if value.is_some() {
                return value;
            }
        }
        None
    }
}

/// The text that words hand to a shell.
fn shell_text(words: &[Word]) -> Option<String> {
    let first = words.first()?.text()?;
    let is_shell = super::super::wrappers::is_shell(first);
    let flag = words.get(1)?.text()?;
    let is_text = is_shell && flag.starts_with('-') && flag.contains('c');
    is_text.then(|| words.get(2).map(Word::shown)).flatten()
}

impl Setup<'_, '_> {
    /// The words that a manifest starts an image with that is not built here; `None` if it leaves that to the image.
    pub(in crate::program) fn words_of_manifest(&self) -> Option<Vec<Word>> {
        let file = self.workload.resource.file;
        let lists = [self.container.command(), self.container.args()];
        let items = lists
            .into_iter()
            .flatten()
            .flat_map(kubelint_parser::yaml::Node::items);
        let words: Vec<Word> = items
            .map(|it| {
                let node = it.resolved();
                Word::of_manifest(&node.decoded(), (file, node.range()))
            })
            .collect();
        (!words.is_empty()).then_some(words)
    }

    /// Whether the build copies a file to `path`.
    fn has_file(&self, path: &str) -> bool {
        let presence =
            |it: &super::Build<'_>| it.presence(&super::super::build::absolute("/", path));
        self.build
            .is_some_and(|it| matches!(presence(it), Presence::Copied(_)))
    }

    /// Whether the entry point of the base image gets the words.
    fn is_entered_by_base(&self) -> bool {
        let is_own = self
            .build
            .is_none_or(|it| matches!(it.image.entrypoint, Inherited::FromBase));
        is_own && self.container.command().is_none()
    }

    /// The number of the user that the container runs as, if the manifest states it.
    fn stated_user(&self) -> Option<i64> {
        let own = self.container.security_context();
        let templates = self.workload.templates();
        let path = self.container.path();
        let of_pod = templates
            .iter()
            .find(|it| it.containers().iter().any(|it| it.path() == path))
            .and_then(|it| it.spec()?.field("securityContext"));
        let user = |it: kubelint_parser::yaml::Node<'_>| Some(integer(it, "runAsUser")?.value);
        own.and_then(user).or_else(|| of_pod.and_then(user))
    }

    /// Whether the server runs as root; `None` if nobody knows.
    pub(super) fn is_root(&self, image: Option<ServerImage>) -> Option<bool> {
        if let Some(user) = self.stated_user() {
            return Some(user == 0);
        }
        if let Some(build) = self.build
            && let Inherited::Stated(user) = &build.image.user
        {
            let user = user.value.as_known()?;
            let name = user.split(':').next().unwrap_or_default();
            return Some(matches!(name, "root" | "0"));
        }
        Some(!matches!(image?.kind, Kind::Unprivileged))
    }

    /// Whether something states the user that it runs as.
    pub(super) fn states_user(&self) -> bool {
        let by_build = self
            .build
            .is_some_and(|it| matches!(it.image.user, Inherited::Stated(_)));
        by_build || self.stated_user().is_some()
    }

    /// Whether the container's own files cannot be written.
    pub(super) fn is_read_only(&self) -> bool {
        let context = self.container.security_context();
        let stated = context.and_then(|it| crate::view::boolean(it, "readOnlyRootFilesystem"));
        stated.is_some_and(|it| it.value)
    }
}
