#!/usr/bin/env bash
# Builds both images for the nodes' platform, whatever the machine, and deploys them.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

REGISTRY=registry.northgate-security.com/watchtower

docker buildx build --platform linux/amd64 --push --tag "$REGISTRY/backend:v1.0.1" backend
docker buildx build --platform linux/amd64 --push --tag "$REGISTRY/frontend:v1.0.0" frontend

kubectl apply -f k8s/
kubectl rollout status deployment/backend --timeout=5m
