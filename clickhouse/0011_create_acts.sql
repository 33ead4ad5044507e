-- The acts of a resource, a credential, a template, a tool and a person or service, newest first: where "who did this to X?" begins. One
-- row for each of the five that an act names, so that a question reads the beginning of one key however much is stored. Filled from
-- whodid.spans by a materialized view; nobody inserts here.
--
-- `key` is sipHash64(kind, name), kind being resource, credential, template, tool or delegator (of the human who acted, or the one it was done
-- for). Two names may meet in one key: `act` begins with the name. `age` orders by the earlier of the emitter's clock and the ledger's, so that a clock
-- that runs ahead hides no later act; `nts` by the emitter's among those. Both are negative nanoseconds: the newest come first.
CREATE TABLE IF NOT EXISTS whodid.acts
(
    tenant String,
    key UInt64 CODEC(Delta(8), ZSTD(1)),
    age Int64 CODEC(Delta(8), ZSTD(1)),
    nts Int64 CODEC(Delta(8), ZSTD(1)),
    trace_id FixedString(16) CODEC(ZSTD(1)),
    span_id FixedString(8) CODEC(ZSTD(1)),
    received_at DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
    verb String,
    outcome String,
    -- What a list says of an act, as RowBinary: one column is read instead of a dozen.
    act String CODEC(ZSTD(1))
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(received_at)
ORDER BY (tenant, key, age, nts)
SETTINGS
    index_granularity = 256,
    min_compress_block_size = 16384,
    max_compress_block_size = 65536,
    string_serialization_version = 'single_stream',
    vertical_merge_algorithm_min_rows_to_activate = 1,
    ratio_of_defaults_for_sparse_serialization = 1,
    -- A month that is over becomes one part: see whodid.spans.
    min_age_to_force_merge_seconds = 86400,
    min_age_to_force_merge_on_partition_only = 1,
    enable_max_bytes_limit_for_min_age_to_force_merge = 1,
    fsync_after_insert = 1,
    fsync_part_directory = 1,
    non_replicated_deduplication_window = 10000
