-- What touched the world, narrow and ordered by resource, so that "who did this to X?" is one short read however much is
-- stored. Filled from whodid.spans by a materialized view; nobody inserts here.
CREATE TABLE IF NOT EXISTS whodid.actions
(
    tenant String,
    resource_id String CODEC(ZSTD(1)),
    resource_type String,
    ts DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
    end_ts DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
    received_at DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
    trace_id FixedString(16) CODEC(ZSTD(1)),
    span_id FixedString(8) CODEC(ZSTD(1)),
    record_kind String,
    verb String,
    outcome String,
    tool_name String,
    action_id String CODEC(ZSTD(1)),
    actor_type String,
    channel String,
    template_id String,
    instance_id String CODEC(ZSTD(1)),
    user_id String CODEC(ZSTD(1)),
    service_name String,
    delegator_id String CODEC(ZSTD(1)),
    delegator_type String,
    -- The person or service behind the act: the human who acted, or the one it was done for.
    principal_id String CODEC(ZSTD(1)),
    template_rule String,
    instance_rule String,
    delegator_rule String,
    correlation_id String CODEC(ZSTD(1)),
    credential_id String CODEC(ZSTD(1)),
    INDEX by_trace trace_id TYPE bloom_filter(0.001) GRANULARITY 1,
    INDEX by_action action_id TYPE bloom_filter(0.001) GRANULARITY 1,
    INDEX by_instance instance_id TYPE bloom_filter(0.001) GRANULARITY 1,
    INDEX by_correlation correlation_id TYPE bloom_filter(0.001) GRANULARITY 1,
    PROJECTION by_principal (SELECT * ORDER BY tenant, principal_id, ts),
    -- A person's token is used all over the ledger: a filter would find it in every granule.
    PROJECTION by_credential (SELECT * ORDER BY tenant, credential_id, ts)
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(received_at)
ORDER BY (tenant, resource_id, ts)
SETTINGS
    index_granularity = 1024,
    -- A question reads a granule of some columns in each part: smaller blocks are a tenth less to do, for 1 % more bytes.
    min_compress_block_size = 16384,
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
