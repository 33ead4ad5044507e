-- Who read the ledger, when, and what they asked: written before the answer leaves, by a user that can do nothing else.
CREATE TABLE IF NOT EXISTS whodid.reads
(
    tenant LowCardinality(String),
    read_at DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
    request_id String CODEC(ZSTD(1)),
    reader LowCardinality(String),
    role LowCardinality(String),
    route LowCardinality(String),
    question String CODEC(ZSTD(1)),
    case_id String CODEC(ZSTD(1)),
    remote_address String CODEC(ZSTD(1)),
    user_agent String CODEC(ZSTD(1))
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(read_at)
ORDER BY (tenant, read_at)
SETTINGS
    fsync_after_insert = 1,
    non_replicated_deduplication_window = 1000
