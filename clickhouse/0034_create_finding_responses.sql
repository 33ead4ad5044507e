-- Attempts to act on findings, one row each, in the order in which they ended: a message that was sent, a program that ran, a case that was opened,
-- an agent that was stopped. Nobody can change or remove a row: the recorder inserts, the reader selects. `delivery_id` is the same for every
-- attempt at one response to one finding since `since`, the decision after which it was found again (1970 before any). `target` is the handle
-- of what was stopped, or of the case; '' for a message. `outcome` is `done`, `failed` (it is tried again) or `given_up`; `error` is '' where it
-- is done.
CREATE TABLE IF NOT EXISTS whodid.finding_responses
(
    tenant LowCardinality(String),
    finding_id String CODEC(ZSTD(1)),
    response LowCardinality(String),
    kind LowCardinality(String),
    delivery_id String CODEC(ZSTD(1)),
    since DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
    attempt UInt16,
    attempted_at DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
    target String CODEC(ZSTD(1)),
    outcome LowCardinality(String),
    error LowCardinality(String)
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(attempted_at)
ORDER BY (tenant, finding_id, response, attempted_at)
SETTINGS
    fsync_after_insert = 1,
    non_replicated_deduplication_window = 1000
