//! `kubelint man`: the manual pages of kubelint and of each of its commands.

use std::fs;
use std::io;
use std::path::Path;

use clap::Command;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, roman};

use crate::args;
use crate::disk::{in_words, slashed};
use crate::exit::{ExitStatus, Failure, Outcome};
use crate::interrupt::Interrupts;
use crate::output;

/// What the pages belong to.
const SOURCE: &str = concat!("kubelint ", env!("CARGO_PKG_VERSION"));

/// Writes `kubelint.1` and `kubelint-COMMAND.1` for every command into `folder`, which is made if it is not there.
pub(crate) fn run(folder: &Path, interrupts: &Interrupts) -> Outcome<ExitStatus> {
    let cannot = |error: &io::Error| {
        let reason = in_words(error);
        Failure::new(format!("cannot write to {}: {reason}", slashed(folder)))
    };
    fs::create_dir_all(folder).map_err(|error| cannot(&error))?;
    let mut kubelint = args::command().disable_help_subcommand(true);
    kubelint.build();
    let exit_status = kubelint.get_after_help().map(ToString::to_string);
    let commands = kubelint.get_subcommands().filter(|it| !it.is_hide_set());
    for command in std::iter::once(&kubelint).chain(commands) {
        let man = Man::new(command.clone()).source(SOURCE);
        let text = page(&man, command, exit_status.as_deref()).map_err(|error| cannot(&error))?;
        output::to_file(&folder.join(man.get_filename()), &text, interrupts)?;
    }
    Ok(ExitStatus::Clean)
}

/// The page of one command. What clap calls its help's end is the exit status, which has a section of its own in manual pages.
fn page(man: &Man, command: &Command, exit_status: Option<&str>) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    man.render_title(&mut text)?;
    man.render_name_section(&mut text)?;
    man.render_synopsis_section(&mut text)?;
    man.render_description_section(&mut text)?;
    man.render_options_section(&mut text)?;
    if command.has_subcommands() {
        man.render_subcommands_section(&mut text)?;
    }
    let mut end = Roff::new();
    if let Some(exit_status) = exit_status {
        let exit_status = exit_status.trim_start_matches("Exit status: ");
        end.control("SH", ["EXIT STATUS"]);
        end.text([roman(exit_status)]);
    }
    end.control("SH", ["SEE ALSO"]);
    end.text([roman(env!("CARGO_PKG_HOMEPAGE"))]);
    end.to_writer(&mut text)?;
    Ok(text)
}
