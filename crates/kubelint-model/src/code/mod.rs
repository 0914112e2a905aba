//! Facts of application source, one file at a time: routes, variables that are read, ports, addresses.
//!
//! What a framework's calls mean is data: patterns with captures whose names say what they are (`frameworks/` in this crate, one file a
//! framework). What an expression says, and what is imported, is one module a language. Nothing is resolved across files here: a name that
//! another file defines stays a name ([`Expr::Name`]), and the [program](crate::program) that is made of the files resolves it.
//!
//! Unknown is a value: what cannot be enumerated is stated as [`Open`], and whoever needs completeness must ask.

mod expr;
mod facts;

pub use expr::Expr;
pub use facts::{
    Address, Call, Class, CodeFacts, Function, FunctionId, Guard, GuardKind, Import, Kind,
    Listener, Mount, Open, Place, Protocol, Read, ReadName, Route, RouteStyle, Router, Slash,
    Subject, VariableFile, VariableSet, Wait,
};
