#!/usr/bin/env bash
# Puts all engines into the cluster.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

kubectl apply -f k8s/engines.yaml
