#!/usr/bin/env bash
set -euo pipefail
root="$(cd "$(dirname "$0")/.." && pwd)"

kubectl apply -f "$root/eu/settings.yaml"
kubectl apply -n shop-us -f "$root/us/"
