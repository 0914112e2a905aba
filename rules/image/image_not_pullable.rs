//! Images that a registry gives to nobody without credentials, for pods that have none.

use kubelint_engine::{CodeRule, Confidence, Finding, Findings, RuleContext};
use kubelint_model::registry::ImageAnswer;
use kubelint_model::view::text;
use kubelint_model::{Cause, DeploymentGraph, ImageRef, KubeNode, Role, node_registry};

use crate::pulls::{self, Pull, Pushes};

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check).needs_links().needs_registry();

/// The field that names credentials, of pods and ServiceAccounts.
const SECRETS: &str = "imagePullSecrets";

/// The account of pods that state none.
const DEFAULT_ACCOUNT: &str = "default";

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    let pulls = pulls::all(cx.graph);
    let is_denied = |it: &&Pull<'_>| matches!(it.known.answer, ImageAnswer::Denied { .. });
    if !pulls.iter().any(|it| is_denied(&it)) {
        return;
    }
    let pushes = Pushes::of(cx.graph);
    let is_given_elsewhere = is_given_elsewhere(cx.graph);
    for pull in pulls.iter().filter(is_denied) {
        let Some(image) = pull.image().filter(|it| !node_registry::is_one(it.host())) else {
            continue;
        };
        let account = account(cx.graph, pull);
        if pull
            .template
            .spec()
            .is_some_and(|it| !it.list(SECRETS).is_empty())
            || account == Account::HasSecrets
        {
            continue;
        }
        let Some(absence) = pushes.absence(cx.graph, pull, &image, true) else {
            continue;
        };
        let confidence = if is_given_elsewhere || account == Account::Unknown {
            Confidence::Low
        } else {
            absence.confidence
        };
        out.push(finding(cx, pull, &image).confidence(confidence));
    }
}

fn finding(cx: &RuleContext<'_>, pull: &Pull<'_>, image: &ImageRef<'_>) -> Finding {
    let host = image.host();
    let has_credentials = matches!(
        pull.known.answer,
        ImageAnswer::Denied {
            has_credentials: true
        }
    );
    let path = image.path();
    let message = if has_credentials {
        format!(
            "`{host}` refuses `{path}` to your credentials too, if it has it, and the pod has none"
        )
    } else {
        format!(
            "`{host}` gives `{path}` to nobody without credentials, if it has it, and the pod has none"
        )
    };
    let found = Finding::new(
        pull.span(cx.graph, None),
        message,
        Cause::image(&image.canonical()),
    )
    .label("the registry refuses it")
    .help(format!(
        "check the image's name; if it is right, name a Secret with credentials for `{host}` in `{SECRETS}`"
    ));
    pull.about(
        found,
        image.repository(),
        "the registry refused when this was locked",
    )
}

/// What is known of the ServiceAccount of a pod.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Account {
    HasSecrets,
    HasNone,
    /// It is not among the manifests.
    Unknown,
}

fn account(graph: &DeploymentGraph, pull: &Pull<'_>) -> Account {
    let spec = pull.template.spec();
    let stated = ["serviceAccountName", "serviceAccount"]
        .into_iter()
        .find_map(|key| text(spec?, key));
    let name = stated.as_ref().map_or(DEFAULT_ACCOUNT, |it| &*it.value);
    let own = pull.workload.resource.namespace.as_deref();
    let is_same = |it: Option<&str>| own.is_none() || it.is_none() || it == own;
    let accounts = graph.resources_of(Some(""), "ServiceAccount");
    let mut accounts = accounts
        .filter(|it| it.name.as_deref() == Some(name) && is_same(it.namespace.as_deref()))
        .peekable();
    if accounts.peek().is_none() {
        return if name == DEFAULT_ACCOUNT {
            Account::HasNone
        } else {
            Account::Unknown
        };
    }
    if accounts.any(|it| !graph.root(it).list(SECRETS).is_empty()) {
        Account::HasSecrets
    } else {
        Account::HasNone
    }
}

/// Whether something else than manifests names such credentials: a script that patches accounts, a policy that adds them to pods.
fn is_given_elsewhere(graph: &DeploymentGraph) -> bool {
    graph.files.iter().any(|it| {
        let may_patch = matches!(
            it.role,
            Role::Script
                | Role::Workflow
                | Role::Action
                | Role::GitLab
                | Role::Patch
                | Role::Kustomization
        );
        may_patch && graph.sources.get(it.source).text().contains(SECRETS)
    })
}
