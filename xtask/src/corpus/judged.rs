//! The table of judged findings, `testdata/judged.tsv`: what people who read both sides said of findings in public repositories.
//! It holds places, fingerprints and verdicts, never a repository's content.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::finding::Finding;

const HEADER: &str = "# repository\tcommit\tplace\trule\tfingerprint\tverdict\tproof\n";

/// Stands for place, rule and fingerprint in the row of a repository in which nothing is found, and that somebody read.
const NOTHING: &str = "-";

/// What someone who read both sides says of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Verdict {
    /// It is as the finding says.
    True,
    /// It is not.
    False,
    /// The repository does not tell.
    Unsure,
    /// Nobody has looked yet.
    Unjudged,
}

/// One row: one finding at one place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Row {
    /// `owner/name`.
    pub(super) repository: String,
    /// `path:line` at `commit`.
    pub(super) place: String,
    pub(super) rule: String,
    pub(super) fingerprint: String,
    /// The commit at which it was judged.
    pub(super) commit: String,
    pub(super) verdict: Verdict,
    /// `path:line` of the other side, which proves the verdict; or a few words.
    pub(super) proof: String,
}

/// The whole table.
#[derive(Debug)]
pub(super) struct Judged {
    path: PathBuf,
    rows: Vec<Row>,
}

/// The findings of one repository beside its rows.
#[derive(Debug, Default)]
pub(super) struct Compared<'a> {
    /// Each finding with its verdict; `Unjudged` also if it has no row.
    pub(super) found: Vec<(&'a Finding, Verdict)>,
    /// Those that have no row at all.
    pub(super) new: Vec<&'a Finding>,
    /// Rows whose finding is no longer there.
    pub(super) gone: Vec<&'a Row>,
}

impl Judged {
    /// Reads the table; none yet is an empty one.
    pub(super) fn read(path: &Path) -> Result<Self> {
        let text = if path.exists() {
            fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?
        } else {
            String::new()
        };
        let mut rows = Vec::new();
        for (number, line) in text.lines().enumerate() {
            if !line.starts_with('#') && !line.is_empty() {
                rows.push(
                    Row::parse(line)
                        .with_context(|| format!("{}:{}", path.display(), number + 1))?,
                );
            }
        }
        Ok(Self {
            path: path.to_path_buf(),
            rows,
        })
    }

    /// Puts the findings of a repository beside its rows. They belong together by rule and fingerprint, whatever the commit; of
    /// several with one fingerprint, those at one place do, and then those that are left, in order. So a second finding that
    /// looks like a judged one is still to be judged.
    pub(super) fn compare<'a>(&'a self, repository: &str, findings: &'a [Finding]) -> Compared<'a> {
        let mut rows: BTreeMap<(&str, &str), Vec<&Row>> = BTreeMap::new();
        let own = self.rows.iter().filter(|it| it.repository == repository);
        for row in own.filter(|it| it.rule != NOTHING) {
            rows.entry((&row.rule, &row.fingerprint))
                .or_default()
                .push(row);
        }
        let mut verdicts: Vec<Option<Verdict>> = vec![None; findings.len()];
        for same_place in [true, false] {
            for (finding, verdict) in findings.iter().zip(&mut verdicts) {
                let Some(rows) = rows.get_mut(&(&*finding.rule, &*finding.fingerprint)) else {
                    continue;
                };
                let row = rows
                    .iter()
                    .position(|it| !same_place || it.place == finding.place());
                if let (None, Some(row)) = (*verdict, row) {
                    *verdict = Some(rows.remove(row).verdict);
                }
            }
        }
        let mut compared = Compared::default();
        for (finding, verdict) in findings.iter().zip(verdicts) {
            compared
                .found
                .push((finding, verdict.unwrap_or(Verdict::Unjudged)));
            if verdict.is_none() {
                compared.new.push(finding);
            }
        }
        compared.gone = rows.into_values().flatten().collect();
        compared
    }

    /// Adds rows, and writes the table sorted.
    pub(super) fn add(&mut self, rows: Vec<Row>) -> Result<()> {
        self.rows.extend(rows);
        self.rows.sort();
        let mut text = HEADER.to_owned();
        for row in &self.rows {
            text.push_str(&row.to_string());
            text.push('\n');
        }
        fs::write(&self.path, text).with_context(|| format!("cannot write {}", self.path.display()))
    }
}

impl Row {
    /// A row for `finding` that waits for its verdict.
    pub(super) fn unjudged(repository: &str, commit: &str, finding: &Finding) -> Self {
        Self {
            repository: repository.to_owned(),
            place: finding.place(),
            rule: finding.rule.clone(),
            fingerprint: finding.fingerprint.clone(),
            commit: commit.to_owned(),
            verdict: Verdict::Unjudged,
            proof: String::new(),
        }
    }

