#!/bin/sh
# Builds `accepts` into the file named as argument, against a copy of go-yaml with events.go added.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=$1
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
cd "$here/.."
go mod download go.yaml.in/yaml/v2
source=$(go list -m -f '{{.Dir}}' go.yaml.in/yaml/v2)
cp -R "$source" "$work/yaml"
chmod -R u+w "$work/yaml"
cp "$here/events.go" "$work/yaml/"
cp go.mod go.sum "$work/"
go mod edit -replace "go.yaml.in/yaml/v2=$work/yaml" "$work/go.mod"
go build -tags kubelint_events -mod=mod -modfile="$work/go.mod" -o "$out" "$here/main.go"
