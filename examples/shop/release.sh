#!/usr/bin/env bash
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

docker build --tag ghcr.io/acme-shop/api:1.8.1 api
docker push ghcr.io/acme-shop/api:1.8.1
kubectl apply -f deploy/setting.yaml -f deploy/api.yaml -f deploy/worker.yaml
kubectl rollout status deployment/api --timeout=2m