    fn parse(line: &str) -> Result<Self> {
        let cells: Vec<&str> = line.split('\t').collect();
        let &[repository, commit, place, rule, fingerprint, verdict, proof] = cells.as_slice()
        else {
            bail!("{} cells instead of 7", cells.len());
        };
        let verdict = match verdict {
            "true" => Verdict::True,
            "false" => Verdict::False,
            "unsure" => Verdict::Unsure,
            "unjudged" => Verdict::Unjudged,
            _ => bail!("`{verdict}` is no verdict: true, false, unsure or unjudged"),
        };
        if proof.is_empty() && matches!(verdict, Verdict::True | Verdict::False) {
            bail!("a verdict needs its proof");
        }
        Ok(Self {
            repository: repository.to_owned(),
            place: place.to_owned(),
            rule: rule.to_owned(),
            fingerprint: fingerprint.to_owned(),
            commit: commit.to_owned(),
            verdict,
            proof: proof.to_owned(),
        })
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            repository,
            place,
            rule,
            fingerprint,
            commit,
            verdict,
            proof,
        } = self;
        write!(
            f,
            "{repository}\t{commit}\t{place}\t{rule}\t{fingerprint}\t{verdict}\t{proof}"
        )
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::True => "true",
            Self::False => "false",
            Self::Unsure => "unsure",
            Self::Unjudged => "unjudged",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Finding, Judged, Row, Verdict};
    use crate::corpus::finding::tests::finding;

    fn judged(lines: &[&str]) -> Judged {
        Judged {
            path: "judged.tsv".into(),
            rows: lines
                .iter()
                .map(|it| Row::parse(it).expect("a row"))
                .collect(),
        }
    }

    fn verdicts(judged: &Judged, findings: &[Finding]) -> (Vec<Verdict>, usize, usize) {
        let compared = judged.compare("o/n", findings);
        (
            compared.found.iter().map(|it| it.1).collect(),
            compared.new.len(),
            compared.gone.len(),
        )
    }

    #[test]
    fn a_finding_keeps_its_verdict_when_it_moves() {
        let judged = judged(&["o/n\tc1\told.yaml:3\tr\tf\ttrue\tb.yaml:1"]);
        let found = verdicts(&judged, &[finding("new.yaml", 9, "r", "f")]);
        assert_eq!(found, (vec![Verdict::True], 0, 0));
    }

    #[test]
    fn a_second_finding_of_one_fingerprint_is_to_be_judged() {
        let judged = judged(&[
            "o/n\tc1\tb.yaml:3\tr\tf\tfalse\tx.yaml:1",
            "other/n\tc1\ta.yaml:3\tr\tf\ttrue\tx.yaml:1",
        ]);
        let found = verdicts(
            &judged,
            &[
                finding("a.yaml", 3, "r", "f"),
                finding("b.yaml", 3, "r", "f"),
            ],
        );
        assert_eq!(found, (vec![Verdict::Unjudged, Verdict::False], 1, 0));
    }

    #[test]
    fn rows_without_a_finding_are_gone() {
        let judged = judged(&["o/n\tc1\ta.yaml:3\tr\tf\ttrue\tx.yaml:1"]);
        assert_eq!(
            verdicts(&judged, &[finding("a.yaml", 3, "r", "other")]),
            (vec![Verdict::Unjudged], 1, 1)
        );
    }

    #[test]
    fn a_repository_without_findings_has_a_row() {
        let judged = judged(&["o/n\tc1\t-\t-\t-\ttrue\tsource of two programs was read"]);
        assert_eq!(verdicts(&judged, &[]), (vec![], 0, 0));
        let found = verdicts(&judged, &[finding("a.yaml", 3, "r", "f")]);
        assert_eq!(found, (vec![Verdict::Unjudged], 1, 0));
    }

    #[test]
    fn the_table_is_written_as_it_is_read() {
        let dir = tempfile::tempdir().expect("a folder for the test");
        let path = dir.path().join("judged.tsv");
        let mut judged = Judged::read(&path).expect("an empty table");
        let rows = [
            Row::unjudged("o/n", "c1", &finding("b.yaml", 3, "r", "f")),
            Row::unjudged("o/n", "c1", &finding("a.yaml", 3, "r", "g")),
        ];
        judged.add(rows.to_vec()).expect("a table");
        let [b, a] = rows;
        assert_eq!(Judged::read(&path).expect("a table").rows, [a, b]);
    }

    #[test]
    fn rows_that_mean_nothing_are_refused() {
        for line in [
            "o/n\tc\tp:1\tr\tf\tmaybe\tx:1",
            "o/n\tc\tp:1\tr\tf\ttrue\t",
            "o/n c p:1",
        ] {
            assert!(Row::parse(line).is_err(), "{line}");
        }
    }
}
