#!/usr/bin/env bash
# Builds all services and replaces what runs in the cluster: scripts/redeploy.sh [--skip-build]

PROJECT_ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
REGISTRY="registry.lumen-labs.dev/code-agents"
NAMESPACE="code-agents"
STAMP="$(date +%H%M%S)"

PLANNING_TAG="v2.0.0-${STAMP}"
ORCHESTRATOR_TAG="v3.0.0-${STAMP}"
RAY_EXECUTOR_TAG="v3.0.0-${STAMP}"
MONITORING_TAG="v3.2.1-${STAMP}"

declare -A MANIFESTS
MANIFESTS[planning]="deploy/k8s/07-planning-service.yaml"
MANIFESTS[ray-executor]="deploy/k8s/10-ray-executor.yaml"
MANIFESTS[orchestrator]="deploy/k8s/11-orchestrator-service.yaml"
MANIFESTS[monitoring-dashboard]="deploy/k8s/13-monitoring-dashboard.yaml"

info() { echo "-- $1"; }
warn() { echo "!! $1" >&2; }

cd "${PROJECT_ROOT}"

info "configuration"
kubectl apply -f deploy/k8s/00-configmaps.yaml
kubectl apply -f deploy/k8s/01-secrets.yaml
kubectl apply -f deploy/k8s/02-nats.yaml

info "streams"
kubectl apply -f deploy/k8s/15-nats-streams.yaml || kubectl apply -f deploy/k8s/02b-nats-streams.yaml || true

if [[ "$1" != "--skip-build" ]]; then
  info "images"
  podman build -q -t "${REGISTRY}/planning:${PLANNING_TAG}" services/planning > /dev/null 2>&1
  podman build -q -t "${REGISTRY}/orchestrator:${ORCHESTRATOR_TAG}" services/orchestrator > /dev/null 2>&1
  podman build -q -t "${REGISTRY}/ray-executor:${RAY_EXECUTOR_TAG}" services/ray_executor > /dev/null 2>&1
  podman build -q -t "${REGISTRY}/monitoring:${MONITORING_TAG}" services/monitoring > /dev/null 2>&1

  podman push "${REGISTRY}/planning:${PLANNING_TAG}" || warn "planning was not pushed"
  podman push "${REGISTRY}/orchestrator:${ORCHESTRATOR_TAG}" || warn "orchestrator was not pushed"
  podman push "${REGISTRY}/ray-executor:${RAY_EXECUTOR_TAG}" || warn "ray-executor was not pushed"
  podman push "${REGISTRY}/monitoring:${MONITORING_TAG}" || warn "monitoring was not pushed"
fi

info "deployments"
for service in "${!MANIFESTS[@]}"; do
  kubectl apply -f "${PROJECT_ROOT}/${MANIFESTS[$service]}"
done

kubectl set image deployment/planning planning="${REGISTRY}/planning:${PLANNING_TAG}" -n "${NAMESPACE}"
kubectl set image deployment/orchestrator orchestrator="${REGISTRY}/orchestrator:${ORCHESTRATOR_TAG}" -n "${NAMESPACE}"
kubectl set image deployment/ray-executor ray-executor="${REGISTRY}/ray-executor:${RAY_EXECUTOR_TAG}" -n "${NAMESPACE}"
kubectl set image deployment/monitoring-dashboard monitoring="${REGISTRY}/monitoring:${MONITORING_TAG}" -n "${NAMESPACE}"

info "waiting"
for service in ray-executor orchestrator planning monitoring-dashboard; do
  kubectl rollout status "deployment/${service}" -n "${NAMESPACE}" --timeout=30s
done
