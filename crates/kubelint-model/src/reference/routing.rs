//! Where requests are sent: Ingress, Gateway API, OpenShift Route, Istio.

use std::borrow::Cow;

use kubelint_parser::yaml::Node;

use super::{Found, Part, Reference, Relation};
use crate::KubeNode;
use crate::view::{IntOrString, Text, Value, int_or_string, text};

/// What the AWS Load Balancer Controller takes for a port: then the "Service" names an annotation with the action to take.
const USE_ANNOTATION: &str = "use-annotation";

/// An Ingress, of `networking.k8s.io/v1` or older: certificates and backends.
pub(super) fn ingress<'a>(root: Node<'a>, found: &mut Found<'a>) {
    let Some(spec) = root.field("spec") else {
        return;
    };
    for tls in spec.list("tls") {
        let name = text(tls, "secretName");
        found.extend(found.in_own_namespace(Relation::TlsSecret, "Secret", name));
    }
    let defaults = ["defaultBackend", "backend"].map(|it| spec.field(it));
    let rules = spec.list("rules");
    let paths = rules.iter().filter_map(|it| it.field("http"));
    let paths = paths.flat_map(|it| it.list("paths"));
    let backends = paths.filter_map(|it| it.field("backend"));
    for backend in defaults.into_iter().flatten().chain(backends) {
        found.extend(ingress_backend(backend, found));
    }
}

fn ingress_backend<'a>(backend: Node<'a>, found: &Found<'a>) -> Option<Reference<'a>> {
    let (name, port) = match backend.field("service") {
        Some(service) => {
            let port = service.field("port");
            let port = port
                .and_then(|it| int_or_string(it, "number").or_else(|| int_or_string(it, "name")));
            (text(service, "name"), port)
        }
        None => (
            text(backend, "serviceName"),
            int_or_string(backend, "servicePort"),
        ),
    };
    let is_action = |it: &Value<'_, IntOrString<'_>>| matches!(&it.value, IntOrString::Str(name) if name == USE_ANNOTATION);
    if port.as_ref().is_some_and(is_action) {
        return None;
    }
    let service = found.in_own_namespace(Relation::Backend, "Service", name)?;
    Some(Reference {
        part: port.map(|it| Part::Port(it.value, it.node)),
        ..service
    })
}

/// A Gateway API Gateway: the certificates of its listeners.
pub(super) fn gateway<'a>(root: Node<'a>, found: &mut Found<'a>) {
    let listeners = root.field("spec").map(|it| it.list("listeners"));
    for listener in listeners.unwrap_or_default() {
        let certificates = listener.field("tls").map(|it| it.list("certificateRefs"));
        for certificate in certificates.unwrap_or_default() {
            if is_core(certificate, "Secret") {
                let name = text(certificate, "name");
                let secret = found.in_own_namespace(Relation::TlsSecret, "Secret", name);
                found.extend(secret.map(|it| it.in_stated_namespace(certificate)));
            }
        }
    }
}

/// A route of the Gateway API: backends, and backends of mirrored requests.
pub(super) fn gateway_route<'a>(root: Node<'a>, found: &mut Found<'a>) {
    let rules = root.field("spec").map(|it| it.list("rules"));
    for rule in rules.unwrap_or_default() {
        mirrors(rule, found);
        for backend in rule.list("backendRefs") {
            found.extend(gateway_backend(backend, found));
            mirrors(backend, found);
        }
    }
}

/// The filters of a rule or backend that send a copy of each request.
fn mirrors<'a>(holder: Node<'a>, found: &mut Found<'a>) {
    for filter in holder.list("filters") {
        if let Some(backend) = filter.at(&["requestMirror", "backendRef"]) {
            found.extend(gateway_backend(backend, found));
        }
    }
}

fn gateway_backend<'a>(backend: Node<'a>, found: &Found<'a>) -> Option<Reference<'a>> {
    if !is_core(backend, "Service") {
        return None;
    }
    let service = found.in_own_namespace(Relation::Backend, "Service", text(backend, "name"))?;
    Some(Reference {
        part: int_or_string(backend, "port").map(|it| Part::Port(it.value, it.node)),
        ..service.in_stated_namespace(backend)
    })
}

/// Whether a reference of the Gateway API means `kind` of the core group, which is its default in both places that have one.
fn is_core(reference: Node<'_>, kind: &str) -> bool {
    let group = text(reference, "group");
    let stated = text(reference, "kind");
    group.is_none_or(|it| it.value.is_empty()) && stated.is_none_or(|it| it.value == kind)
}

