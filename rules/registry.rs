//! Every rule, as it lies in this folder. Made by the test of `kubelint-rule-index`: do not edit.

use kubelint_engine::RuleSource;

#[path = "config/ambiguous_scalar.rs"]
mod ambiguous_scalar;
#[path = "network/browser_sees_cluster_name.rs"]
mod browser_sees_cluster_name;
#[path = "rollout/capacity_exceeded.rs"]
mod capacity_exceeded;
#[path = "network/conflicting_endpoints.rs"]
mod conflicting_endpoints;
#[path = "api/conflicting_handlers.rs"]
mod conflicting_handlers;
#[path = "delivery/disabled_deploy_job.rs"]
mod disabled_deploy_job;
#[path = "api/duplicate_env.rs"]
mod duplicate_env;
#[path = "api/duplicate_key.rs"]
mod duplicate_key;
#[path = "reference/duplicate_object.rs"]
mod duplicate_object;
#[path = "api/duplicate_port.rs"]
mod duplicate_port;
#[path = "config/env_name_mismatch.rs"]
mod env_name_mismatch;
#[path = "config/env_not_read.rs"]
mod env_not_read;
#[path = "image/exits_at_once.rs"]
mod exits_at_once;
#[path = "network/host_network_dns.rs"]
mod host_network_dns;
#[path = "rollout/hpa_fights_replicas.rs"]
mod hpa_fights_replicas;
#[path = "rollout/hpa_without_requests.rs"]
mod hpa_without_requests;
#[path = "image/image_name_drift.rs"]
mod image_name_drift;
#[path = "image/image_not_built.rs"]
mod image_not_built;
#[path = "image/image_not_found.rs"]
mod image_not_found;
#[path = "image/image_not_pullable.rs"]
mod image_not_pullable;
#[path = "image/image_not_pushed.rs"]
mod image_not_pushed;
#[path = "image/image_pushed_not_built.rs"]
mod image_pushed_not_built;
#[path = "api/ingress_class_twice.rs"]
mod ingress_class_twice;
#[path = "config/insecure_default.rs"]
mod insecure_default;
#[path = "delivery/kubectl_flags_conflict.rs"]
mod kubectl_flags_conflict;
#[path = "network/localhost_in_cluster.rs"]
mod localhost_in_cluster;
#[path = "reference/missing_backend.rs"]
mod missing_backend;
#[path = "reference/missing_backend_port.rs"]
mod missing_backend_port;
#[path = "reference/missing_claim.rs"]
mod missing_claim;
#[path = "reference/missing_configmap.rs"]
mod missing_configmap;
#[path = "reference/missing_configmap_key.rs"]
mod missing_configmap_key;
#[path = "image/missing_entrypoint.rs"]
mod missing_entrypoint;
#[path = "reference/missing_file.rs"]
mod missing_file;
#[path = "delivery/missing_gitops_source.rs"]
mod missing_gitops_source;
#[path = "reference/missing_headless_service.rs"]
mod missing_headless_service;
#[path = "reference/missing_mounted_file.rs"]
mod missing_mounted_file;
#[path = "reference/missing_namespace.rs"]
mod missing_namespace;
#[path = "image/missing_platform.rs"]
mod missing_platform;
#[path = "network/missing_probe_port.rs"]
mod missing_probe_port;
#[path = "config/missing_required_env.rs"]
mod missing_required_env;
#[path = "reference/missing_role.rs"]
mod missing_role;
#[path = "reference/missing_scale_target.rs"]
mod missing_scale_target;
#[path = "delivery/missing_script_object.rs"]
mod missing_script_object;
#[path = "delivery/missing_script_path.rs"]
mod missing_script_path;
#[path = "reference/missing_secret.rs"]
mod missing_secret;
#[path = "reference/missing_secret_key.rs"]
mod missing_secret_key;
#[path = "reference/missing_service_account.rs"]
mod missing_service_account;
#[path = "reference/missing_subject.rs"]
mod missing_subject;
#[path = "network/missing_target_port.rs"]
mod missing_target_port;
#[path = "image/moved_tag.rs"]
mod moved_tag;
#[path = "image/mutable_tag.rs"]
mod mutable_tag;
#[path = "image/non_root_refused.rs"]
mod non_root_refused;
#[path = "rollout/overlapping_selectors.rs"]
mod overlapping_selectors;
#[path = "rollout/pdb_blocks_eviction.rs"]
mod pdb_blocks_eviction;
#[path = "reference/policy_selects_nothing.rs"]
mod policy_selects_nothing;
#[path = "network/port_not_exposed.rs"]
mod port_not_exposed;
#[path = "network/port_not_listened.rs"]
mod port_not_listened;
#[path = "network/port_value_drift.rs"]
mod port_value_drift;
#[path = "probe/probe_needs_auth.rs"]
mod probe_needs_auth;
#[path = "probe/probe_outruns_start.rs"]
mod probe_outruns_start;
#[path = "probe/probe_path_not_served.rs"]
mod probe_path_not_served;
#[path = "probe/probe_rate_limited.rs"]
mod probe_rate_limited;
#[path = "probe/probe_scheme_mismatch.rs"]
mod probe_scheme_mismatch;
#[path = "image/pull_policy_clash.rs"]
mod pull_policy_clash;
#[path = "image/registry_namespace_drift.rs"]
mod registry_namespace_drift;
#[path = "api/request_above_limit.rs"]
mod request_above_limit;
#[path = "probe/rollout_deadline_too_short.rs"]
mod rollout_deadline_too_short;
#[path = "rollout/rollout_deadlock.rs"]
mod rollout_deadlock;
#[path = "probe/scrape_path_not_served.rs"]
mod scrape_path_not_served;
#[path = "config/secret_in_plain_text.rs"]
mod secret_in_plain_text;
#[path = "delivery/sed_matches_nothing.rs"]
mod sed_matches_nothing;
#[path = "api/selector_mismatch.rs"]
mod selector_mismatch;
#[path = "config/service_port_env_clash.rs"]
mod service_port_env_clash;
#[path = "reference/service_selects_job.rs"]
mod service_selects_job;
#[path = "reference/service_selects_nothing.rs"]
mod service_selects_nothing;
#[path = "network/service_url_unknown_host.rs"]
mod service_url_unknown_host;
#[path = "network/service_url_wrong_port.rs"]
mod service_url_wrong_port;
#[path = "storage/shared_single_writer.rs"]
mod shared_single_writer;
#[path = "delivery/swallowed_failure.rs"]
mod swallowed_failure;
#[path = "image/tag_not_built.rs"]
mod tag_not_built;
#[path = "image/tag_not_found.rs"]
mod tag_not_found;
#[path = "delivery/unchecked_build.rs"]
mod unchecked_build;
#[path = "api/undefined_volume.rs"]
mod undefined_volume;
#[path = "delivery/unreachable_job.rs"]
mod unreachable_job;
#[path = "api/unresolved_placeholder.rs"]
mod unresolved_placeholder;
#[path = "reference/unused_config_key.rs"]
mod unused_config_key;
#[path = "reference/unused_configmap.rs"]
mod unused_configmap;

