#!/bin/sh
# Prints the passwords that compose.yaml needs, new ones each time:
#   umask 077 && deploy/compose/make-env.sh > deploy/compose/.env
set -eu
for name in WRITER RECORDER READER VERIFIER ERASER PRUNER MIGRATOR; do
  echo "WHODID_CLICKHOUSE_${name}_PASSWORD=$(openssl rand -hex 24)"
done
for name in CLICKHOUSE_ADMIN_PASSWORD WHODID_GRAFANA_PASSWORD GRAFANA_ADMIN_PASSWORD; do
  echo "$name=$(openssl rand -hex 24)"
done
