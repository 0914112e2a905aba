//! Images that a manifest leaves to others: what a script or a document puts in their place, and else what is called like the container.

use std::collections::BTreeSet;

use kubelint_parser::TextRange;

use super::asked::Asked;
use super::name::Name;
use super::tie::Tree;
use super::{Confidence, Means, Outcome, Untied};
use crate::build::{UNKNOWN_IMAGE, pattern, split_image};
use crate::plan::RunImage;
use crate::public_image;
use crate::script::UNKNOWN;
use crate::{FileId, Resource};

/// How many edits of one file are tried on each of its images.
const MOST_EDITS: usize = 64;

impl Tree<'_> {
    /// What scripts and documents put where the image stands, if they all put the same image there, tags aside: with the place of the edit.
    pub(super) fn edited(&self, resource: &Resource, range: TextRange) -> Option<RunImage> {
        let edits = self.graph.plan.edits.get(&resource.file)?;
        let text = self.text(resource.file);
        let start = text[..range.start as usize]
            .rfind('\n')
            .map_or(0, |it| it + 1);
        let line = text[start..].lines().next()?;
        let mut found: Option<RunImage> = None;
        let mut repositories = BTreeSet::new();
        for number in edits.iter().take(MOST_EDITS) {
            let edit = self.graph.commands.edits.get(*number as usize)?;
            let mut changed: Option<String> = None;
            for rewrite in &edit.rewrites {
                let line = changed.as_deref().unwrap_or(line);
                changed = rewrite.applied(line).or(changed);
            }
            let Some(image) = changed.as_deref().and_then(image_of) else {
                continue;
            };
            let (repository, tag) = split_image(&image);
            // Whoever follows a document chooses the tag.
            let tag = if edit.is_document { UNKNOWN_IMAGE } else { tag };
            let name = Name::of(repository)?;
            repositories.insert(name.base);
            found.get_or_insert_with(|| RunImage {
                image: format!("{repository}:{tag}"),
                builds: Vec::new(),
                by: Some((edit.file, edit.range)),
            });
        }
        found.filter(|_| repositories.len() == 1)
    }

    /// What an image of which nothing is stated is built from, to go by the name of its container: of medium confidence where nothing
    /// contradicts it.
    pub(super) fn by_container(&self, by: &Asked<'_>) -> Option<Outcome> {
        let name = Name::of(by.container?)?;
        let asked = Asked {
            is_public: public_image::is_common_name(&name.base),
            name,
            ..*by
        };
        if asked.is_public || asked.name.is_pattern() {
            return None;
        }
        let Outcome::Tied(mut tie) = self.tie(&asked) else {
            return None;
        };
        // A container is called as it comes: only the very name says something.
        let is_named = matches!(
            tie.means,
            Means::Step
                | Means::StepBaseName
                | Means::ComposeService
                | Means::Folder
                | Means::Document
                | Means::ContainerName
        );
        if !is_named {
            return None;
        }
        tie.means = Means::UnstatedImage;
        tie.confidence = tie.confidence.min(Confidence::Medium);
        tie.votes.insert(
            0,
            super::Vote {
                means: Means::UnstatedImage,
                dockerfile: tie.dockerfile,
                step: tie.step,
            },
        );
        Some(Outcome::Tied(tie))
    }

    fn text(&self, file: FileId) -> &str {
        let source = self.graph.file(file).source;
        self.graph.sources.get(source).text()
    }
}

/// Whether an image is not tied because its name is not known, or nothing is called like it.
pub(super) const fn is_open(outcome: &Outcome) -> bool {
    matches!(
        outcome,
        Outcome::Untied(Untied::Unreadable | Untied::Unknown)
    )
}

/// The image that a line states.
fn image_of(line: &str) -> Option<String> {
    let line = line.trim_start_matches([' ', '\t', '-']);
    let (key, value) = line.split_once(':')?;
    if key.trim_matches(['"', '\'', ' ']) != "image" {
        return None;
    }
    let value = value.split(" #").next()?.trim();
    let value = value.trim_end_matches(',').trim_matches(['"', '\'']);
    (!value.is_empty()).then(|| pattern(&value.replace(UNKNOWN, "*")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_of_lines() {
        for (line, expected) in [
            ("  - image: acme/api:1", Some("acme/api:1")),
            ("image: \u{1}/api:0.1.0 # ours", Some("*/api:0.1.0")),
            ("\"image\": \"acme/api\",", Some("acme/api")),
            ("image:", None),
            ("name: image: x", None),
        ] {
            assert_eq!(image_of(line).as_deref(), expected, "{line}");
        }
    }
}