/// The rules, by id.
#[rustfmt::skip]
pub(crate) const RULES: &[RuleSource<'_>] = &[
    RuleSource { path: "config/ambiguous-scalar.md", text: include_str!("config/ambiguous-scalar.md"), code: Some(ambiguous_scalar::RULE) },
    RuleSource { path: "network/browser-sees-cluster-name.md", text: include_str!("network/browser-sees-cluster-name.md"), code: Some(browser_sees_cluster_name::RULE) },
    RuleSource { path: "rollout/capacity-exceeded.md", text: include_str!("rollout/capacity-exceeded.md"), code: Some(capacity_exceeded::RULE) },
    RuleSource { path: "network/conflicting-endpoints.md", text: include_str!("network/conflicting-endpoints.md"), code: Some(conflicting_endpoints::RULE) },
    RuleSource { path: "api/conflicting-handlers.md", text: include_str!("api/conflicting-handlers.md"), code: Some(conflicting_handlers::RULE) },
    RuleSource { path: "delivery/disabled-deploy-job.md", text: include_str!("delivery/disabled-deploy-job.md"), code: Some(disabled_deploy_job::RULE) },
    RuleSource { path: "api/duplicate-env.md", text: include_str!("api/duplicate-env.md"), code: Some(duplicate_env::RULE) },
    RuleSource { path: "api/duplicate-key.md", text: include_str!("api/duplicate-key.md"), code: Some(duplicate_key::RULE) },
    RuleSource { path: "reference/duplicate-object.md", text: include_str!("reference/duplicate-object.md"), code: Some(duplicate_object::RULE) },
    RuleSource { path: "api/duplicate-port.md", text: include_str!("api/duplicate-port.md"), code: Some(duplicate_port::RULE) },
    RuleSource { path: "config/env-name-mismatch.md", text: include_str!("config/env-name-mismatch.md"), code: Some(env_name_mismatch::RULE) },
    RuleSource { path: "config/env-not-read.md", text: include_str!("config/env-not-read.md"), code: Some(env_not_read::RULE) },
    RuleSource { path: "image/exits-at-once.md", text: include_str!("image/exits-at-once.md"), code: Some(exits_at_once::RULE) },
    RuleSource { path: "network/host-network-dns.md", text: include_str!("network/host-network-dns.md"), code: Some(host_network_dns::RULE) },
    RuleSource { path: "rollout/hpa-fights-replicas.md", text: include_str!("rollout/hpa-fights-replicas.md"), code: Some(hpa_fights_replicas::RULE) },
    RuleSource { path: "rollout/hpa-without-requests.md", text: include_str!("rollout/hpa-without-requests.md"), code: Some(hpa_without_requests::RULE) },
    RuleSource { path: "image/image-name-drift.md", text: include_str!("image/image-name-drift.md"), code: Some(image_name_drift::RULE) },
    RuleSource { path: "image/image-not-built.md", text: include_str!("image/image-not-built.md"), code: Some(image_not_built::RULE) },
    RuleSource { path: "image/image-not-found.md", text: include_str!("image/image-not-found.md"), code: Some(image_not_found::RULE) },
    RuleSource { path: "image/image-not-pullable.md", text: include_str!("image/image-not-pullable.md"), code: Some(image_not_pullable::RULE) },
    RuleSource { path: "image/image-not-pushed.md", text: include_str!("image/image-not-pushed.md"), code: Some(image_not_pushed::RULE) },
    RuleSource { path: "image/image-pushed-not-built.md", text: include_str!("image/image-pushed-not-built.md"), code: Some(image_pushed_not_built::RULE) },
    RuleSource { path: "api/ingress-class-twice.md", text: include_str!("api/ingress-class-twice.md"), code: Some(ingress_class_twice::RULE) },
    RuleSource { path: "config/insecure-default.md", text: include_str!("config/insecure-default.md"), code: Some(insecure_default::RULE) },
    RuleSource { path: "delivery/kubectl-flags-conflict.md", text: include_str!("delivery/kubectl-flags-conflict.md"), code: Some(kubectl_flags_conflict::RULE) },
    RuleSource { path: "network/localhost-in-cluster.md", text: include_str!("network/localhost-in-cluster.md"), code: Some(localhost_in_cluster::RULE) },
    RuleSource { path: "reference/missing-backend.md", text: include_str!("reference/missing-backend.md"), code: Some(missing_backend::RULE) },
    RuleSource { path: "reference/missing-backend-port.md", text: include_str!("reference/missing-backend-port.md"), code: Some(missing_backend_port::RULE) },
    RuleSource { path: "reference/missing-claim.md", text: include_str!("reference/missing-claim.md"), code: Some(missing_claim::RULE) },
    RuleSource { path: "reference/missing-configmap.md", text: include_str!("reference/missing-configmap.md"), code: Some(missing_configmap::RULE) },
    RuleSource { path: "reference/missing-configmap-key.md", text: include_str!("reference/missing-configmap-key.md"), code: Some(missing_configmap_key::RULE) },
    RuleSource { path: "image/missing-entrypoint.md", text: include_str!("image/missing-entrypoint.md"), code: Some(missing_entrypoint::RULE) },
    RuleSource { path: "reference/missing-file.md", text: include_str!("reference/missing-file.md"), code: Some(missing_file::RULE) },
    RuleSource { path: "delivery/missing-gitops-source.md", text: include_str!("delivery/missing-gitops-source.md"), code: Some(missing_gitops_source::RULE) },
    RuleSource { path: "reference/missing-headless-service.md", text: include_str!("reference/missing-headless-service.md"), code: Some(missing_headless_service::RULE) },
    RuleSource { path: "reference/missing-mounted-file.md", text: include_str!("reference/missing-mounted-file.md"), code: Some(missing_mounted_file::RULE) },
    RuleSource { path: "reference/missing-namespace.md", text: include_str!("reference/missing-namespace.md"), code: Some(missing_namespace::RULE) },
    RuleSource { path: "image/missing-platform.md", text: include_str!("image/missing-platform.md"), code: Some(missing_platform::RULE) },
    RuleSource { path: "network/missing-probe-port.md", text: include_str!("network/missing-probe-port.md"), code: Some(missing_probe_port::RULE) },
    RuleSource { path: "config/missing-required-env.md", text: include_str!("config/missing-required-env.md"), code: Some(missing_required_env::RULE) },
    RuleSource { path: "reference/missing-role.md", text: include_str!("reference/missing-role.md"), code: Some(missing_role::RULE) },
    RuleSource { path: "reference/missing-scale-target.md", text: include_str!("reference/missing-scale-target.md"), code: Some(missing_scale_target::RULE) },
    RuleSource { path: "delivery/missing-script-object.md", text: include_str!("delivery/missing-script-object.md"), code: Some(missing_script_object::RULE) },
    RuleSource { path: "delivery/missing-script-path.md", text: include_str!("delivery/missing-script-path.md"), code: Some(missing_script_path::RULE) },
    RuleSource { path: "reference/missing-secret.md", text: include_str!("reference/missing-secret.md"), code: Some(missing_secret::RULE) },
    RuleSource { path: "reference/missing-secret-key.md", text: include_str!("reference/missing-secret-key.md"), code: Some(missing_secret_key::RULE) },
    RuleSource { path: "reference/missing-service-account.md", text: include_str!("reference/missing-service-account.md"), code: Some(missing_service_account::RULE) },
    RuleSource { path: "reference/missing-subject.md", text: include_str!("reference/missing-subject.md"), code: Some(missing_subject::RULE) },
    RuleSource { path: "network/missing-target-port.md", text: include_str!("network/missing-target-port.md"), code: Some(missing_target_port::RULE) },
    RuleSource { path: "image/moved-tag.md", text: include_str!("image/moved-tag.md"), code: Some(moved_tag::RULE) },
    RuleSource { path: "image/mutable-tag.md", text: include_str!("image/mutable-tag.md"), code: Some(mutable_tag::RULE) },
    RuleSource { path: "image/non-root-refused.md", text: include_str!("image/non-root-refused.md"), code: Some(non_root_refused::RULE) },
    RuleSource { path: "rollout/overlapping-selectors.md", text: include_str!("rollout/overlapping-selectors.md"), code: Some(overlapping_selectors::RULE) },
    RuleSource { path: "rollout/pdb-blocks-eviction.md", text: include_str!("rollout/pdb-blocks-eviction.md"), code: Some(pdb_blocks_eviction::RULE) },
    RuleSource { path: "reference/policy-selects-nothing.md", text: include_str!("reference/policy-selects-nothing.md"), code: Some(policy_selects_nothing::RULE) },
    RuleSource { path: "network/port-not-exposed.md", text: include_str!("network/port-not-exposed.md"), code: Some(port_not_exposed::RULE) },
    RuleSource { path: "network/port-not-listened.md", text: include_str!("network/port-not-listened.md"), code: Some(port_not_listened::RULE) },
    RuleSource { path: "network/port-value-drift.md", text: include_str!("network/port-value-drift.md"), code: Some(port_value_drift::RULE) },
    RuleSource { path: "security/privileged-container.md", text: include_str!("security/privileged-container.md"), code: None },
    RuleSource { path: "probe/probe-needs-auth.md", text: include_str!("probe/probe-needs-auth.md"), code: Some(probe_needs_auth::RULE) },
    RuleSource { path: "probe/probe-outruns-start.md", text: include_str!("probe/probe-outruns-start.md"), code: Some(probe_outruns_start::RULE) },
    RuleSource { path: "probe/probe-path-not-served.md", text: include_str!("probe/probe-path-not-served.md"), code: Some(probe_path_not_served::RULE) },
    RuleSource { path: "probe/probe-rate-limited.md", text: include_str!("probe/probe-rate-limited.md"), code: Some(probe_rate_limited::RULE) },
    RuleSource { path: "probe/probe-scheme-mismatch.md", text: include_str!("probe/probe-scheme-mismatch.md"), code: Some(probe_scheme_mismatch::RULE) },
    RuleSource { path: "image/pull-policy-clash.md", text: include_str!("image/pull-policy-clash.md"), code: Some(pull_policy_clash::RULE) },
    RuleSource { path: "image/registry-namespace-drift.md", text: include_str!("image/registry-namespace-drift.md"), code: Some(registry_namespace_drift::RULE) },
    RuleSource { path: "api/request-above-limit.md", text: include_str!("api/request-above-limit.md"), code: Some(request_above_limit::RULE) },
    RuleSource { path: "probe/rollout-deadline-too-short.md", text: include_str!("probe/rollout-deadline-too-short.md"), code: Some(rollout_deadline_too_short::RULE) },
    RuleSource { path: "rollout/rollout-deadlock.md", text: include_str!("rollout/rollout-deadlock.md"), code: Some(rollout_deadlock::RULE) },
    RuleSource { path: "probe/scrape-path-not-served.md", text: include_str!("probe/scrape-path-not-served.md"), code: Some(scrape_path_not_served::RULE) },
    RuleSource { path: "config/secret-in-plain-text.md", text: include_str!("config/secret-in-plain-text.md"), code: Some(secret_in_plain_text::RULE) },
    RuleSource { path: "delivery/sed-matches-nothing.md", text: include_str!("delivery/sed-matches-nothing.md"), code: Some(sed_matches_nothing::RULE) },
    RuleSource { path: "api/selector-mismatch.md", text: include_str!("api/selector-mismatch.md"), code: Some(selector_mismatch::RULE) },
    RuleSource { path: "config/service-port-env-clash.md", text: include_str!("config/service-port-env-clash.md"), code: Some(service_port_env_clash::RULE) },
    RuleSource { path: "reference/service-selects-job.md", text: include_str!("reference/service-selects-job.md"), code: Some(service_selects_job::RULE) },
    RuleSource { path: "reference/service-selects-nothing.md", text: include_str!("reference/service-selects-nothing.md"), code: Some(service_selects_nothing::RULE) },
    RuleSource { path: "network/service-url-unknown-host.md", text: include_str!("network/service-url-unknown-host.md"), code: Some(service_url_unknown_host::RULE) },
    RuleSource { path: "network/service-url-wrong-port.md", text: include_str!("network/service-url-wrong-port.md"), code: Some(service_url_wrong_port::RULE) },
    RuleSource { path: "storage/shared-single-writer.md", text: include_str!("storage/shared-single-writer.md"), code: Some(shared_single_writer::RULE) },
    RuleSource { path: "delivery/swallowed-failure.md", text: include_str!("delivery/swallowed-failure.md"), code: Some(swallowed_failure::RULE) },
    RuleSource { path: "image/tag-not-built.md", text: include_str!("image/tag-not-built.md"), code: Some(tag_not_built::RULE) },
    RuleSource { path: "image/tag-not-found.md", text: include_str!("image/tag-not-found.md"), code: Some(tag_not_found::RULE) },
    RuleSource { path: "delivery/unchecked-build.md", text: include_str!("delivery/unchecked-build.md"), code: Some(unchecked_build::RULE) },
    RuleSource { path: "api/undefined-volume.md", text: include_str!("api/undefined-volume.md"), code: Some(undefined_volume::RULE) },
    RuleSource { path: "delivery/unreachable-job.md", text: include_str!("delivery/unreachable-job.md"), code: Some(unreachable_job::RULE) },
    RuleSource { path: "api/unresolved-placeholder.md", text: include_str!("api/unresolved-placeholder.md"), code: Some(unresolved_placeholder::RULE) },
    RuleSource { path: "reference/unused-config-key.md", text: include_str!("reference/unused-config-key.md"), code: Some(unused_config_key::RULE) },
    RuleSource { path: "reference/unused-configmap.md", text: include_str!("reference/unused-configmap.md"), code: Some(unused_configmap::RULE) },
    RuleSource { path: "hygiene/unused-suppression.md", text: include_str!("hygiene/unused-suppression.md"), code: None },
    RuleSource { path: "api/yaml-syntax.md", text: include_str!("api/yaml-syntax.md"), code: None },
];
