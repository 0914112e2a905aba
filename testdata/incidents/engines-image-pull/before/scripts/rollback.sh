#!/usr/bin/env bash
# Takes all engines away and puts those back that are in k8s/.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

kubectl delete deployment -n default -l app --all
kubectl apply -f k8s/engines.yaml
