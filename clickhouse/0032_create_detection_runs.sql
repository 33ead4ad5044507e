-- The place that each detection has reached: a row says that a rule has been run over what was received until `window_until`. `heads` has the newest
-- time of receipt of each log by then. `error` is the code of what kept the rule from running, '' where nothing did. Written every few
-- minutes: after a crash a rule runs over those minutes again, and finds nothing twice.
CREATE TABLE IF NOT EXISTS whodid.detection_runs
(
    tenant LowCardinality(String),
    rule LowCardinality(String),
    rule_version UInt32,
    ran_at DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
    window_since DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
    window_until DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
    heads Map(String, DateTime64(9, 'UTC')) CODEC(ZSTD(1)),
    hits UInt64,
    rows_read UInt64,
    error LowCardinality(String)
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(ran_at)
ORDER BY (tenant, rule, ran_at)
SETTINGS
    fsync_after_insert = 1,
    non_replicated_deduplication_window = 1000
