//! XML as build files have it: elements with text. Names spaces, entities beyond the five and attributes are left aside.

/// An element.
#[derive(Debug, Default)]
pub(super) struct Element<'t> {
    pub(super) name: &'t str,
    /// Its text without what is around it.
    pub(super) text: &'t str,
    children: Vec<usize>,
}

/// The elements of a text.
#[derive(Debug)]
pub(super) struct Xml<'t> {
    /// The first holds the others.
    all: Vec<Element<'t>>,
}

/// What holds all others.
pub(super) const ROOT: usize = 0;
/// More elements are not read.
const MOST_ELEMENTS: usize = 100_000;

impl<'t> Xml<'t> {
    pub(super) fn parse(text: &'t str) -> Self {
        let mut all = vec![Element::default()];
        let mut open = vec![0usize];
        let mut rest = text;
        while let Some(at) = rest.find('<') {
            let (before, tag) = rest.split_at(at);
            let before = before.trim();
            if let Some(element) = open.last().and_then(|it| all.get_mut(*it))
                && element.text.is_empty()
            {
                element.text = before;
            }
            if let Some(comment) = tag.strip_prefix("<!--") {
                rest = comment.split_once("-->").map_or("", |it| it.1);
                continue;
            }
            let Some((inner, after)) = tag[1..].split_once('>') else {
                break;
            };
            rest = after;
            if inner.starts_with(['?', '!']) {
                continue;
            }
            if inner.starts_with('/') {
                if open.len() > 1 {
                    open.pop();
                }
                continue;
            }
            if all.len() >= MOST_ELEMENTS {
                break;
            }
            let name = inner.split([' ', '/', '\t', '\n', '\r']).next();
            let number = all.len();
            all.push(Element {
                name: name.unwrap_or_default(),
                ..Element::default()
            });
            if let Some(parent) = open.last().and_then(|it| all.get_mut(*it)) {
                parent.children.push(number);
            }
            if !inner.ends_with('/') {
                open.push(number);
            }
        }
        Self { all }
    }

    pub(super) fn get(&self, element: usize) -> Option<&Element<'t>> {
        self.all.get(element)
    }

    /// The elements within one, by name; all with an empty one.
    pub(super) fn children<'s>(
        &'s self,
        of: usize,
        name: &'s str,
    ) -> impl Iterator<Item = usize> + 's {
        let children = self
            .all
            .get(of)
            .map_or(&[][..], |it| it.children.as_slice());
        let named = move |it: &&usize| {
            name.is_empty() || self.all.get(**it).is_some_and(|it| it.name == name)
        };
        children.iter().filter(named).copied()
    }

    /// The first element at a path of names.
    pub(super) fn at(&self, of: usize, path: &[&str]) -> Option<usize> {
        let mut at = of;
        for name in path {
            at = self.children(at, name).next()?;
        }
        Some(at)
    }

    /// The text at a path of names.
    pub(super) fn text(&self, of: usize, path: &[&str]) -> Option<&'t str> {
        let element = self.get(self.at(of, path)?)?;
        Some(element.text).filter(|it| !it.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_and_comments() {
        let text = "<?xml version=\"1.0\"?>\n<project>\n <!-- <a>x</a> -->\n <a b=\"c\"> y </a><e/>\n <d><a>z</a></d>\n</project>";
        let xml = Xml::parse(text);
        let project = xml.at(ROOT, &["project"]).unwrap();
        assert_eq!(xml.text(project, &["a"]), Some("y"));
        assert_eq!(xml.text(project, &["d", "a"]), Some("z"));
        assert_eq!(xml.text(project, &["e"]), None);
        assert_eq!(xml.children(project, "").count(), 3);
        for broken in ["<", "</a></b>", "<a", "<!--", "<a><b></a>"] {
            Xml::parse(broken);
        }
    }
}
