//! The files that scripts source and Makefiles include: they may hold nothing but variables, so that no byte search finds them.

use kubelint_parser::source::SourcePath;

/// More files than these are not read for that.
pub(super) const MOST: usize = 200;
/// Larger files hold more than variables.
pub(super) const MAX_SIZE: usize = 64 << 10;

/// The words behind which a path stands, at the beginning of a line.
const WORDS: [&str; 5] = ["source ", ". ", "include ", "-include ", "sinclude "];

/// Where the files may lie that `text`, the script or Makefile at `path`, names: read from its folder, and from the root. What stands before
/// the last variable of a path is taken for one of the two.
pub(super) fn places(path: &SourcePath, text: &str) -> Vec<SourcePath> {
    let lines = text.lines().map(str::trim_start);
    // A step's only command may stand behind its key.
    let lines = lines.map(|it| it.strip_prefix("- ").unwrap_or(it));
    let lines = lines.map(|it| it.strip_prefix("run: ").unwrap_or(it));
    let named = lines.filter_map(|line| {
        let rest = WORDS.iter().find_map(|it| line.strip_prefix(it))?;
        // What a command prints there is the folder of the script, as good as always.
        let rest = match rest.trim_start_matches('"').strip_prefix("$(") {
            Some(inner) => inner.rsplit(')').next().unwrap_or_default(),
            None => rest,
        };
        let written = rest
            .split([' ', ';', '&', '|', '#'])
            .find(|it| !it.is_empty())?;
        let known = written
            .rsplit(['}', ')', '"', '\''])
            .find(|it| !it.is_empty())?;
        let known = match known.rsplit_once('$') {
            Some((_, rest)) => rest.split_once('/')?.1,
            None => known,
        };
        let known = known.trim_start_matches('/');
        let is_plain = !known.is_empty() && !known.contains(['*', '?', '(', '{', '\0']);
        is_plain.then_some(known)
    });
    let root = SourcePath::new("x");
    named
        .flat_map(|it| [path.join(it), root.join(it)])
        .flatten()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sourced() {
        for (line, expected) in [
            ("source .env", &["a/.env", ".env"][..]),
            ("  . ./config.sh && k", &["a/config.sh", "config.sh"]),
            ("source \"$DIR/lib.sh\"", &["a/lib.sh", "lib.sh"]),
            ("source \"${DIR}/../x.env\"", &["x.env"]),
            ("source $(dirname $0)/y", &["a/y", "y"]),
            ("- run: source z", &["a/z", "z"]),
            ("include *.mk", &[]),
            ("include", &[]),
            ("source $X", &[]),
        ] {
            let found = places(&SourcePath::new("a/b.sh"), line);
            let shown: Vec<&str> = found.iter().map(SourcePath::as_str).collect();
            assert_eq!(shown, expected, "{line}");
        }
    }
}
