-- Decisions of readers about findings, in the order in which they did: acknowledged, suppressed with a reason and an end, reopened. Nobody
-- can change or remove a row: the recorder inserts, the reader selects. `until` is 1970 where a decision has no end.
CREATE TABLE IF NOT EXISTS whodid.finding_triage
(
    tenant LowCardinality(String),
    finding_id String CODEC(ZSTD(1)),
    decided_at DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
    triage_id String CODEC(ZSTD(1)),
    reader LowCardinality(String),
    role LowCardinality(String),
    action LowCardinality(String),
    reason String CODEC(ZSTD(1)),
    until DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1))
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(decided_at)
ORDER BY (tenant, finding_id, decided_at, triage_id)
SETTINGS
    fsync_after_insert = 1,
    non_replicated_deduplication_window = 1000
