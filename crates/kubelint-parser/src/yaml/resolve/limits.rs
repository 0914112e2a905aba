//! What a reader refuses while it decodes a document: wrong tags, keys that are collections, merges of what is no mapping,
//! duplicate keys, and aliases that stand for too much.
//!
//! The walk goes the way of go-yaml's decoder and counts as it does, so it also ends where that ends: an alias is entered
//! each time, and the share of what aliases bring is bounded. It looks at values that are overwritten later, too.

use super::members::{is_merge, merge_sources, refusal};
use super::{Profile, Refusal, Value, duplicates};
use crate::yaml::{Entries, Items, Kind, Node};

pub(super) const EXCESSIVE: &str = "the aliases expand to more than the reader allows";

/// kustomize has no limit and runs out of memory. This is where we stop: the size at which go-yaml's own limit is lowest.
const MAX_STEPS: usize = 4_000_000;

/// What a reader refuses of a document while it decodes it, if anything. Takes as many steps as go-yaml's decoder takes, which ends early
/// where aliases stand for too much: ask this before following aliases and merges of a document that nobody vouches for.
pub fn check(profile: Profile, root: Node<'_>) -> Result<(), Refusal> {
    if let Some(refusal) = duplicates::refused(profile, root) {
        return Err(refusal);
    }
    Walk {
        profile,
        todo: vec![Step::Node(root)],
        count: Count {
            // The document itself is a step.
            steps: 1,
            ..Count::default()
        },
    }
    .run()
}

enum Step<'a> {
    /// Decode a node.
    Node(Node<'a>),
    /// What was an alias's ends here.
    LeaveAlias,
    Items(Items<'a>),
    Entries(Entries<'a>),
}

struct Walk<'a> {
    profile: Profile,
    /// Next last.
    todo: Vec<Step<'a>>,
    count: Count,
}

impl<'a> Walk<'a> {
    fn run(mut self) -> Result<(), Refusal> {
        while let Some(step) = self.todo.pop() {
            match step {
                Step::Node(node) => self.node(node)?,
                Step::LeaveAlias => self.count.alias_depth -= 1,
                Step::Items(mut items) => {
                    if let Some(item) = items.next() {
                        self.todo.push(Step::Items(items));
                        self.todo.push(Step::Node(item));
                    }
                }
                Step::Entries(entries) => self.entries(entries)?,
            }
        }
        Ok(())
    }

    fn node(&mut self, node: Node<'a>) -> Result<(), Refusal> {
        if self.count.step(self.profile) {
            return Err(refusal(node, EXCESSIVE));
        }
        match node.kind() {
            Kind::Alias => {
                self.count.alias_depth += 1;
                self.todo.push(Step::LeaveAlias);
                self.todo.push(Step::Node(node.resolved()));
            }
            Kind::Mapping => self.todo.push(Step::Entries(node.entries())),
            Kind::Sequence => self.todo.push(Step::Items(node.items())),
            Kind::Scalar => {
                let tag = node.tag().map(|(tag, _)| tag);
                // Without a tag nothing is refused here.
                if tag.is_some()
                    && let Value::Refused(reason) =
                        super::value(self.profile, node.style(), tag, node.decoded())
                {
                    return Err(refusal(node, reason));
                }
            }
        }
        Ok(())
    }

    fn entries(&mut self, mut entries: Entries<'a>) -> Result<(), Refusal> {
        let Some(entry) = entries.next() else {
            return Ok(());
        };
        self.todo.push(Step::Entries(entries));
        if is_merge(self.profile, entry.key) {
            let sources = merge_sources(self.profile, entry.value)?;
            self.todo.extend(sources.into_iter().map(Step::Node));
            return Ok(());
        }
        if entry.key.resolved().kind() != Kind::Scalar {
            return Err(refusal(entry.key, "a key cannot be a list or a mapping"));
        }
        self.todo.push(Step::Node(entry.value));
        self.todo.push(Step::Node(entry.key));
        Ok(())
    }
}

/// go-yaml's count of decoding steps (`decode.go`, `allowedAliasRatio`).
#[derive(Default)]
struct Count {
    steps: usize,
    /// Steps within what an alias stands for.
    aliased: usize,
    alias_depth: usize,
}

impl Count {
    /// Counts a step. Returns whether it is one too many.
    fn step(&mut self, profile: Profile) -> bool {
        self.steps += 1;
        self.aliased += usize::from(self.alias_depth > 0);
        match profile {
            Profile::Kustomize | Profile::Workflow => self.aliased > 0 && self.steps > MAX_STEPS,
            _ => self.aliased > 100 && self.steps > 1000 && self.share() > self.allowed_share(),
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "the counts are below 2^53")]
    fn share(&self) -> f64 {
        self.aliased as f64 / self.steps as f64
    }

    /// 99 % up to 400,000 steps, then less and less, 10 % from 4,000,000 on.
    #[expect(clippy::cast_precision_loss, reason = "the counts are below 2^53")]
    fn allowed_share(&self) -> f64 {
        const LOW: usize = 400_000;
        const HIGH: usize = 4_000_000;
        if self.steps <= LOW {
            0.99
        } else if self.steps >= HIGH {
            0.10
        } else {
            0.99 - 0.89 * ((self.steps - LOW) as f64 / (HIGH - LOW) as f64)
        }
    }
}
