//! From spans to real places: what a rule points at may lie in a rendered text, what a reader edits lies in files.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use kubelint_parser::source::{Place, SourceMap, SourcePath};
use kubelint_parser::{SourceId, Span, TextRange};

use crate::Label;
use crate::report::ReportLabel;

/// What is said of every piece of a place but the first.
const FURTHER_PIECE: &str = "continued here";

/// Further pieces of one place that are shown: a text made of more says no more.
const MAX_FURTHER_PIECES: usize = 16;

/// File names that stand for their folder in the name of a build.
const BUILD_FILES: [&str; 4] = [
    "kustomization.yaml",
    "kustomization.yml",
    "Kustomization",
    "Chart.yaml",
];

/// Resolves spans to real places.
pub(super) struct Places<'a> {
    sources: &'a SourceMap,
    files: OnceCell<BTreeMap<&'a SourcePath, SourceId>>,
}

impl<'a> Places<'a> {
    pub(super) fn new(sources: &'a SourceMap) -> Self {
        Self {
            sources,
            files: OnceCell::new(),
        }
    }

    /// A label in real files: the first is the one to edit, with the label's text; the others are further pieces of it. Where
    /// nothing is known of the origin, it is the file that the build is named after, else the rendered text itself.
    pub(super) fn resolve(&self, label: &Label) -> (ReportLabel, Vec<ReportLabel>) {
        let mut places = self.sources.places(label.span).into_iter();
        let first = places.next().unwrap_or_else(|| Place {
            span: self.build_file(label.span),
            via: Vec::new(),
        });
        let label = ReportLabel {
            place: first,
            text: label.text.clone(),
        };
        let further = places
            .take(MAX_FURTHER_PIECES)
            .map(|place| ReportLabel {
                place,
                text: FURTHER_PIECE.to_owned(),
            })
            .collect();
        (label, further)
    }

    /// The beginning of the real file that has the path of a rendered source; the span itself if there is none.
    fn build_file(&self, span: Span) -> Span {
        let files = self.files.get_or_init(|| {
            let sources = self.sources.iter();
            sources
                .filter(|(_, source)| !source.is_rendered())
                .map(|(id, source)| (source.path(), id))
                .collect()
        });
        match files.get(self.sources.get(span.source).path()) {
            Some(&file) => Span::new(file, TextRange::empty(0)),
            None => span,
        }
    }

    /// The build that a span belongs to, by its path: a kustomization's or chart's folder. None for a real file.
    pub(super) fn build(&self, span: Span) -> Option<String> {
        let source = self.sources.get(span.source);
        if !source.is_rendered() {
            return None;
        }
        let path = source.path();
        let build = if BUILD_FILES.contains(&path.file_name()) {
            path.parent()
        } else {
            path.as_str()
        };
        Some(if build.is_empty() { "." } else { build }.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use kubelint_parser::source::{Origin, PieceTable, Rendered};

    use super::*;

    /// `values.yaml`, the kustomization of `overlay`, and a text of eight bytes rendered from both: four from `values.yaml` through
    /// the kustomization, two from the kustomization, two from nowhere.
    fn sources(rendered: &str) -> (SourceMap, [SourceId; 3]) {
        let mut map = SourceMap::default();
        let values = map.add_file(SourcePath::new("values.yaml"), Arc::new("a: data\n".into()));
        let overlay = map.add_file(
            SourcePath::new("overlay/kustomization.yaml"),
            Arc::new("x: {{ a }}!!\n".into()),
        );
        let mut pieces = PieceTable::default();
        let value = pieces.origin(Origin {
            span: Some(span(values, 3, 7)),
            verbatim: true,
            via: vec![span(overlay, 3, 10)],
        });
        let literal = pieces.origin(Origin {
            span: Some(span(overlay, 10, 12)),
            verbatim: true,
            via: vec![],
        });
        pieces.push(4, value);
        pieces.push(2, literal);
        let rendered = map.add_rendered(Rendered {
            path: SourcePath::new(rendered),
            text: "data!!??".into(),
            pieces,
        });
        (map, [values, overlay, rendered])
    }

    fn span(source: SourceId, start: u32, end: u32) -> Span {
        Span::new(source, TextRange::new(start, end))
    }

    fn label(span: Span) -> Label {
        Label {
            span,
            text: "this".into(),
        }
    }

    #[test]
    fn the_first_piece_is_the_place_and_the_others_are_related() {
        let (map, [values, overlay, rendered]) = sources("overlay/kustomization.yaml");
        let (first, further) = Places::new(&map).resolve(&label(span(rendered, 2, 6)));
        assert_eq!(first.place.span, span(values, 5, 7));
        assert_eq!(first.place.via, [span(overlay, 3, 10)]);
        assert_eq!(first.text, "this");
        assert_eq!(further.len(), 1);
        assert_eq!(further[0].place.span, span(overlay, 10, 12));
        assert_eq!(further[0].text, "continued here");
    }

    #[test]
    fn a_place_of_unknown_origin_is_the_file_that_builds_it() {
        let (map, [_, overlay, rendered]) = sources("overlay/kustomization.yaml");
        let (first, further) = Places::new(&map).resolve(&label(span(rendered, 6, 8)));
        assert_eq!(first.place.span, span(overlay, 0, 0));
        assert!(further.is_empty());

        let (map, [_, _, rendered]) = sources("chart/templates/app.yaml");
        let (first, _) = Places::new(&map).resolve(&label(span(rendered, 6, 8)));
        assert_eq!(first.place.span, span(rendered, 6, 8));
    }

    #[test]
    fn builds_are_named_by_their_folder() {
        for (path, build) in [
            ("overlay/kustomization.yaml", "overlay"),
            ("Kustomization", "."),
            ("chart/templates/app.yaml", "chart/templates/app.yaml"),
        ] {
            let (map, [values, _, rendered]) = sources(path);
            let places = Places::new(&map);
            assert_eq!(places.build(span(rendered, 0, 1)).as_deref(), Some(build));
            assert_eq!(places.build(span(values, 0, 1)), None);
        }
    }
}