/// An OpenShift Route.
///
/// Its `spec.port.targetPort` is compared with the endpoints of the Services, as text: with the name of each endpoint's port, which is that
/// of the Service's port, and with its number, which is that of the pod (`endpointsForAlias` of the OpenShift router). Where it matches
/// nothing, the Route has no endpoints.
pub(super) fn openshift_route<'a>(root: Node<'a>, found: &mut Found<'a>) {
    let Some(spec) = root.field("spec") else {
        return;
    };
    let port = spec.field("port");
    let port = port
        .and_then(|it| int_or_string(it, "targetPort"))
        .map(endpoint_port);
    let backends = spec.field("to").into_iter();
    for backend in backends.chain(spec.list("alternateBackends")) {
        if text(backend, "kind").is_some_and(|it| it.value != "Service") {
            continue;
        }
        let service = found.in_own_namespace(Relation::Backend, "Service", text(backend, "name"));
        found.extend(service.map(|it| Reference {
            part: port.clone(),
            ..it
        }));
    }
    let certificate = spec.at(&["tls", "externalCertificate"]);
    let name = certificate.and_then(|it| text(it, "name"));
    found.extend(found.in_own_namespace(Relation::TlsSecret, "Secret", name));
}

fn endpoint_port<'a>(port: Value<'a, IntOrString<'a>>) -> Part<'a> {
    let value = match port.value {
        IntOrString::Str(text) => match text.parse::<u16>() {
            Ok(number) => IntOrString::Int(number.into()),
            Err(_) => IntOrString::Str(text),
        },
        number @ IntOrString::Int(_) => number,
    };
    Part::EndpointPort(value, port.node)
}

/// An Istio VirtualService: the destinations of its routes and mirrors.
pub(super) fn virtual_service<'a>(root: Node<'a>, found: &mut Found<'a>) {
    let Some(spec) = root.field("spec") else {
        return;
    };
    for protocol in ["http", "tls", "tcp"] {
        for rule in spec.list(protocol) {
            let lists = ["route", "mirrors"].into_iter();
            let listed = lists.flat_map(|it| rule.list(it));
            let destinations = listed.filter_map(|it| it.field("destination"));
            for destination in destinations.chain(rule.field("mirror")) {
                let number = destination.at(&["port", "number"]);
                let port =
                    number.and_then(|it| Some(Part::Port(IntOrString::Int(it.integer()?), it)));
                let service = mesh_service(text(destination, "host"), found);
                found.extend(service.map(|it| Reference { part: port, ..it }));
            }
        }
    }
}

/// An Istio DestinationRule: whose requests it is about.
pub(super) fn destination_rule<'a>(root: Node<'a>, found: &mut Found<'a>) {
    let host = root.field("spec").and_then(|it| text(it, "host"));
    found.extend(mesh_service(host, found));
}

/// The Service that a host of the mesh names: by its short name, which Istio completes with the object's own namespace, or as
/// `name.namespace.svc` with or without the cluster's domain. Other hosts are left out: they may be anything.
fn mesh_service<'a>(host: Option<Text<'a>>, found: &Found<'a>) -> Option<Reference<'a>> {
    let host = host?;
    let (name, namespace) = service_of_host(&host.value)?;
    let (name, namespace) = (Cow::Owned(name.to_owned()), namespace.map(str::to_owned));
    let name = Value {
        value: name,
        node: host.node,
    };
    let mut service = found.in_own_namespace(Relation::Backend, "Service", Some(name))?;
    if namespace.is_some() {
        service.target.namespace = namespace;
        service.states_namespace = true;
    }
    Some(service)
}

/// The Service, and the namespace if it is stated, that a host of the mesh stands for: `name` alone, or `name.namespace.svc` with or without
/// the cluster's domain. Istio completes names without a dot only (`ResolveShortnameToFQDN` in `pilot/pkg/model/config.go`); all others, those with
/// a `*` too, are hosts as they stand.
pub(crate) fn service_of_host(host: &str) -> Option<(&str, Option<&str>)> {
    if host.contains(['*', ':']) {
        return None;
    }
    let Some((name, rest)) = host.split_once('.') else {
        return Some((host, None));
    };
    let (namespace, domain) = rest.split_once('.')?;
    matches!(domain, "svc" | "svc.cluster.local").then_some((name, Some(namespace)))
}
