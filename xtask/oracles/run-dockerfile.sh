#!/bin/sh
# Compares the tables in testdata/dockerfile with what BuildKit says, and exits 1 on a difference. `run-dockerfile.sh -write` renews the
# tables. Needs Go, and the Go module proxy when the modules are not cached.
set -eu
cd "$(dirname "$0")/dockerfile"
data=$(cd ../../../testdata/dockerfile && pwd)
program=$(mktemp)
trap 'rm -f "$program"' EXIT
go build -mod=readonly -o "$program" .
"$program" -data "$data" "$@"
