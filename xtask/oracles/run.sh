#!/bin/sh
# Compares the tables in testdata/yaml with what the libraries of kubectl, kustomize, helm and compose say, and exits 1 on
# a difference. `run.sh -write` renews the tables. Needs Go, and the Go module proxy when the modules are not cached.
set -eu
cd "$(dirname "$0")"
data=$(cd ../../testdata/yaml && pwd)
program=$(mktemp)
trap 'rm -f "$program"' EXIT
go build -mod=readonly -o "$program" .
"$program" -data "$data" "$@"
