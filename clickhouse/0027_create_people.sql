-- The names of a person, in versions: a row says from when a name was a person's, or was theirs no longer. Appended by the administrator,
-- through a user that can do nothing else. Not sealed: what is answered by it is inferred, and names its source.
CREATE TABLE IF NOT EXISTS whodid.people
(
    tenant LowCardinality(String),
    person String CODEC(ZSTD(1)),
    name String CODEC(ZSTD(1)),
    kind LowCardinality(String),
    source LowCardinality(String),
    is_theirs UInt8,
    valid_from DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
    recorded_at DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
    recorded_by LowCardinality(String)
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(recorded_at)
ORDER BY (tenant, person, name, valid_from, recorded_at)
SETTINGS
    fsync_after_insert = 1,
    non_replicated_deduplication_window = 1000
