#!/bin/sh
set -eu
cd "$(dirname "$0")"
kubectl apply -k platform
kubectl apply -k apps/web
kubectl apply -f attic/tokens.yaml
