//! The sources of one run, by number, and what may be shown of them.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use super::{LineColumn, LineIndex, PieceTable, Rendered, SourceId, SourcePath, SourceText, Span};
use crate::TextRange;

/// The sources of one run. Grows while sources are loaded; frozen from linking on.
#[derive(Debug, Default)]
pub struct SourceMap {
    sources: Vec<Source>,
}

/// One source: a real file, or a rendered text.
#[derive(Debug)]
pub struct Source {
    path: SourcePath,
    text: Arc<SourceText>,
    pieces: Option<PieceTable>,
    redacted: Vec<TextRange>,
    lines: OnceLock<LineIndex>,
}

/// A place in a real file, with those that carried it there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The place that a user would edit.
    pub span: Span,
    /// Templates, helpers, bases through which it came, from the outermost inwards.
    pub via: Vec<Span>,
}

/// How often a rendered text may come from a rendered text.
const MAX_LAYERS: usize = 8;

impl SourceMap {
    /// Adds a real file.
    pub fn add_file(&mut self, path: SourcePath, text: Arc<SourceText>) -> SourceId {
        self.add(path, text, None)
    }

    /// Adds a rendered text. The origins of its pieces must name sources of this map.
    pub fn add_rendered(&mut self, rendered: Rendered) -> SourceId {
        self.add(
            rendered.path,
            Arc::new(rendered.text),
            Some(rendered.pieces),
        )
    }

    fn add(
        &mut self,
        path: SourcePath,
        text: Arc<SourceText>,
        pieces: Option<PieceTable>,
    ) -> SourceId {
        self.sources.push(Source {
            path,
            text,
            pieces,
            redacted: Vec::new(),
            lines: OnceLock::new(),
        });
        SourceId(self.sources.len() as u32 - 1)
    }

    /// The source `id`.
    ///
    /// # Panics
    /// If `id` comes from another map.
    pub fn get(&self, id: SourceId) -> &Source {
        &self.sources[id.0 as usize]
    }

    /// All sources, in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = (SourceId, &Source)> {
        self.sources
            .iter()
            .enumerate()
            .map(|(index, source)| (SourceId(index as u32), source))
    }

    /// The source with this path, if it is a real file. A linear search: for tests and error paths.
    pub fn find(&self, path: &SourcePath) -> Option<SourceId> {
        self.iter()
            .find(|(_, source)| source.pieces.is_none() && source.path == *path)
            .map(|(id, _)| id)
    }

    /// The text of a span, unredacted: for rules that compare, never to be shown.
    pub fn text(&self, span: Span) -> &str {
        span.range.of(self.get(span.source).text())
    }

    /// The real places of a span, the one to edit first. A span in a real file is its own place; one in a rendered text has the
    /// places of its pieces, in order and each once. Empty if no origin is known.
    pub fn places(&self, span: Span) -> Vec<Place> {
        let mut places: Vec<Place> = Vec::new();
        let mut open = vec![(span, Vec::new(), 0)];
        while let Some((span, via, layer)) = open.pop() {
            let Some(pieces) = &self.get(span.source).pieces else {
                if !places.iter().any(|place| place.span == span) {
                    places.push(Place { span, via });
                }
                continue;
            };
            if layer == MAX_LAYERS {
                continue;
            }
            let resolved = pieces.resolve(span.range);
            for (origin, part) in resolved.into_iter().rev() {
                if let Some(part) = part {
                    let mut carried = via.clone();
                    carried.extend(&origin.via);
                    open.push((part, carried, layer + 1));
                }
            }
        }
        places
    }

    /// Forbids to show the bytes of `span`, in this source and wherever they came from.
    pub fn redact(&mut self, span: Span) {
        let places = self.places(span);
        for span in std::iter::once(span).chain(places.into_iter().map(|place| place.span)) {
            self.sources[span.source.0 as usize].add_redaction(span.range);
        }
    }
}

impl Source {
    /// Its path: of the file, or the name of the rendered text.
    pub fn path(&self) -> &SourcePath {
        &self.path
    }

    /// Its text, unredacted: for parsing and comparing, never to be shown.
    pub fn text(&self) -> &str {
        self.text.as_str()
    }

    /// Its text with how it was encoded.
    pub fn source_text(&self) -> &Arc<SourceText> {
        &self.text
    }

    /// Whether it was rendered from other sources.
    pub fn is_rendered(&self) -> bool {
        self.pieces.is_some()
    }

    /// Its lines.
    pub fn lines(&self) -> &LineIndex {
        self.lines.get_or_init(|| LineIndex::new(self.text()))
    }

    /// The line and column of an offset.
    pub fn line_column(&self, offset: u32) -> LineColumn {
        self.lines().line_column(self.text(), offset)
    }

