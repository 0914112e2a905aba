//! Reads the crate's data files: knowledge that is better a table than code, with a reason in every row.

/// The rows of a table: one line each, three columns with tabs between them, the last of which is the reason; `#` begins a comment line.
/// Rows of another shape are left out (a test sees to it that there are none).
pub(crate) fn rows(table: &'static str) -> impl Iterator<Item = [&'static str; 3]> {
    lines(table).filter_map(|line| {
        let mut row = [""; 3];
        let mut cells = line.split('\t');
        for cell in &mut row {
            *cell = cells.next()?;
        }
        cells.next().is_none().then_some(row)
    })
}

fn lines(table: &'static str) -> impl Iterator<Item = &'static str> {
    table
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(table: &'static str) {
        let count = lines(table).count();
        assert!(count > 0);
        for line in lines(table) {
            let cells: Vec<&str> = line.split('\t').collect();
            assert_eq!(cells.len(), 3, "{line}");
            assert!(cells.iter().all(|it| !it.trim().is_empty()), "{line}");
        }
        assert_eq!(rows(table).count(), count);
    }

    #[test]
    fn every_row_has_its_columns_and_a_reason() {
        check(include_str!("../data/stand-ins.tsv"));
        check(include_str!("../data/server-images.tsv"));
        check(include_str!("../data/web-tools.tsv"));
        check(include_str!("../data/not-manifests.tsv"));
        check(include_str!("../data/credentials.tsv"));
        check(include_str!("../data/substitution-tools.tsv"));
        check(include_str!("../data/base-images.tsv"));
        check(include_str!("../data/path-words.tsv"));
        check(include_str!("../data/command-words.tsv"));
        check(include_str!("../data/built-ins.tsv"));
        check(include_str!("../data/operators.tsv"));
        check(include_str!("../data/secret-makers.tsv"));
        check(include_str!("../data/cluster-labels.tsv"));
        check(include_str!("../data/makes-nothing.tsv"));
        check(include_str!("../data/filled-objects.tsv"));
        check(include_str!("../data/name-words.tsv"));
        check(include_str!("../data/mutable-tags.tsv"));
        check(include_str!("../data/schemes.tsv"));
        check(include_str!("../data/public-images.tsv"));
        check(include_str!("../data/storage.tsv"));
        check(include_str!("../data/image-users.tsv"));
        check(include_str!("../data/image-names.tsv"));
        check(include_str!("../data/service-variables.tsv"));
        check(include_str!("../data/image-ports.tsv"));
        check(include_str!("../data/injection-marks.tsv"));
        check(include_str!("../data/given-labels.tsv"));
        check(include_str!("../data/address-words.tsv"));
        check(include_str!("../data/dependencies.tsv"));
        check(include_str!("../data/port-variables.tsv"));
        check(include_str!("../data/front-end-prefixes.tsv"));
        check(include_str!("../data/file-makers.tsv"));
        check(include_str!("../data/local-clusters.tsv"));
        check(include_str!("../data/kubectl-conflicts.tsv"));
        check(include_str!("../data/pipeline-tasks.tsv"));
        check(include_str!("../data/unnamed-variables.tsv"));
    }
}
