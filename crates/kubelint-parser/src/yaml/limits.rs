//! How often aliases make go-yaml repeat itself, without repeating anything.

use super::{Document, Yaml};

/// go-yaml looks at the share of aliases only after this many of their nodes.
const FREE_ALIASED: u64 = 100;
/// And only after this many nodes in all.
const FREE_NODES: u64 = 1000;
/// Up to this many nodes, 99 % may come from aliases.
const LOW: u64 = 400_000;
/// From this many nodes on, 10 % may.
const HIGH: u64 = 4_000_000;

impl Yaml {
    /// Whether go-yaml refuses to decode a document because of "excessive aliasing" (`allowedAliasRatio` in its `decode.go`).
    ///
    /// Linear in the size of the document, however many nodes its aliases stand for. Keys `<<` count as nodes here, which
    /// they do not in go-yaml; at the limits that makes no difference that matters.
    pub fn has_excessive_aliases(&self, document: &Document) -> bool {
        let Some(root) = document.root else {
            return false;
        };
        let Some(raw) = self.tape.get(root) else {
            return false;
        };
        let (first, end) = (root.0, root.0 + raw.skip);
        let links = &self.tape.aliases;
        let from = links.partition_point(|link| link.node < first);
        // Nodes that each alias stands for, summed up from the document's first alias on.
        let mut sums: Vec<u64> = vec![0];
        let mut counts = Counts::default();
        let mut next = first;
        for link in links.iter().skip(from).take_while(|link| link.node < end) {
            // The alias itself counts as one node.
            if counts.plain(u64::from(link.node - next) + 1) {
                return true;
            }
            next = link.node + 1;
            let target = self.tape.properties.get(link.properties as usize);
            let target = target.map_or(0, |properties| properties.node);
            let nodes = self
                .tape
                .nodes
                .get(target as usize)
                .map_or(1, |raw| raw.skip);
            let within = |node: u32| {
                let known = links.get(from..from + sums.len() - 1).unwrap_or_default();
                let index = known.partition_point(|link| link.node < node);
                sums.get(index).copied().unwrap_or(0)
            };
            let aliased = within(target + nodes).saturating_sub(within(target));
            let expanded = u64::from(nodes).saturating_add(aliased);
            if counts.aliased(expanded) {
                return true;
            }
            let last = sums.last().copied().unwrap_or(0);
            sums.push(last.saturating_add(expanded));
        }
        counts.plain(u64::from(end - next))
    }
}

/// What go-yaml has decoded so far.
#[derive(Default)]
struct Counts {
    nodes: u64,
    aliased: u64,
}

impl Counts {
    /// Counts `nodes` that are written here. Returns whether the limit is passed at any of them.
    ///
    /// The share falls with every such node, but so does what is allowed, in a straight line from `LOW` to `HIGH`: if the
    /// limit is passed at all, then at the last node or at `HIGH`.
    fn plain(&mut self, nodes: u64) -> bool {
        let last = self.nodes.saturating_add(nodes);
        let crosses = self.nodes < HIGH && last > HIGH;
        self.nodes = if crosses { HIGH } else { last };
        let at_high = crosses && self.is_excessive();
        self.nodes = last;
        at_high || self.is_excessive()
    }

    /// Counts `nodes` that an alias stands for. The share rises with every one, so the last one decides.
    fn aliased(&mut self, nodes: u64) -> bool {
        self.nodes = self.nodes.saturating_add(nodes);
        self.aliased = self.aliased.saturating_add(nodes);
        self.is_excessive()
    }

    fn is_excessive(&self) -> bool {
        if self.aliased <= FREE_ALIASED || self.nodes <= FREE_NODES {
            return false;
        }
        let allowed = match self.nodes {
            ..=LOW => 0.99,
            HIGH.. => 0.10,
            nodes => 0.99 - 0.89 * (as_f64(nodes - LOW) / as_f64(HIGH - LOW)),
        };
        as_f64(self.aliased) / as_f64(self.nodes) > allowed
    }
}

/// Exact up to 2^53, far above the limits.
#[expect(
    clippy::cast_precision_loss,
    reason = "counts are far below 2^53 where precision matters"
)]
fn as_f64(count: u64) -> f64 {
    count as f64
}
