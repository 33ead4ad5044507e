#!/bin/bash
# Makes Whodid's users and Grafana's. ClickHouse's image runs it once, at the first start with an empty volume; run it by hand
# after an upgrade of Whodid: docker compose exec clickhouse bash /docker-entrypoint-initdb.d/whodid-users.sh
set -euo pipefail
sql=${WHODID_SQL_DIR:-/whodid/clickhouse}
grafana_user=${WHODID_GRAFANA_USER#whodid_grafana_}

hash_of() { printf %s "$1" | sha256sum | cut -d' ' -f1; }

run() { clickhouse-client --user "$CLICKHOUSE_USER" --password "$CLICKHOUSE_PASSWORD" --multiquery; }

script=()
for user in writer recorder reader verifier eraser pruner migrator; do
  variable=WHODID_CLICKHOUSE_${user^^}_PASSWORD
  script+=(-e "s/<sha256 of the password of whodid_$user>/$(hash_of "${!variable}")/")
done
# The comment at the top of the file also speaks of a hash in brackets.
sed "${script[@]}" "$sql/users.sql" | run
sed -e "s/<sha256 of the password of whodid_grafana_<name>>/$(hash_of "$WHODID_GRAFANA_PASSWORD")/" \
  -e "s/<name>/$grafana_user/g" -e "s/<tenant>/$WHODID_GRAFANA_TENANT/g" \
  "$sql/grafana/user.sql" | run
