-- Hits of the detections: one row each, never changed. The hits of one rule on one subject are one finding, `finding_id`. A hit that is
-- found again has the same `hit_id`: questions count each once. `window_until` is the end of the window, by the ledger's clock, in which
-- it was found. Not sealed: a finding leads to records, which are.
CREATE TABLE IF NOT EXISTS whodid.findings
(
    tenant LowCardinality(String),
    finding_id String CODEC(ZSTD(1)),
    hit_id String CODEC(ZSTD(1)),
    rule LowCardinality(String),
    rule_version UInt32,
    query_hash LowCardinality(String),
    severity LowCardinality(String),
    subject String CODEC(ZSTD(1)),
    hit String CODEC(ZSTD(1)),
    acted_at DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
    found_at DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
    window_until DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
    text String CODEC(ZSTD(1)),
    spans Array(String) CODEC(ZSTD(1)),
    measured Map(String, String) CODEC(ZSTD(1)),
    thresholds Map(String, String) CODEC(ZSTD(1))
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(found_at)
ORDER BY (tenant, rule, subject, hit_id)
SETTINGS
    fsync_after_insert = 1,
    non_replicated_deduplication_window = 1000
