#!/bin/sh
# Builds the OpenTelemetry Collector that `npm run bench -- ingest` compares Whodid with, into .tools/peers/.
# Needs Go (1.26 or newer) and its module proxy; takes minutes, and about 2 GB of Go's caches. Nothing else needs it:
# without it the bench says why the measures of the peer are missing.
set -eu

builder_version=v0.161.0
peers=$(cd "$(dirname "$0")" && pwd)
output=$(cd "$peers/../.." && pwd)/.tools/peers

command -v go >/dev/null || {
  echo 'Go is not installed: https://go.dev/doc/install' >&2
  exit 1
}
mkdir -p "$output"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# One package at a time: a small machine stays usable.
GOFLAGS="${GOFLAGS:+$GOFLAGS }-p=1"
CGO_ENABLED=0
export GOFLAGS CGO_ENABLED

GOBIN="$work" go install "go.opentelemetry.io/collector/cmd/builder@$builder_version"
sed "s#^dist:#dist:\n  output_path: $work/otelcol#" "$peers/otelcol-builder.yaml" >"$work/builder.yaml"
"$work/builder" --config "$work/builder.yaml"
mv "$work/otelcol/otelcol-clickhouse" "$output/otelcol-clickhouse"
echo "$output/otelcol-clickhouse"
