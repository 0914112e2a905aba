//! Variables without which a program stops, and that nothing sets.

use std::collections::BTreeSet;

use kubelint_engine::{CodeRule, Confidence, Finding, Findings, RuleContext};
use kubelint_model::Cause;
use kubelint_model::code::{Expr, ReadName};
use kubelint_model::program::ProgramRead;
use kubelint_model::view::ContainerKind;

use crate::environment::Setting;
use crate::misnamed::Misnamed;
use crate::programs::{AllPrograms, Running};

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check).needs_programs();

/// What stands between two values of which the second is taken where the first is not there.
const ALTERNATIVES: [&str; 3] = [" or ", "||", "??"];

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    for running in AllPrograms::new(cx.graph).all() {
        let mut seen = BTreeSet::new();
        // What every start comes by is the worst: of the reads of one variable it is the one to show.
        let mut reads: Vec<&ProgramRead> = running.program.reads.iter().collect();
        reads.sort_by_key(|it| !it.on_start);
        for read in reads {
            let (name, setting) = match &read.name {
                ReadName::Exact(name) => (name, running.env.get(name)),
                ReadName::AnyCase(name) => (name, running.env.get_any_case(name)),
                ReadName::Prefix(_) | ReadName::Computed(_) => continue,
            };
            // What .NET reads from its configuration may stand in a file that is mounted, too.
            let is_of_file = matches!(read.name, ReadName::AnyCase(_))
                && running.container.volume_mounts().next().is_some();
            let may_do_without = !read.is_required
                || is_of_file
                || has_default(&running, name)
                || read
                    .default
                    .as_ref()
                    .is_some_and(|it| is_there(&running, it))
                || has_alternative(&running, read);
            if may_do_without || !seen.insert(name.as_str()) {
                continue;
            }
            if matches!(setting, Setting::Absent) && !running.is_read_unnamed(name) {
                let name = match &read.name {
                    ReadName::AnyCase(name) => name.to_ascii_uppercase(),
                    _ => name.clone(),
                };
                out.push(finding(&running, &name, read));
            }
        }
    }
}

/// Whether some other read of the variable, at every start, gets on without it: then nobody knows whether this one is reached.
fn has_default(running: &Running<'_>, name: &str) -> bool {
    let mut reads = running.reads_of(name).filter(|it| it.on_start);
    reads.any(|it| {
        let default = it.default.as_ref();
        default.is_some_and(|it| is_there(running, it))
    })
}

/// Whether what stands for a variable that is not set may be there: `A or B`, of which one is enough.
fn is_there(running: &Running<'_>, default: &Expr) -> bool {
    let mut next = Some(default);
    while let Some(Expr::Variable { name, default }) = next {
        if !matches!(running.env.get(name), Setting::Absent) {
            return true;
        }
        next = default.as_deref();
    }
    // Anything but another variable is there.
    next.is_some()
}

/// Whether another variable that is read in the same line stands for this one, and may be set.
fn has_alternative(running: &Running<'_>, read: &ProgramRead) -> bool {
    let (file, range) = read.place;
    let source = running.graph.file(file).source;
    let text = running.graph.sources.get(source).text();
    let (start, end) = (range.start as usize, range.end as usize);
    let (Some(before), Some(after)) = (text.get(..start), text.get(end..)) else {
        return false;
    };
    let first = before.rfind('\n').map_or(0, |it| it + 1);
    let last = end + after.find('\n').unwrap_or(after.len());
    let is_choice = ALTERNATIVES.iter().any(|it| text[first..last].contains(it));
    let is_beside = |it: &&ProgramRead| {
        let at = it.place.1.start as usize;
        it.place.0 == file && it.place.1 != range && (first..last).contains(&at)
    };
    let others = running.program.reads.iter().filter(is_beside);
    let mut names = others.filter_map(|it| match &it.name {
        ReadName::Exact(name) => Some(name),
        _ => None,
    });
    is_choice && names.any(|it| !matches!(running.env.get(it), Setting::Absent))
}

fn finding(running: &Running<'_>, name: &str, read: &ProgramRead) -> Finding {
    let graph = running.graph;
    let resource = running.workload.resource;
    let container = running.name();
    let message = format!(
        "the program of container `{container}` stops without the variable `{name}`, and nothing sets it"
    );
    // Where it is set under another name, that is what is wrong.
    let meant = Misnamed::meant(running, name);
    let cause = Cause::env(
        running.owner(),
        &container,
        meant.as_deref().unwrap_or(name),
    );
    let field = running.container.field_path("env");
    let place = running.variables_at();
    let says = if read.on_start {
        format!("every start reads `{name}`")
    } else {
        format!("reads `{name}`, and does not go on without it")
    };
    let found = Finding::new(graph.span_in(resource, place), message, cause)
        .label(format!("`{name}` is not among these"))
        .about(resource.id, field, name)
        .help(format!("set `{name}`, or give it a default in the program"))
        .related(running.span(read.place), says);
    let is_main = running.container.kind != ContainerKind::Init;
    let sure = match (read.on_start, is_main && running.env.has_plain_base()) {
        (true, true) => Confidence::High,
        (true, false) => Confidence::Medium,
        // Whether anybody comes there is not known.
        (false, _) => Confidence::Low,
    };
    let confidence = running.confidence(&[]).min(sure);
    running.with_chain(found).confidence(confidence)
}
