//! A script that stands in its file in pieces: indented, quoted, or with parts that other tools replace.

use kubelint_parser::TextRange;
use kubelint_parser::yaml::Node;

use crate::script::Places;

/// Longer texts are not taken for such as other tools replace.
const MAX_TEMPLATE: usize = 1000;

/// A script as a shell gets it.
#[derive(Clone, Debug, Default)]
pub(super) struct Assembled {
    pub(super) text: String,
    /// Offsets in the script, and those in the file of what begins there.
    pub(super) pieces: Vec<(u32, u32)>,
    /// Ranges of the script that another tool replaces before.
    pub(super) templates: Vec<TextRange>,
}

impl Assembled {
    /// Adds `text`, which stands at `at` in the file.
    pub(super) fn push(&mut self, text: &str, at: u32) {
        if !text.is_empty() {
            self.pieces.push((self.text.len() as u32, at));
            self.text.push_str(text);
        }
    }

    /// Adds a text that another tool replaces.
    pub(super) fn push_template(&mut self, text: &str, at: u32) {
        let start = self.text.len() as u32;
        self.push(text, at);
        self.templates
            .push(TextRange::new(start, self.text.len() as u32));
    }

    /// The text of a scalar.
    pub(super) fn of_node(node: Node<'_>) -> Self {
        let decoded = node.decode();
        let text = decoded.text.as_ref();
        let mut found = Self {
            text: text.to_owned(),
            ..Self::default()
        };
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            let range = TextRange::new(at, at + line.len() as u32);
            let source = decoded.source_ranges(range);
            let first = source.first();
            found.pieces.extend(first.map(|it| (at, it.start)));
            at = range.end;
        }
        found
    }

    /// The same with `to` for each `from`; nothing of it may be marked yet.
    pub(super) fn replace(self, from: &str, to: &str) -> Self {
        let mut found = Self::default();
        let place = |at: usize| {
            let at = TextRange::new(at as u32, at as u32 + 1);
            Places::Pieces(&self.pieces).of(at).start
        };
        let mut at = 0;
        for line in self.text.split_inclusive('\n') {
            for (index, part) in line.split(from).enumerate() {
                if index > 0 {
                    found.push(to, place(at));
                    at += from.len();
                }
                found.push(part, place(at));
                at += part.len();
            }
        }
        found
    }

    /// Marks what stands between `open` and `close` to be replaced, which `is_template` is asked for.
    pub(super) fn mark(
        mut self,
        open: &str,
        close: &str,
        is_template: impl Fn(&str) -> bool,
    ) -> Self {
        let mut at = 0;
        while let Some(start) = self.text[at..].find(open).map(|it| it + at) {
            let inner = start + open.len();
            let limit = self.text.floor_char_boundary(inner + MAX_TEMPLATE);
            let end = self.text[inner..limit].find(close).map(|it| it + inner);
            at = inner;
            if let Some(end) = end.filter(|it| is_template(&self.text[inner..*it])) {
                at = end + close.len();
                self.templates.push(TextRange::new(start as u32, at as u32));
            }
        }
        self.sort_templates();
        self
    }

    /// Puts what is to be replaced in order; of two that overlap the first counts.
    pub(super) fn sort_templates(&mut self) {
        self.templates.sort_unstable();
        let mut end = 0;
        self.templates.retain(|it| {
            let is_free = it.start >= end;
            end = if is_free { it.end } else { end };
            is_free
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_replaced_keeps_its_place() {
        let mut script = Assembled::default();
        script.push("a $$b\n", 10);
        script.push("$$c {{ d }}", 30);
        let script = script.replace("$$", "$").mark("{{", "}}", |_| true);
        assert_eq!(script.text, "a $b\n$c {{ d }}");
        let place = |at: u32| Places::Pieces(&script.pieces).of(TextRange::new(at, at + 1));
        assert_eq!(place(3).start, 14);
        assert_eq!(place(6).start, 32);
        assert_eq!(script.templates, [TextRange::new(8, 15)]);
    }
}
