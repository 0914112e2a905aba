//! Findings as `kubelint check --format json` reports them.

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// The version of the report that this reads.
const VERSION: u64 = 1;

/// What a run said.
#[derive(Debug, Default)]
pub(super) struct Report {
    /// What is shown and counts: neither suppressed nor explained by another finding.
    pub(super) findings: Vec<Finding>,
    /// What kubelint could not do.
    pub(super) problems: Vec<String>,
    pub(super) files: u64,
    pub(super) resources: u64,
}

/// One finding.
#[derive(Clone, Debug)]
pub(super) struct Finding {
    pub(super) rule: String,
    pub(super) severity: String,
    pub(super) confidence: String,
    pub(super) message: String,
    pub(super) fingerprint: String,
    /// Joins the findings that are shown as one.
    pub(super) group: String,
    pub(super) primary: Label,
    pub(super) related: Vec<Label>,
}

/// A place and what is said of it.
#[derive(Clone, Debug)]
pub(super) struct Label {
    pub(super) path: String,
    pub(super) line: usize,
    pub(super) text: String,
}

impl Report {
    /// Reads a report.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self> {
        let report: Value = serde_json::from_slice(bytes).context("the report is no JSON")?;
        if report["version"].as_u64() != Some(VERSION) {
            bail!("the report is not of version {VERSION}");
        }
        let mut findings = Vec::new();
        for entry in report["findings"].as_array().context("no findings")? {
            if entry["state"] == "active" && entry["explainedBy"].is_null() {
                findings.push(Finding::parse(entry).with_context(|| format!("in {entry}"))?);
            }
        }
        let problems = report["problems"].as_array().context("no problems")?;
        Ok(Self {
            findings,
            problems: problems.iter().map(ToString::to_string).collect(),
            files: report["summary"]["files"].as_u64().unwrap_or_default(),
            resources: report["summary"]["resources"].as_u64().unwrap_or_default(),
        })
    }
}

impl Finding {
    fn parse(entry: &Value) -> Result<Self> {
        Ok(Self {
            rule: text(entry, "rule")?,
            severity: text(entry, "severity")?,
            confidence: text(entry, "confidence")?,
            message: text(entry, "message")?,
            fingerprint: text(entry, "fingerprint")?,
            group: text(entry, "group")?,
            primary: Label::parse(&entry["primary"])?,
            related: entry["related"]
                .as_array()
                .context("no related places")?
                .iter()
                .map(Label::parse)
                .collect::<Result<_>>()?,
        })
    }

    /// `path:line` of its primary place.
    pub(super) fn place(&self) -> String {
        self.primary.place()
    }

    pub(super) fn is_error(&self) -> bool {
        self.severity == "error"
    }
}

impl Label {
    fn parse(label: &Value) -> Result<Self> {
        Ok(Self {
            path: text(label, "path")?,
            line: label["start"]["line"]
                .as_u64()
                .and_then(|it| usize::try_from(it).ok())
                .context("no line")?,
            text: text(label, "text").unwrap_or_default(),
        })
    }

    pub(super) fn place(&self) -> String {
        format!("{}:{}", self.path, self.line)
    }
}

fn text(value: &Value, key: &str) -> Result<String> {
    value[key]
        .as_str()
        .map(str::to_owned)
        .with_context(|| format!("no {key}"))
}

#[cfg(test)]
pub(super) mod tests {
    use super::{Finding, Label, Report};

    pub(crate) fn finding(path: &str, line: usize, rule: &str, fingerprint: &str) -> Finding {
        Finding {
            rule: rule.to_owned(),
            severity: "error".to_owned(),
            confidence: "high".to_owned(),
            message: String::new(),
            fingerprint: fingerprint.to_owned(),
            group: format!("group of {fingerprint}"),
            primary: Label {
                path: path.to_owned(),
                line,
                text: String::new(),
            },
            related: Vec::new(),
        }
    }

    fn entry(rule: &str, state: &str, explained_by: &str) -> String {
        format!(
            r#"{{"rule": "{rule}", "severity": "error", "confidence": "high", "message": "m", "fingerprint": "f", "group": "g",
                "state": "{state}", "explainedBy": {explained_by},
                "primary": {{"path": "a.yaml", "start": {{"line": 3, "column": 1, "offset": 9}}, "text": "here"}}, "related": []}}"#
        )
    }

    #[test]
    fn only_what_counts_is_read() {
        let report = format!(
            r#"{{"version": 1, "findings": [{}, {}, {}], "problems": [], "summary": {{"files": 2, "resources": 5}}}}"#,
            entry("shown", "active", "null"),
            entry("allowed", "suppressed", "null"),
            entry("explained", "active", "\"f2\""),
        );
        let report = Report::parse(report.as_bytes()).expect("a report");
        let found: Vec<_> = report
            .findings
            .iter()
            .map(|it| (it.rule.as_str(), it.place()))
            .collect();
        assert_eq!(found, [("shown", "a.yaml:3".to_owned())]);
        assert_eq!((report.files, report.resources), (2, 5));
    }

    #[test]
    fn a_report_of_another_version_is_refused() {
        assert!(Report::parse(br#"{"version": 2, "findings": [], "problems": []}"#).is_err());
    }
}
