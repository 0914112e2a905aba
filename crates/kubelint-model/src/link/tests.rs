//! How much work it takes to link large trees: steps are counted, not time.

use kubelint_parser::source::{MemorySources, Sources};

use super::name_index::NameIndex;
use super::select::Selecting;
use crate::made::Makers;
use crate::reach::Reach;
use crate::reference::picks;
use crate::{DeploymentGraph, Known, Needs, Targets};

/// The graph of `count` files in one folder, without links.
fn graph(count: usize, text: impl Fn(usize) -> String) -> DeploymentGraph {
    let files: Vec<(String, String)> = (0..count)
        .map(|at| (format!("d/r{at}.yaml"), text(at)))
        .collect();
    let sources = MemorySources::new(files.iter().map(|(path, text)| (&**path, &**text)));
    let needs = Needs::default();
    let targets = Targets::of(sources.list());
    DeploymentGraph::read(&sources, targets, Vec::new(), &Known::default(), needs)
}

/// How many steps it takes until every Service has looked for its pods, where each of `count` files has a Pod with the labels `labels` and
/// a Service with the selector `selector`.
fn steps_of_selectors(
    count: usize,
    labels: impl Fn(usize) -> String,
    selector: impl Fn(usize) -> String,
) -> usize {
    let graph = graph(count, |at| {
        let (labels, selector) = (labels(at), selector(at));
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: p{at}, labels: {{{labels}}}}}\nspec: {{containers: [{{name: a, image: a}}]}}\n\
             ---\napiVersion: v1\nkind: Service\nmetadata: {{name: s{at}}}\nspec: {{selector: {{{selector}}}}}\n"
        )
    });
    let reach = Reach::new(&graph);
    let makers = Makers::new(&graph, &Known::default());
    let selecting = Selecting::new(&graph, &reach, &makers);
    let mut selections = 0;
    for resource in &graph.resources {
        for pick in picks(&graph, resource) {
            let selection = selecting.selection(resource, &pick);
            assert!(selection.picked.len() <= Reach::MOST_HITS);
            selections += 1;
        }
    }
    assert_eq!(selections, count);
    reach.steps()
}

#[test]
fn selectors_take_work_that_grows_with_their_number() {
    let own = |at: usize| format!("app: a{at}");
    let shared = |_: usize| "app: web".to_owned();
    let near = |at: usize| format!("app: a{at}x");
    for (few, many) in [
        (
            steps_of_selectors(200, own, own),
            steps_of_selectors(2_000, own, own),
        ),
        (
            steps_of_selectors(200, shared, shared),
            steps_of_selectors(2_000, shared, shared),
        ),
        (
            steps_of_selectors(200, own, near),
            steps_of_selectors(2_000, own, near),
        ),
    ] {
        assert!(many <= few.max(200) * 12, "{few} → {many}");
    }
    // Each requirement is met by half of the pods and both together by none: then no more than a fixed number is looked at.
    let crossed = |at: usize| ["a: x, b: z", "a: z, b: y"][at % 2].to_owned();
    let steps = steps_of_selectors(2_400, crossed, |_| "a: x, b: y".to_owned());
    assert!(steps <= 2_400 * 1_100, "{steps}");
}

/// How many names are compared with `count` that are wanted, among as many.
fn names_compared(count: u32, name: impl Fn(u32) -> String) -> usize {
    let names: Vec<String> = (0..count).map(name).collect();
    let index = NameIndex::new(names.iter().map(String::as_str));
    let compared = names.iter().map(|it| {
        let wanted = it.replace("-config", "-cnofig");
        index.candidates(&wanted).len()
    });
    compared.sum()
}

#[test]
fn near_names_take_work_that_grows_with_their_number() {
    let apart = |at: u32| format!("{:08x}-config", at.wrapping_mul(0x9e37_79b9));
    let alike = |at: u32| format!("common-{at:07}-config");
    for (few, many) in [
        (names_compared(500, apart), names_compared(5_000, apart)),
        (names_compared(500, alike), names_compared(5_000, alike)),
    ] {
        assert!(few > 0 && many <= few * 12, "{few} → {many}");
    }
}
