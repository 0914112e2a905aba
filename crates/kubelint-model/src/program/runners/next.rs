//! What starts programs of Next.js: its own command, and the server that a standalone build writes.

use std::rc::Rc;

use kubelint_parser::code::Language;

use super::arguments::Arguments;
use super::{Around, Bind, Entry, Launch, Root, Runtime, Server};
use crate::code::{Expr, Protocol};
use crate::program::build::absolute;
use crate::program::next::{self, Next};
use crate::program::start::{Command, Set};
use crate::program::store::{Store, language};
use crate::program::words::Word;

/// Flags without a value (nextjs.org/docs/app/api-reference/cli/next).
const SWITCHES: [&str; 9] = [
    "--turbo",
    "--turbopack",
    "--webpack",
    "--inspect",
    "--experimental-https",
    "--experimental-test-proxy",
    "--disable-source-maps",
    "-h",
    "--help",
];
/// Up to this version the command does not read `PORT`, or only in some of its releases.
const WITHOUT_PORT: u32 = 11;
/// Where it listens if nothing is said.
const PORT: &str = "3000";

/// What `next start` and `next dev` run; `words` follow the name.
pub(super) fn launch(
    words: &[Word],
    command: &Command,
    around: &Around<'_, '_>,
    store: &mut Store<'_>,
) -> Option<Launch> {
    let arguments = Arguments::read(words, &SWITCHES);
    let mut given = arguments.positional.iter();
    match given.next().map(Word::text) {
        None | Some(Some("start" | "dev")) => {}
        Some(_) => return None,
    }
    let folder = match given.next() {
        Some(it) => absolute(&command.folder, it.text()?),
        None => absolute(&command.folder, "."),
    };
    let next = next::started(&folder, around.build, store);
    let stated = arguments.value(&["-p", "--port"]);
    let host = arguments.value(&["-H", "--hostname"]);
    let mut bind = bind(&command.sets);
    bind.host = host.map(|it| it.expr.clone());
    if let Some(stated) = stated {
        bind.port = stated.expr.clone();
        bind.place = stated.place;
    } else if next.version.is_some_and(|it| it <= WITHOUT_PORT) {
        let plain = Expr::Text(PORT.to_owned());
        bind.port = Expr::Either(vec![plain, bind.port]);
    }
    if arguments.has("--experimental-https") {
        bind.tls = Some(true);
    }
    Some(of(next, folder, bind, around))
}

/// What the interpreter runs that is given the file at `path`, if that is the server of a standalone build.
pub(super) fn standalone(
    path: &str,
    command: &Command,
    around: &Around<'_, '_>,
    store: &mut Store<'_>,
) -> Option<Launch> {
    let next = next::standalone(path, around.build, store)?;
    let mut bind = bind(&command.sets);
    // In a pod nobody has to set it: then it is the pod's name, which means the pod's own address.
    bind.host = Some(Expr::Variable {
        name: "HOSTNAME".to_owned(),
        default: Some(Box::new(Expr::Text("0.0.0.0".to_owned()))),
    });
    Some(of(next, command.folder.clone(), bind, around))
}

/// Where it listens unless its arguments say so; `sets` are the variables that stand before the command.
fn bind(sets: &[Set]) -> Bind {
    let set = sets.iter().rev().find(|it| it.name == "PORT");
    // What keeps a value that is there is told with the variable.
    let set = set.filter(|it| !it.value.names_variable("PORT"));
    let variable = Expr::Variable {
        name: "PORT".to_owned(),
        default: Some(Box::new(Expr::Text(PORT.to_owned()))),
    };
    Bind {
        port: set.map_or(variable, |it| it.value.clone()),
        host: None,
        protocol: Protocol::Http,
        tls: Some(false),
        place: set.and_then(|it| it.place),
    }
}

fn of(next: Next, folder: String, bind: Bind, around: &Around<'_, '_>) -> Launch {
    let first = next.sources.first().and_then(|it| language(&it.file));
    let run_in = (around.build.image.stage(), folder);
    let home = next.home.clone().into_iter().chain([run_in]);
    Launch {
        language: first.unwrap_or(Language::JavaScript),
        roots: home.map(|(stage, folder)| Root { stage, folder }).collect(),
        entry: Entry::Next(Rc::new(next)),
        server: Some(Server {
            binds: Vec::new(),
            default: bind,
            configuration: None,
            root_path: None,
        }),
        command: None,
        runtime: Runtime::default(),
        gaps: Vec::new(),
    }
}
