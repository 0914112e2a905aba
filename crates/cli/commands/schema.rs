//! `kubelint schema`: the JSON Schema of what kubelint reads and writes.

use kubelint_engine::{config, lock};

use crate::args::SchemaOf;
use crate::exit::{ExitStatus, Outcome};
use crate::{graph, output, report};

/// Prints the schema.
pub(crate) fn run(what: SchemaOf) -> Outcome<ExitStatus> {
    let schema = match what {
        SchemaOf::Config => config::json_schema(),
        SchemaOf::Lock => lock::json_schema(),
        SchemaOf::Report => report::report_schema(),
        SchemaOf::Graph => graph::graph_schema(),
    };
    output::to_stdout(Box::new(|out| writeln!(out, "{}", schema.trim_end())))?;
    Ok(ExitStatus::Clean)
}
