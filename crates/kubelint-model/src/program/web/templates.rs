//! What the entry point of nginx's images makes before it starts the server: files out of templates, and whatever scripts of one's own do
//! (`docker-entrypoint.sh`, `20-envsubst-on-templates.sh` of github.com/nginx/docker-nginx).

use super::Setup;
use super::changes::changes;
use super::files::{Content, Files};
use super::image::{Kind, ServerImage};
use crate::program::environment::Known;

/// Where scripts of one's own stand.
const SCRIPTS: &str = "/docker-entrypoint.d";

/// Scripts that run scripts are followed so far.
const MOST_SCRIPTS: usize = 16;

/// What is not known of what is made; empty if all is.
pub(super) fn prepare(
    setup: &Setup<'_, '_>,
    image: ServerImage,
    files: &mut Files<'_, '_, '_>,
) -> Vec<&'static str> {
    let mut gaps = Vec::new();
    let Some(mut scripts) = files.matching(SCRIPTS, "*") else {
        return vec!["the scripts are not known that run before it"];
    };
    let is_kind = |it: &String, kind: &str| it.rsplit_once('.').is_some_and(|it| it.1 == kind);
    scripts.retain(|it| is_kind(it, "sh") || is_kind(it, "envsh"));
    if scripts
        .iter()
        .any(|it| is_kind(it, "envsh") || it.ends_with("/20-envsubst-on-templates.sh"))
    {
        gaps.push("a script sets variables before it starts");
    }
    run(scripts, files);
    let variable = |name: &str, default: &str| match setup.environment.get(name) {
        Known::Set(value) => value.text.clone().filter(|it| !it.is_empty()),
        Known::Unset | Known::Perhaps => Some(default.to_owned()),
    };
    let folder = variable("NGINX_ENVSUBST_TEMPLATE_DIR", "/etc/nginx/templates");
    let suffix = variable("NGINX_ENVSUBST_TEMPLATE_SUFFIX", ".template");
    let output = variable("NGINX_ENVSUBST_OUTPUT_DIR", "/etc/nginx/conf.d");
    let (Some(folder), Some(suffix), Some(output)) = (folder, suffix, output) else {
        gaps.push("where its templates are is not known");
        return gaps;
    };
    let folder = folder.trim_end_matches('/');
    let output = output.trim_end_matches('/');
    let Some(templates) = files.matching(folder, &format!("*{suffix}")) else {
        gaps.push("its templates are not known");
        return gaps;
    };
    let streams = files.matching(folder, "*.stream-template");
    if streams.is_none_or(|it| !it.is_empty()) {
        gaps.push("templates of streams are not read");
    }
    if templates.is_empty() {
        return gaps;
    }
    let takes = files.mounts.takes(output);
    if takes == Some(false) {
        // What cannot be written is left out, and the server starts without it.
        return gaps;
    }
    if takes.is_none() && (setup.is_read_only() || !may_write(setup, image)) {
        gaps.push("whether its templates can be filled in is not known");
    }
    if !matches!(
        setup.environment.get("NGINX_ENVSUBST_FILTER"),
        Known::Unset | Known::Perhaps
    ) {
        gaps.push("which variables its templates take is not known");
    }
    for template in templates {
        let name = template.rsplit('/').next().unwrap_or_default();
        let name = name.strip_suffix(&suffix).unwrap_or(name);
        let to = format!("{output}/{name}");
        files.outputs.insert(to, (template.clone(), true));
    }
    gaps
}

/// Whether the server's user may write where the image keeps its configuration.
fn may_write(setup: &Setup<'_, '_>, image: ServerImage) -> bool {
    let is_root = setup.is_root(Some(image));
    is_root == Some(true) || (image.kind == Kind::Unprivileged && !setup.states_user())
}

/// Adds what scripts change to what is changed before the server starts.
pub(super) fn run(scripts: Vec<String>, files: &mut Files<'_, '_, '_>) {
    let mut open = scripts;
    let mut count = 0;
    while let Some(path) = open.pop() {
        count += 1;
        let content = files.content(&path);
        let (Content::Known(text), true) = (content, count <= MOST_SCRIPTS) else {
            files.started.all = true;
            files.started.starts_others = true;
            return;
        };
        if let Some(file) = text.file().filter(|_| !text.is_in_manifest()) {
            files.scripts.push(file);
        }
        let mut found = changes(&text.content, "/");
        open.append(&mut found.scripts);
        files.add_started(found);
    }
}
