-- The notebook of a case: what a reader noted, pinned or asked, in the order in which it was written. Nobody can change or remove an
-- entry: the recorder inserts, the reader selects. `question` is JSON, '' where a note concerns nothing that can be asked about.
CREATE TABLE IF NOT EXISTS whodid.case_entries
(
    tenant LowCardinality(String),
    case_id String CODEC(ZSTD(1)),
    written_at DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
    entry_id String CODEC(ZSTD(1)),
    author LowCardinality(String),
    role LowCardinality(String),
    kind LowCardinality(String),
    text String CODEC(ZSTD(1)),
    question String CODEC(ZSTD(1))
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(written_at)
ORDER BY (tenant, case_id, written_at, entry_id)
SETTINGS
    fsync_after_insert = 1,
    non_replicated_deduplication_window = 1000