    /// The bytes that must not be shown, sorted and disjoint.
    pub fn redacted(&self) -> &[TextRange] {
        &self.redacted
    }

    /// The text of `range` as it may be shown: every redacted character but line breaks is a `*` for each of its bytes, so
    /// offsets stay the same.
    pub fn shown(&self, range: TextRange) -> Cow<'_, str> {
        let text = range.of(self.text());
        let first = self
            .redacted
            .partition_point(|redacted| redacted.end <= range.start);
        let mut hidden = self.redacted[first..]
            .iter()
            .take_while(|redacted| redacted.start < range.end)
            .peekable();
        if hidden.peek().is_none() {
            return Cow::Borrowed(text);
        }
        let mut shown = String::with_capacity(text.len());
        let mut at = range.start;
        for redacted in hidden {
            let (start, end) = (redacted.start.max(at), redacted.end.min(range.end));
            shown.push_str(TextRange::new(at, start).of(self.text()));
            for c in TextRange::new(start, end).of(self.text()).chars() {
                match c {
                    '\n' | '\r' => shown.push(c),
                    c => (0..c.len_utf8()).for_each(|_| shown.push('*')),
                }
            }
            at = end;
        }
        shown.push_str(TextRange::new(at, range.end).of(self.text()));
        Cow::Owned(shown)
    }

    fn add_redaction(&mut self, range: TextRange) {
        if range.is_empty() {
            return;
        }
        let from = self.redacted.partition_point(|it| it.end < range.start);
        let to = self.redacted.partition_point(|it| it.start <= range.end);
        let merged = self.redacted[from..to]
            .iter()
            .fold(range, |merged, it| merged.cover(*it));
        self.redacted.splice(from..to, [merged]);
    }
}

#[cfg(test)]
mod tests {
    use super::super::Origin;
    use super::*;

    fn range(start: u32, end: u32) -> TextRange {
        TextRange::new(start, end)
    }

    #[test]
    fn redaction_masks_bytes_and_keeps_offsets() {
        let mut map = SourceMap::default();
        let id = map.add_file(SourcePath::new("s.yaml"), Arc::new("a: héy\nb: c\n".into()));
        map.redact(Span::new(id, range(3, 5)));
        map.redact(Span::new(id, range(5, 7)));
        map.redact(Span::new(id, range(11, 12)));
        let source = map.get(id);
        assert_eq!(source.redacted(), [range(3, 7), range(11, 12)]);
        assert_eq!(source.shown(range(0, 13)), "a: ****\nb: *\n");
        assert_eq!(source.shown(range(4, 9)).len(), 5);
        assert_eq!(source.shown(range(8, 10)), "b:");
    }

    #[test]
    fn a_rendered_scalar_has_the_places_of_its_pieces_and_redaction_follows_them() {
        let mut map = SourceMap::default();
        let values = map.add_file(
            SourcePath::new("values.yaml"),
            Arc::new("registry: reg\nname: app\n".into()),
        );
        let template = map.add_file(
            SourcePath::new("t.yaml"),
            Arc::new("image: {{ r }}/{{ n }}\n".into()),
        );
        let mut pieces = PieceTable::default();
        let via = vec![Span::new(template, range(7, 22))];
        let key = pieces.origin(Origin {
            span: Some(Span::new(template, range(0, 7))),
            verbatim: true,
            via: vec![],
        });
        let reg = pieces.origin(Origin {
            span: Some(Span::new(values, range(10, 13))),
            verbatim: true,
            via: via.clone(),
        });
        let slash = pieces.origin(Origin {
            span: Some(Span::new(template, range(14, 15))),
            verbatim: true,
            via: vec![],
        });
        let name = pieces.origin(Origin {
            span: Some(Span::new(values, range(20, 23))),
            verbatim: true,
            via: via.clone(),
        });
        for (len, origin) in [(7, key), (3, reg), (1, slash), (3, name)] {
            pieces.push(len, origin);
        }
        let rendered = map.add_rendered(Rendered {
            path: SourcePath::new("chart"),
            text: "image: reg/app\n".into(),
            pieces,
        });
        let places = map.places(Span::new(rendered, range(7, 14)));
        assert_eq!(
            places,
            [
                Place {
                    span: Span::new(values, range(10, 13)),
                    via: via.clone()
                },
                Place {
                    span: Span::new(template, range(14, 15)),
                    via: vec![]
                },
                Place {
                    span: Span::new(values, range(20, 23)),
                    via
                },
            ]
        );
        map.redact(Span::new(rendered, range(11, 14)));
        assert_eq!(map.get(values).shown(range(14, 24)), "name: ***\n");
    }
}
