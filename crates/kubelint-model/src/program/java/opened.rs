//! The files that the configuration names, and without which a program does not start.

use super::finish::Around;
use super::libraries::Framework;
use crate::code::Expr;
use crate::program::{Program, ProgramOpened, Protocol};

/// Properties of Spring that state files of TLS, below `server.ssl` (`org.springframework.boot.web.server.Ssl`).
const OF_SPRING: [&str; 5] = [
    "server.ssl.key-store",
    "server.ssl.trust-store",
    "server.ssl.certificate",
    "server.ssl.certificate-private-key",
    "server.ssl.trust-certificate",
];
/// The same of Quarkus (quarkus.io/guides/http-reference).
const OF_QUARKUS: [&str; 3] = [
    "quarkus.http.ssl.certificate.files",
    "quarkus.http.ssl.certificate.key-files",
    "quarkus.http.ssl.certificate.key-store-file",
];
/// The property whose files hold more of the configuration.
const IMPORT: &str = "spring.config.import";

impl Around<'_, '_> {
    pub(super) fn opened(&self, program: &mut Program) {
        let framework = self.settings().framework();
        let has_tls =
            |it: &&crate::program::Port| it.tls == Some(true) && it.protocol == Protocol::Http;
        let has_tls = program.ports.iter().any(|it| has_tls(&it));
        let names: &[&str] = match framework {
            Framework::Spring if has_tls => &OF_SPRING,
            Framework::Quarkus if has_tls => &OF_QUARKUS,
            _ => &[],
        };
        for name in names {
            self.open(name, program);
        }
        if framework == Framework::Spring {
            let settings = self.settings();
            let all = settings.effective().into_iter();
            let imports: Vec<String> = all
                .map(|it| it.0)
                .filter(|it| it == IMPORT || it.starts_with("spring.config.import["))
                .collect();
            for name in imports {
                self.open(&name, program);
            }
        }
    }

    /// Adds the file that a property names, if it is a path from the root.
    fn open(&self, name: &str, program: &mut Program) {
        let settings = self.settings();
        let Some(place) = settings.place(name) else {
            return;
        };
        let Some(path) = path(&settings.value(name, None)) else {
            return;
        };
        program.opened.push(ProgramOpened {
            path,
            folder: None,
            place,
        });
    }
}

/// The path of a file that a value states: `file:/config/a.yml`, `/certs/key.p12`. `None` of what lies on the class path, may be missing, is a
/// folder, or is one of several.
fn path(value: &Expr) -> Option<Expr> {
    match value {
        Expr::Text(text) => {
            let rest = text.strip_prefix("file:").unwrap_or(text);
            let rest = rest.strip_prefix("//").unwrap_or(rest);
            let is_file = rest.starts_with('/')
                && !rest.ends_with('/')
                && !rest.contains([',', ';', '*', '[']);
            is_file.then(|| Expr::Text(rest.to_owned()))
        }
        Expr::Variable { name, default } => {
            let default = default.as_deref();
            Some(Expr::Variable {
                name: name.clone(),
                default: match default {
                    Some(it) => Some(Box::new(path(it)?)),
                    None => None,
                },
            })
        }
        _ => None,
    }
}
