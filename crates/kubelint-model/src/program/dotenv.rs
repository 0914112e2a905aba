//! Files of variables (`.env`) that a program takes what is not set from: those that its image has.

use kubelint_parser::TextRange;
use kubelint_parser::source::SourcePath;

use super::ProgramSet;
use super::build::Build;
use super::store::Store;
use super::units::Units;
use crate::FileId;
use crate::code::Expr;

/// More variables of one file are not told.
const MOST: usize = 2_000;

/// The files of variables that a program reads if they are there, and whether it is sure which these are. `told` are those that its
/// interpreter is told to read.
pub(super) fn files(
    units: &Units<'_>,
    told: &[String],
    store: &mut Store<'_>,
) -> Vec<(FileId, bool)> {
    let facts = units.iter().flat_map(|it| it.facts.variable_files.iter());
    let mut wanted: Vec<(SourcePath, bool)> = Vec::new();
    let told = told.iter().filter_map(|it| at(&units.build, it));
    wanted.extend(told.map(|it| (it, true)));
    for fact in facts {
        let path = fact.path.as_ref().map_or(Some(".env"), Expr::text);
        let found = path.and_then(|it| at(&units.build, it));
        match (found, path) {
            (Some(file), _) => wanted.push((file, true)),
            (None, Some(_)) => {}
            // Which one it is nobody knows: any may be.
            (None, None) => {
                let build = &units.build;
                let all = build.files_such(|it| it.file_name().starts_with(".env"));
                wanted.extend(all.into_iter().map(|it| (it, false)));
            }
        }
    }
    wanted.sort();
    wanted.dedup_by(|a, b| a.0 == b.0);
    let read = |(path, is_sure): (SourcePath, bool)| Some((store.read_text(&path)?, is_sure));
    wanted.into_iter().filter_map(read).collect()
}

/// The file at `path`, read from the working folder of the image.
fn at(build: &Build<'_>, path: &str) -> Option<SourcePath> {
    let stage = build.image.stage();
    build.file(stage, &build.resolve(stage, path))
}

/// What a file of variables sets where it is not set before.
pub(super) fn sets(text: &str, file: FileId, is_sure: bool) -> Vec<ProgramSet> {
    let mut found = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let at = start + (line.len() - line.trim_start().len());
        start += line.len();
        let line = line.trim();
        let rest = line.strip_prefix("export ").unwrap_or(line).trim_start();
        let Some((name, value)) = rest.split_once('=') else {
            continue;
        };
        let name = name.trim_end();
        let is_name = !name.is_empty()
            && name
                .bytes()
                .all(|it| it.is_ascii_alphanumeric() || matches!(it, b'_' | b'.' | b'-'));
        if !is_name || found.len() >= MOST {
            continue;
        }
        let plain = plain(value).filter(|_| is_sure);
        found.push(ProgramSet {
            name: name.to_owned(),
            value: plain.map_or(Expr::Unknown, |it| Expr::Text(it.to_owned())),
            keeps: true,
            place: Some((file, TextRange::new(at as u32, (at + line.len()) as u32))),
        });
    }
    found
}

/// The value behind the sign, if it stands for itself: without quotes and the comment behind it.
fn plain(value: &str) -> Option<&str> {
    let value = value.trim();
    for quote in ['"', '\'', '`'] {
        if let Some(rest) = value.strip_prefix(quote) {
            let inner = &rest[..rest.find(quote)?];
            return (!inner.contains(['$', '\\'])).then_some(inner);
        }
    }
    let value = value.split(" #").next().unwrap_or_default().trim_end();
    (!value.contains(['$', '\\'])).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_set_variables() {
        let text =
            "# A=1\nPORT=4000 # http\n  export NAME=\"a b\" \nURL=http://$HOST\nnothing\nEMPTY=\n";
        let found = sets(text, FileId(0), true);
        let shown: Vec<(&str, Option<&str>)> = found
            .iter()
            .map(|it| (it.name.as_str(), it.value.text()))
            .collect();
        let expected = [
            ("PORT", Some("4000")),
            ("NAME", Some("a b")),
            ("URL", None),
            ("EMPTY", Some("")),
        ];
        assert_eq!(shown, expected);
        let (_, range) = found[1].place.unwrap();
        assert_eq!(range.of(text), "export NAME=\"a b\"");
    }
}
