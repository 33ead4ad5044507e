-- The ledger: one row a record (a span, or a log record as a child of its span). Insert only, by grants: no user of the
-- product may update or delete. The columns are those that questions, dashboards and retention filter on; every other field that is
-- set is in `rest`, one JSON object. `whodid.v_spans` shows all of them as typed columns. Absent text is '': no column is Nullable,
-- because SHA256(NULL) is NULL and the record's hash is recomputed from these columns. No column is LowCardinality: its dictionaries
-- were a third of what a merge of this table cost, and save nothing that compression does not. Words are in LZ4, all else in ZSTD.
CREATE TABLE IF NOT EXISTS whodid.spans
(
    -- The record's place in the collector's log, which its hash covers, and its sender's right: see docs/FORMAT.md.
    log_id String,
    log_index UInt64 CODEC(T64, ZSTD(1)),
    received_at DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
    channel String,
    -- The block of whodid.contents that holds its text, encrypted; the offset of its entry in the opened block times 8, plus
    -- the parts that it has (1 content, 2 result, 4 detail). Zeroes where there is no text.
    text_block FixedString(24) CODEC(ZSTD(1)),
    text_at UInt32 CODEC(T64, ZSTD(1)),
    -- From here on the fields that a span sent again repeats: one SHA-256 covers them, whose beginning is the record's key.
    tenant String,
    exporter String,
    trace_id FixedString(16) CODEC(ZSTD(1)),
    span_id FixedString(8) CODEC(ZSTD(1)),
    parent_span_id FixedString(8) CODEC(ZSTD(1)),
    ts DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
    end_ts DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
    record_kind String,
    actor_type String,
    template_id String,
    instance_id String CODEC(ZSTD(1)),
    delegator_id String CODEC(ZSTD(1)),
    user_id String CODEC(ZSTD(1)),
    correlation_id String CODEC(ZSTD(1)),
    credential_id String CODEC(ZSTD(1)),
    action_id String CODEC(ZSTD(1)),
    verb String,
    outcome String,
    resource_id String CODEC(ZSTD(1)),
    tool_name String,
    prompt_ref String CODEC(ZSTD(1)),
    -- A salted commitment to the parts of its text. Zeroes where there is none.
    commitment FixedString(32) CODEC(ZSTD(1)),
    rest String CODEC(ZSTD(1)),
    attributes String CODEC(ZSTD(1)),
    resource_attributes String CODEC(ZSTD(1)),
    -- No row comes in before the views that read it are there: the last migration of a new ledger takes this away.
    CONSTRAINT schema_is_whole CHECK 0,
    INDEX by_log_index log_index TYPE minmax GRANULARITY 1,
    INDEX by_trace trace_id TYPE bloom_filter(0.001) GRANULARITY 1,
    INDEX by_span span_id TYPE bloom_filter(0.001) GRANULARITY 1,
    INDEX by_instance instance_id TYPE bloom_filter(0.001) GRANULARITY 1,
    INDEX by_correlation correlation_id TYPE bloom_filter(0.001) GRANULARITY 1
)
ENGINE = MergeTree
-- By the ledger's own clock: `ts` is the emitter's claim, and one hostile batch could name a thousand months.
PARTITION BY toYYYYMM(received_at)
ORDER BY (tenant, toStartOfHour(ts), trace_id, span_id)
SETTINGS
    index_granularity = 2048,
    -- A question reads one granule of every column it quotes: smaller blocks are a sixth less to unpack, for 2 % more bytes.
    min_compress_block_size = 16384,
    max_compress_block_size = 65536,
    -- What an insert writes is one file and not two hundred, each to be synced; what a merge writes has a file a column.
    min_level_for_wide_part = 1,
    min_bytes_for_wide_part = 67108864,
    -- A text's length before its bytes, in one stream: two of them are more to compress and to merge, and nothing reads lengths alone.
    string_serialization_version = 'single_stream',
    -- Rows are merged column by column however few there are, and a column that is mostly blank is written like any other: both
    -- are less to do for as many columns as these.
    vertical_merge_algorithm_min_rows_to_activate = 1,
    ratio_of_defaults_for_sparse_serialization = 1,
    -- A month is over when nothing more is received in it. A day after its last write its parts become one, so that a question opens
    -- one part of it and not ten; a month under way is rewritten whole only after a day in which nothing came. What would be
    -- larger than the engine's own limit of a merge (150 GB) stays in parts.
    min_age_to_force_merge_seconds = 86400,
    min_age_to_force_merge_on_partition_only = 1,
    enable_max_bytes_limit_for_min_age_to_force_merge = 1,
    -- The collector forgets a segment once the insert is acknowledged, so an acknowledged insert must be on the disk.
    fsync_after_insert = 1,
    fsync_part_directory = 1,
    -- Off by default: without it a segment inserted again after a crash would stand in the ledger twice.
    non_replicated_deduplication_window = 10000
