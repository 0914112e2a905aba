//! Addresses in texts: URLs, `host:port` and names of Services, wherever an object states them, inside the files of ConfigMaps and Secrets
//! too. Facts of one document each; where they lead is for [`mod@crate::link`].
//!
//! One scanner finds them in any format by what addresses themselves look like, so that no format needs a parser of its own.

mod dependency;
mod front_end;
mod host;
mod lines;
mod listen;
mod places;
mod purpose;
mod scan;
mod scheme;

use kubelint_parser::TextRange;

pub use dependency::Dependency;
pub use front_end::{FrontEnd, front_end};
pub use host::{ClusterName, Host};
pub use listen::{PortVariable, port_variable};
pub use places::{Form, Mention, Site, mentions};
pub use purpose::Use;
pub use scan::scan;
pub use scheme::default_port;

/// An address in a text. All ranges are of that text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Address {
    /// The scheme of a URL without its `://`; of `jdbc:mysql://` only `mysql`. `None` for `host:port` and for plain names.
    pub scheme: Option<TextRange>,
    /// The host: a name, or an IP address without brackets. It may hold placeholders.
    pub host: TextRange,
    /// The port that is stated.
    pub port: Port,
    /// Whether a path or query follows, so that nothing else can be put behind the host.
    pub has_path: bool,
    /// Whether it stands in a comment of its text.
    pub is_comment: bool,
    /// What the text assigns it to: the key or option before it in the same line.
    pub key: Option<TextRange>,
}

/// The port of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Port {
    /// None is stated.
    Absent,
    /// This one, never 0; where it is written.
    Number(u16, TextRange),
    /// Something stands there that another program replaces.
    Replaced,
}

impl Address {
    /// Host and port, as they are written: what is to be shown of an address. Never its login.
    pub fn range(&self) -> TextRange {
        match self.port {
            Port::Number(_, port) => self.host.cover(port),
            Port::Absent | Port::Replaced => self.host,
        }
    }
}
