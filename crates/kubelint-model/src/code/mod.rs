//! Facts of application source, one file at a time: routes, variables that are read, ports, addresses.
//!
//! What a framework's calls mean is data: patterns with captures whose names say what they are (`frameworks/` in this crate, one file a
//! framework). What an expression says, and what is imported, is one module a language. Nothing is resolved across files here: a name that
//! another file defines stays a name ([`Expr::Name`]), and the [program](crate::program) that is made of the files resolves it.
//!
//! A language brings what names stand for (`Names`), the walk over its statements (`Walk`), and what its expressions and imports say
//! (`Syntax`, `Source`); all else is shared: `scope`, `outline`, `file`, and `captures`, which makes facts of what the patterns find.
//!
//! Unknown is a value: what cannot be enumerated is stated as [`Open`], and whoever needs completeness must ask.

mod captures;
mod csharp;
pub mod dotnet;
mod expr;
mod facts;
mod file;
mod frameworks;
pub(crate) mod go;
pub mod golang;
mod java;
pub(crate) mod javascript;
pub(crate) mod jvm;
mod kotlin;
pub mod nest;
mod outline;
mod patterns;
mod python;
mod scope;

use kubelint_parser::code::{Language, Limit, parse};

pub use expr::Expr;
pub use facts::{
    Address, Ahead, Call, Class, CodeFacts, Failure, Function, FunctionId, Guard, GuardKind,
    Import, Kind, Listener, Load, LoadKind, Lock, Middleware, Mount, Open, Opened, Place, Protocol,
    Read, ReadName, Route, RouteStyle, Router, Slash, Subject, VariableFile, VariableSet, Wait,
};

/// The facts of a file: `text` is what it holds.
///
/// What does not parse is left out, and the rest is read.
///
/// # Errors
///
/// If the text is larger or nested deeper than code that people write, or takes too long.
pub fn read(language: Language, text: &str) -> Result<CodeFacts, Limit> {
    let text = match language {
        Language::CSharp => csharp::worth_reading(text),
        Language::Go => go::worth_reading(text),
        _ => text,
    };
    let code = parse(text, language)?;
    match language {
        Language::Python => python::read(&code, text),
        Language::JavaScript | Language::TypeScript | Language::Tsx => {
            javascript::read(&code, text)
        }
        Language::CSharp => csharp::read(&code, text),
        Language::Java => java::read(&code, text),
        Language::Kotlin => kotlin::read(&code, text),
        Language::Go => go::read(&code, text),
    }
}

#[cfg(test)]
mod hostile;
#[cfg(test)]
mod samples;
