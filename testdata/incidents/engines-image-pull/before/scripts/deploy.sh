#!/usr/bin/env bash
# Puts all engines into the cluster.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

kubectl create namespace codex --dry-run=client -o yaml | kubectl apply -f -
kubectl apply -f k8s/engines.yaml -f k8s/engines-codex.yaml
