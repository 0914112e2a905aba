#!/bin/sh
set -eu
kubectl create configmap web-settings --from-env-file=web.env --dry-run=client -o yaml | kubectl apply -f -
