#!/usr/bin/env bash
# Builds both images and deploys them.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

REGISTRY=registry.northgate-security.com/watchtower

docker build --tag "$REGISTRY/backend:amd64" backend
docker build --tag "$REGISTRY/frontend:v1.0.0" frontend
docker push "$REGISTRY/backend:amd64"
docker push "$REGISTRY/frontend:v1.0.0"

kubectl apply -f k8s/
kubectl rollout status deployment/backend --timeout=5m
