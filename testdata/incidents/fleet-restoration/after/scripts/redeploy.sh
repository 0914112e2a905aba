#!/usr/bin/env bash
# Builds all services and replaces what runs in the cluster: scripts/redeploy.sh [--skip-build]
set -euo pipefail

PROJECT_ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
REGISTRY="registry.lumen-labs.dev/code-agents"
NAMESPACE="code-agents"
STAMP="$(date +%H%M%S)"
BUILD_LOG="/tmp/code-agents-build-${STAMP}.log"

PLANNING_TAG="v2.0.0-${STAMP}"
ORCHESTRATOR_TAG="v3.0.0-${STAMP}"
RAY_EXECUTOR_TAG="v3.0.0-${STAMP}"
MONITORING_TAG="v3.2.1-${STAMP}"

declare -A MANIFESTS
MANIFESTS[planning]="deploy/k8s/12-planning-service.yaml"
MANIFESTS[ray-executor]="deploy/k8s/14-ray-executor.yaml"
MANIFESTS[orchestrator]="deploy/k8s/11-orchestrator-service.yaml"
MANIFESTS[monitoring-dashboard]="deploy/k8s/13-monitoring-dashboard.yaml"

info() { echo "-- $1"; }

cd "${PROJECT_ROOT}"

info "configuration"
kubectl apply -f deploy/k8s/00-configmaps.yaml
if [[ -f deploy/k8s/01-secrets.yaml ]]; then
  kubectl apply -f deploy/k8s/01-secrets.yaml
else
  info "no secrets here: those in the cluster stay"
fi
kubectl apply -f deploy/k8s/02-nats.yaml

info "streams"
kubectl apply -f deploy/k8s/15-nats-streams.yaml

if [[ "${1:-}" != "--skip-build" ]]; then
  info "images, with everything that the builds say in ${BUILD_LOG}"
  podman build -t "${REGISTRY}/planning:${PLANNING_TAG}" services/planning 2>&1 | tee -a "${BUILD_LOG}"
  podman build -t "${REGISTRY}/orchestrator:${ORCHESTRATOR_TAG}" services/orchestrator 2>&1 | tee -a "${BUILD_LOG}"
  podman build -t "${REGISTRY}/ray-executor:${RAY_EXECUTOR_TAG}" services/ray_executor 2>&1 | tee -a "${BUILD_LOG}"
  podman build -t "${REGISTRY}/monitoring:${MONITORING_TAG}" services/monitoring 2>&1 | tee -a "${BUILD_LOG}"

  podman push "${REGISTRY}/planning:${PLANNING_TAG}"
  podman push "${REGISTRY}/orchestrator:${ORCHESTRATOR_TAG}"
  podman push "${REGISTRY}/ray-executor:${RAY_EXECUTOR_TAG}"
  podman push "${REGISTRY}/monitoring:${MONITORING_TAG}"
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
  kubectl rollout status "deployment/${service}" -n "${NAMESPACE}" --timeout=120s
done
