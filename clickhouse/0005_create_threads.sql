-- Where a name occurs: which traces, in which hour of the ledger's sort key. A question goes from a name to its traces and
-- from there by the primary key to the few granules that hold them, however much is stored; a bloom filter would be
-- read for every granule there is. Filled from whodid.spans by a materialized view; nobody inserts here.
--
-- `key` is sipHash64(kind, name), kind being trace, correlation, instance, delegation, credential, template, action, delegator, session,
-- conversation, tool, prompt (its hash), prompted or parent. Two names may
-- meet in one key: what is found so is evidence to be looked at, and its own columns say whose it is. `up`, on a trace's
-- row, holds the keys that lead outwards from it: to the prompts, instances, delegations and correlations it names; `own` those of
-- the instances that act in it.
CREATE TABLE IF NOT EXISTS whodid.threads
(
    tenant String,
    key UInt64 CODEC(Delta(8), ZSTD(1)),
    hour DateTime('UTC') CODEC(Delta(4), ZSTD(1)),
    trace_id FixedString(16) CODEC(ZSTD(1)),
    up Array(UInt64) CODEC(ZSTD(1)),
    own Array(UInt64) CODEC(ZSTD(1)),
    -- Of an instance: the template and the exporter that claim it, so that a second claimant is seen.
    template_id String,
    exporter String,
    received_at DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1))
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(received_at)
ORDER BY (tenant, key, hour, trace_id)
SETTINGS
    index_granularity = 256,
    string_serialization_version = 'single_stream',
    -- A month that is over becomes one part: see whodid.spans.
    min_age_to_force_merge_seconds = 86400,
    min_age_to_force_merge_on_partition_only = 1,
    enable_max_bytes_limit_for_min_age_to_force_merge = 1,
    fsync_after_insert = 1,
    fsync_part_directory = 1,
    non_replicated_deduplication_window = 10000
