-- The text of records, apart from them and encrypted: one row a block, see docs/FORMAT.md. `ref` begins with the ID of
-- the subject's key, so that what belongs to one subject lies together and goes together. Text has its own retention, and
-- this table alone may be deleted from, by a user that can do nothing else.
CREATE TABLE IF NOT EXISTS whodid.contents
(
    tenant LowCardinality(String),
    ref FixedString(24) CODEC(NONE),
    received_at DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
    -- Ciphertext does not compress.
    sealed String CODEC(NONE)
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(received_at)
ORDER BY (tenant, ref)
SETTINGS
    -- A question opens two or three blocks: a granule is not to be much more than one.
    index_granularity = 256,
    index_granularity_bytes = 131072,
    min_bytes_for_wide_part = 67108864,
    -- Seconds until what a deletion has replaced leaves the disk.
    old_parts_lifetime = 60,
    -- A month that is over becomes one part: see whodid.spans.
    min_age_to_force_merge_seconds = 86400,
    min_age_to_force_merge_on_partition_only = 1,
    enable_max_bytes_limit_for_min_age_to_force_merge = 1,
    fsync_after_insert = 1,
    fsync_part_directory = 1,
    non_replicated_deduplication_window = 10000
