-- One node of a cluster named whodid: run all of it on every node. Do not edit: npx vitest run --project unit cluster-statements -u
-- makes it of ../*.sql.

CREATE DATABASE IF NOT EXISTS whodid_shard;

CREATE DATABASE IF NOT EXISTS whodid;

CREATE TABLE IF NOT EXISTS whodid_shard.spans
(
    log_id String,
    log_index UInt64 CODEC(T64, ZSTD(1)),
    received_at DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
    channel String,
    text_block FixedString(24) CODEC(ZSTD(1)),
    text_at UInt32 CODEC(T64, ZSTD(1)),
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
    commitment FixedString(32) CODEC(ZSTD(1)),
    rest String CODEC(ZSTD(1)),
    attributes String CODEC(ZSTD(1)),
    resource_attributes String CODEC(ZSTD(1)),
    INDEX by_log_index log_index TYPE minmax GRANULARITY 1,
    INDEX by_trace trace_id TYPE bloom_filter(0.001) GRANULARITY 1,
    INDEX by_span span_id TYPE bloom_filter(0.001) GRANULARITY 1,
    INDEX by_instance instance_id TYPE bloom_filter(0.001) GRANULARITY 1,
    INDEX by_correlation correlation_id TYPE bloom_filter(0.001) GRANULARITY 1
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/whodid/spans', '{replica}')
PARTITION BY toYYYYMM(received_at)
ORDER BY (tenant, toStartOfHour(ts), trace_id, span_id)
SETTINGS
    index_granularity = 2048,
    min_compress_block_size = 16384,
    max_compress_block_size = 65536,
    min_level_for_wide_part = 1,
    min_bytes_for_wide_part = 67108864,
    string_serialization_version = 'single_stream',
    vertical_merge_algorithm_min_rows_to_activate = 1,
    ratio_of_defaults_for_sparse_serialization = 1,
    min_age_to_force_merge_seconds = 86400,
    min_age_to_force_merge_on_partition_only = 1,
    enable_max_bytes_limit_for_min_age_to_force_merge = 1,
    fsync_after_insert = 1,
    fsync_part_directory = 1,
    replicated_deduplication_window = 10000;

CREATE TABLE IF NOT EXISTS whodid_shard.actions
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
    PROJECTION by_credential (SELECT * ORDER BY tenant, credential_id, ts)
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/whodid/actions', '{replica}')
PARTITION BY toYYYYMM(received_at)
ORDER BY (tenant, resource_id, ts)
SETTINGS
    index_granularity = 1024,
    min_compress_block_size = 16384,
    string_serialization_version = 'single_stream',
    vertical_merge_algorithm_min_rows_to_activate = 1,
    ratio_of_defaults_for_sparse_serialization = 1,
    min_age_to_force_merge_seconds = 86400,
    min_age_to_force_merge_on_partition_only = 1,
    enable_max_bytes_limit_for_min_age_to_force_merge = 1,
    fsync_after_insert = 1,
    fsync_part_directory = 1,
    replicated_deduplication_window = 10000;

CREATE MATERIALIZED VIEW IF NOT EXISTS whodid_shard.actions_of_spans TO whodid_shard.actions
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH JSONExtract(rest, 'Tuple(rt String, sn String, dt String, tr String, ir String, dr String)') AS cold
SELECT
    tenant, resource_id, cold.rt AS resource_type, ts, end_ts, received_at, trace_id, span_id, record_kind, verb, outcome, tool_name,
    action_id, actor_type, channel, template_id, instance_id, user_id, cold.sn AS service_name, delegator_id,
    cold.dt AS delegator_type,
    multiIf(actor_type = 'human', user_id, delegator_id != '', delegator_id, actor_type = 'service', service_name, '') AS principal_id,
    cold.tr AS template_rule, cold.ir AS instance_rule, cold.dr AS delegator_rule, correlation_id, credential_id
FROM whodid_shard.spans
WHERE record_kind IN ('tool_call', 'action') OR resource_id != '' OR action_id != '';

CREATE TABLE IF NOT EXISTS whodid_shard.reads
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
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/whodid/reads', '{replica}')
PARTITION BY toYYYYMM(read_at)
ORDER BY (tenant, read_at)
SETTINGS
    fsync_after_insert = 1,
    replicated_deduplication_window = 1000;

CREATE TABLE IF NOT EXISTS whodid_shard.threads
(
    tenant String,
    key UInt64 CODEC(Delta(8), ZSTD(1)),
    hour DateTime('UTC') CODEC(Delta(4), ZSTD(1)),
    trace_id FixedString(16) CODEC(ZSTD(1)),
    up Array(UInt64) CODEC(ZSTD(1)),
    own Array(UInt64) CODEC(ZSTD(1)),
    template_id String,
    exporter String,
    received_at DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1))
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/whodid/threads', '{replica}')
PARTITION BY toYYYYMM(received_at)
ORDER BY (tenant, key, hour, trace_id)
SETTINGS
    index_granularity = 256,
    string_serialization_version = 'single_stream',
    min_age_to_force_merge_seconds = 86400,
    min_age_to_force_merge_on_partition_only = 1,
    enable_max_bytes_limit_for_min_age_to_force_merge = 1,
    fsync_after_insert = 1,
    fsync_part_directory = 1,
    replicated_deduplication_window = 10000;

CREATE MATERIALIZED VIEW IF NOT EXISTS whodid_shard.threads_of_spans TO whodid_shard.threads
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS SELECT tenant, found.1 AS key, hour, trace_id, found.2 AS up, found.3 AS own, found.4 AS template_id, found.5 AS exporter, received_at FROM
(
    SELECT
        tenant, toStartOfHour(ts) AS hour, trace_id,
        groupUniqArray(correlation_id) AS correlations,
        groupUniqArray((instance_id, if(cold.tr = '' AND channel != 'unentitled', template_id, ''), exporter)) AS instances,
        groupUniqArray(cold.ip) AS parents,
        groupUniqArrayArray(arrayPopBack(cold.gh)) AS chains,
        groupUniqArray(cold.gi) AS delegations,
        groupUniqArray(cold.gp) AS grants,
        groupUniqArray(credential_id) AS credentials,
        groupUniqArray(action_id) AS actions,
        groupUniqArray(template_id) AS templates,
        groupUniqArray(substring(prompt_ref, 1, 32)) AS prompts,
        groupUniqArray(delegator_id) AS delegators,
        groupUniqArray(user_id) AS users,
        groupUniqArray(cold.si) AS sessions,
        groupUniqArray(cold.ci) AS conversations,
        groupUniqArray(tool_name) AS tools,
        groupUniqArrayIf(cold.ph, record_kind = 'prompt') AS prompt_hashes,
        toDateTime64(min(received_at), 3, 'UTC') AS received_at
    FROM (SELECT *, JSONExtract(rest, 'Tuple(tr String, ip String, gh Array(String), gi String, gp String, si String, ci String, ph String)') AS cold FROM whodid_shard.spans)
    GROUP BY tenant, hour, trace_id
)
ARRAY JOIN
    arrayFilter(named -> named.1 != 0, arrayConcat(
        [(sipHash64('trace', trace_id), arrayConcat(
            [sipHash64('trace', trace_id)],
            arrayMap(x -> sipHash64('correlation', x), arrayFilter(x -> x != '', correlations)),
            arrayMap(x -> sipHash64('instance', x), arrayFilter(x -> x != '', arrayConcat(parents, chains))),
            arrayMap(x -> sipHash64('delegation', x), arrayFilter(x -> x != '', arrayConcat(delegations, grants))),
            arrayMap(x -> sipHash64('trace', toFixedString(unhex(x), 16)), arrayFilter(x -> x != '', prompts))),
            arrayDistinct(arrayMap(x -> sipHash64('instance', x.1), arrayFilter(x -> x.1 != '', instances))), '', '')],
        arrayMap(x -> (if(x = '', 0, sipHash64('correlation', x)), [], [], '', ''), correlations),
        arrayMap(x -> (if(x.1 = '', 0, sipHash64('instance', x.1)), [], [], x.2, x.3), instances),
        arrayMap(x -> (if(x = '', 0, sipHash64('parent', x)), [], [], '', ''), parents),
        arrayMap(x -> (if(x = '', 0, sipHash64('delegation', x)), [], [], '', ''), delegations),
        arrayMap(x -> (if(x = '', 0, sipHash64('credential', x)), [], [], '', ''), credentials),
        arrayMap(x -> (if(x = '', 0, sipHash64('action', x)), [], [], '', ''), actions),
        arrayMap(x -> (if(x = '', 0, sipHash64('template', x)), [], [], '', ''), templates),
        arrayMap(x -> (if(x = '', 0, sipHash64('delegator', x)), [], [], '', ''), arrayDistinct(arrayConcat(delegators, users))),
        arrayMap(x -> (if(x = '', 0, sipHash64('session', x)), [], [], '', ''), sessions),
        arrayMap(x -> (if(x = '', 0, sipHash64('conversation', x)), [], [], '', ''), conversations),
        arrayMap(x -> (if(x = '', 0, sipHash64('tool', x)), [], [], '', ''), tools),
        arrayMap(x -> (if(x = '', 0, sipHash64('prompt', x)), [], [], '', ''), prompt_hashes),
        arrayMap(x -> (if(x = '' OR x = lower(hex(trace_id)), 0, sipHash64('prompted', toFixedString(unhex(x), 16))), [], [], '', ''), prompts))) AS found;

CREATE TABLE IF NOT EXISTS whodid_shard.contents
(
    tenant LowCardinality(String),
    ref FixedString(24) CODEC(NONE),
    received_at DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
    sealed String CODEC(NONE)
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/whodid/contents', '{replica}')
PARTITION BY toYYYYMM(received_at)
ORDER BY (tenant, ref)
SETTINGS
    index_granularity = 256,
    index_granularity_bytes = 131072,
    min_bytes_for_wide_part = 67108864,
    old_parts_lifetime = 60,
    min_age_to_force_merge_seconds = 86400,
    min_age_to_force_merge_on_partition_only = 1,
    enable_max_bytes_limit_for_min_age_to_force_merge = 1,
    fsync_after_insert = 1,
    fsync_part_directory = 1,
    replicated_deduplication_window = 10000;

CREATE TABLE IF NOT EXISTS whodid_shard.acts
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
    act String CODEC(ZSTD(1))
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/whodid/acts', '{replica}')
PARTITION BY toYYYYMM(received_at)
ORDER BY (tenant, key, age, nts)
SETTINGS
    index_granularity = 256,
    min_compress_block_size = 16384,
    max_compress_block_size = 65536,
    string_serialization_version = 'single_stream',
    vertical_merge_algorithm_min_rows_to_activate = 1,
    ratio_of_defaults_for_sparse_serialization = 1,
    min_age_to_force_merge_seconds = 86400,
    min_age_to_force_merge_on_partition_only = 1,
    enable_max_bytes_limit_for_min_age_to_force_merge = 1,
    fsync_after_insert = 1,
    fsync_part_directory = 1,
    replicated_deduplication_window = 10000;

CREATE MATERIALIZED VIEW IF NOT EXISTS whodid_shard.acts_of_spans TO whodid_shard.acts
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT
    tenant, found.1 AS key,
    -least(toUnixTimestamp64Nano(ts), toUnixTimestamp64Nano(received_at)) AS age, -toUnixTimestamp64Nano(ts) AS nts,
    trace_id, span_id, received_at, verb, outcome,
    formatRow('RowBinary', found.2, action_id, record_kind, tool_name, resource_id, actor_type, channel, instance_id, cold.ir, template_id, cold.tr, user_id, cold.sn) AS act
FROM
(
    SELECT *, JSONExtract(rest, 'Tuple(sn String, tr String, ir String)') AS cold
    FROM whodid_shard.spans
    WHERE record_kind IN ('tool_call', 'action') OR resource_id != '' OR action_id != ''
)
ARRAY JOIN
    arrayFilter(named -> named.2 != '', [
        (sipHash64('resource', resource_id), resource_id),
        (sipHash64('credential', credential_id), credential_id),
        (sipHash64('template', template_id), template_id),
        (sipHash64('tool', tool_name), tool_name),
        (sipHash64('delegator', multiIf(actor_type = 'human', user_id, delegator_id != '', delegator_id, actor_type = 'service', cold.sn, '') AS principal), principal)
    ]) AS found;

CREATE TABLE IF NOT EXISTS whodid_shard.case_entries
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
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/whodid/case_entries', '{replica}')
PARTITION BY toYYYYMM(written_at)
ORDER BY (tenant, case_id, written_at, entry_id)
SETTINGS
    fsync_after_insert = 1,
    replicated_deduplication_window = 1000;

CREATE TABLE IF NOT EXISTS whodid_shard.people
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
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/whodid/people', '{replica}')
PARTITION BY toYYYYMM(recorded_at)
ORDER BY (tenant, person, name, valid_from, recorded_at)
SETTINGS
    fsync_after_insert = 1,
    replicated_deduplication_window = 1000;

CREATE TABLE IF NOT EXISTS whodid_shard.findings
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
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/whodid/findings', '{replica}')
PARTITION BY toYYYYMM(found_at)
ORDER BY (tenant, rule, subject, hit_id)
SETTINGS
    fsync_after_insert = 1,
    replicated_deduplication_window = 1000;

CREATE TABLE IF NOT EXISTS whodid_shard.finding_triage
(
    tenant LowCardinality(String),
    finding_id String CODEC(ZSTD(1)),
    decided_at DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
    triage_id String CODEC(ZSTD(1)),
    reader LowCardinality(String),
    role LowCardinality(String),
    action LowCardinality(String),
    reason String CODEC(ZSTD(1)),
    until DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1))
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/whodid/finding_triage', '{replica}')
PARTITION BY toYYYYMM(decided_at)
ORDER BY (tenant, finding_id, decided_at, triage_id)
SETTINGS
    fsync_after_insert = 1,
    replicated_deduplication_window = 1000;

CREATE TABLE IF NOT EXISTS whodid_shard.detection_runs
(
    tenant LowCardinality(String),
    rule LowCardinality(String),
    rule_version UInt32,
    ran_at DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
    window_since DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
    window_until DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
    heads Map(String, DateTime64(9, 'UTC')) CODEC(ZSTD(1)),
    hits UInt64,
    rows_read UInt64,
    error LowCardinality(String)
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/whodid/detection_runs', '{replica}')
PARTITION BY toYYYYMM(ran_at)
ORDER BY (tenant, rule, ran_at)
SETTINGS
    fsync_after_insert = 1,
    replicated_deduplication_window = 1000;

CREATE TABLE IF NOT EXISTS whodid_shard.finding_responses
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
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/whodid/finding_responses', '{replica}')
PARTITION BY toYYYYMM(attempted_at)
ORDER BY (tenant, finding_id, response, attempted_at)
SETTINGS
    fsync_after_insert = 1,
    replicated_deduplication_window = 1000;

CREATE TABLE IF NOT EXISTS whodid.spans AS whodid_shard.spans
ENGINE = Distributed('whodid', 'whodid_shard', 'spans', sipHash64(trace_id));

CREATE TABLE IF NOT EXISTS whodid.actions AS whodid_shard.actions
ENGINE = Distributed('whodid', 'whodid_shard', 'actions', sipHash64(trace_id));

CREATE TABLE IF NOT EXISTS whodid.reads AS whodid_shard.reads
ENGINE = Distributed('whodid', 'whodid_shard', 'reads', sipHash64(request_id));

CREATE TABLE IF NOT EXISTS whodid.threads AS whodid_shard.threads
ENGINE = Distributed('whodid', 'whodid_shard', 'threads', sipHash64(trace_id));

CREATE TABLE IF NOT EXISTS whodid.contents AS whodid_shard.contents
ENGINE = Distributed('whodid', 'whodid_shard', 'contents', sipHash64(ref));

CREATE OR REPLACE VIEW whodid.v_spans
SQL SECURITY INVOKER
AS
SELECT
    log_id, log_index, received_at, channel, text_block, text_at, tenant, exporter, trace_id, span_id, parent_span_id, ts,
    end_ts, record_kind, actor_type, template_id, instance_id, delegator_id, user_id, correlation_id, credential_id,
    action_id, verb, outcome, resource_id, tool_name, prompt_ref, commitment, rest, attributes, resource_attributes,
    if(cold.sg = '', 'span', cold.sg) AS signal,
    cold.n AS name,
    cold.k AS kind,
    cold.sc AS status_code,
    cold.sm AS status_message,
    cold.ts AS trace_state,
    cold.f AS flags,
    cold.dc AS dropped_count,
    cold.sn AS service_name,
    cold.on AS scope_name,
    cold.ov AS scope_version,
    cold.tn AS template_name,
    cold.tv AS template_version,
    cold.ip AS instance_parent_id,
    cold.ii AS identity_id,
    cold.dt AS delegator_type,
    cold.di AS delegator_issuer,
    cold.gi AS delegation_id,
    cold.gp AS delegation_parent_id,
    cold.gs AS delegation_issuer,
    cold.ga AS delegation_audience,
    cold.ge AS delegation_expires_at,
    cold.gc AS delegation_scopes,
    cold.gh AS delegation_chain,
    cold.si AS session_id,
    cold.ci AS conversation_id,
    cold.tr AS template_rule,
    cold.ir AS instance_rule,
    cold.dr AS delegator_rule,
    cold.po AS prompt_origin,
    cold.ph AS prompt_hash,
    cold.pr AS plan_ref,
    cold.lh AS plan_hash,
    ifNull(cold.ls, -1) AS plan_step,
    ifNull(cold.q, -1) AS seq,
    cold.tc AS tool_call_id,
    cold.ah AS arguments_hash,
    cold.rh AS result_hash,
    cold.rt AS resource_type,
    cold.is AS input_source,
    cold.it AS input_trust,
    cold.ih AS input_hash,
    cold.ct AS credential_type,
    cold.cs AS credential_subject,
    cold.ca AS credential_actor,
    cold.cr AS credential_issuer,
    cold.ce AS credential_expires_at,
    cold.cc AS credential_scopes,
    cold.cb AS credential_borrowed,
    cold.ai AS approval_id,
    cold.ad AS approval_decision,
    cold.as AS approval_source,
    cold.av AS approver_id,
    cold.ap AS approval_policy_id,
    cold.ar AS approval_reason,
    cold.ev AS events,
    cold.li AS links
FROM
(
    SELECT
        *,
        JSONExtract(rest, 'Tuple(sg String, n String, k UInt8, sc UInt8, sm String, ts String, f UInt32, dc UInt32, sn String, on String, ov String, tn String, tv String, ip String, ii String, dt String, di String, gi String, gp String, gs String, ga String, ge String, gc Array(String), gh Array(String), si String, ci String, tr String, ir String, dr String, po String, ph String, pr String, lh String, ls Nullable(Int64), q Nullable(Int64), tc String, ah String, rh String, rt String, is String, it String, ih String, ct String, cs String, ca String, cr String, ce String, cc Array(String), cb Bool, ai String, ad String, as String, av String, ap String, ar String, ev String, li String)') AS cold
    FROM whodid.spans
);

CREATE OR REPLACE VIEW whodid.who_did_when
SQL SECURITY INVOKER
AS
WITH
    (
        SELECT groupArray(CAST((trace_id, span_id), 'Tuple(trace FixedString(16), span FixedString(8))'))
        FROM
        (
            SELECT trace_id, span_id
            FROM
            (
            SELECT trace_id, span_id, ts, received_at, outcome, record_kind
            FROM whodid.actions
            WHERE {kind:String} != 'span'
                AND (
                    ({kind:String} = 'resource' AND resource_id = {id:String})
                    OR ({kind:String} = 'trace' AND trace_id = toFixedString(unhex(if({kind:String} = 'trace', {id:String}, '')), 16))
                    OR ({kind:String} = 'action' AND action_id = {id:String})
                    OR ({kind:String} = 'instance' AND instance_id = {id:String})
                    OR ({kind:String} = 'template' AND template_id = {id:String})
                    OR ({kind:String} = 'delegator' AND principal_id = {id:String})
                    OR ({kind:String} = 'correlation' AND correlation_id = {id:String})
                    OR ({kind:String} = 'credential' AND credential_id = {id:String})
                    OR ({kind:String} = 'tool' AND tool_name = {id:String})
                )
                AND ts BETWEEN {since:DateTime64(9, 'UTC')} AND {until:DateTime64(9, 'UTC')}
                AND ({kind:String} = 'action' OR (outcome = 'success' AND if({verb:String} = '', verb != 'read' AND record_kind != 'approval', verb = {verb:String})))
            UNION ALL
            SELECT trace_id, span_id, ts, received_at, outcome, record_kind
            FROM whodid.spans
            WHERE {kind:String} = 'span'
                AND trace_id = toFixedString(unhex(if({kind:String} = 'span', substring({id:String}, 1, 32), '')), 16)
                AND span_id = toFixedString(unhex(if({kind:String} = 'span', substring({id:String}, 34, 16), '')), 8)
            UNION ALL
            SELECT trace_id, span_id, ts, received_at, outcome, record_kind
            FROM whodid.spans
            WHERE {kind:String} IN ('session', 'conversation', 'prompt')
                AND (toStartOfHour(ts), trace_id) IN
                (
                    SELECT hour, trace_id FROM whodid.threads
                    WHERE key = sipHash64({kind:String}, {id:String})
                        OR ({kind:String} = 'prompt' AND key IN (SELECT sipHash64('prompted', trace_id) FROM whodid.threads WHERE key = sipHash64('prompt', {id:String})))
                )
                AND (
                    ({kind:String} = 'session' AND JSONExtractString(rest, 'si') = {id:String})
                    OR ({kind:String} = 'conversation' AND JSONExtractString(rest, 'ci') = {id:String})
                    OR ({kind:String} = 'prompt' AND prompt_ref IN
                    (
                        SELECT lower(concat(hex(trace_id), '-', hex(span_id))) FROM whodid.spans
                        WHERE (toStartOfHour(ts), trace_id) IN (SELECT hour, trace_id FROM whodid.threads WHERE key = sipHash64('prompt', {id:String}))
                            AND JSONExtractString(rest, 'ph') = {id:String}
                    ))
                )
                AND (record_kind IN ('tool_call', 'action') OR resource_id != '' OR action_id != '')
                AND ts BETWEEN {since:DateTime64(9, 'UTC')} AND {until:DateTime64(9, 'UTC')}
                AND outcome = 'success' AND if({verb:String} = '', verb != 'read' AND record_kind != 'approval', verb = {verb:String})
            )
            ORDER BY {kind:String} = 'action' AND outcome = 'unknown', least(ts, received_at) DESC, ts DESC, record_kind = 'tool_call' DESC, span_id
            LIMIT 1
        )
    ) AS chosen,
    (
        SELECT CAST(
            (
                any(key.trace), any(key.span), countIf(mine),
                groupUniqArrayIf(16)(instance_id, mine),
                argMinIf(ts, received_at, mine),
                if(argMinIf(correlation_id, received_at, mine) AS correlation = '', '\0', correlation),
                toFixedString(unhex(substring(argMinIf(prompt_ref, received_at, mine AND match(prompt_ref, '^[0-9a-f]{32}-[0-9a-f]{16}$')), 1, 32)), 16),
                groupUniqArray(4000)(parent_span_id)
            ),
            'Tuple(trace FixedString(16), span FixedString(8), versions UInt64, instances Array(String), ts DateTime64(9, \'UTC\'), correlation String, prompt_trace FixedString(16), parents Array(FixedString(8)))'
        )
        FROM (SELECT parent_span_id, instance_id, ts, received_at, correlation_id, prompt_ref, chosen[1] AS key, span_id = key.span AS mine FROM whodid.spans WHERE trace_id = chosen[1].trace)
    ) AS target,
    (
        SELECT groupArray(lower(concat(hex(chosen[1].trace), '-', hex(span_id))))
        FROM
        (
            SELECT span_id
            FROM (SELECT span_id, channel, actor_type, instance_id, template_id, delegator_id, user_id, JSONExtract(rest, 'Tuple(ir String, tr String, dt String, dr String, sn String)') AS cold FROM whodid.spans WHERE trace_id = chosen[1].trace)
            GROUP BY span_id
            HAVING multiIf(
                countIf(channel != 'unentitled') = 0, uniqExact((actor_type, instance_id, template_id, delegator_id, user_id, cold) AS identity),
                span_id = chosen[1].span AND countIf(channel = 'entitled') > 0, uniqExactIf(identity, channel = 'entitled'),
                uniqExactIf(identity, channel != 'unentitled')
            ) > 1
        )
    ) AS disputed,
    (
        SELECT groupArray((key, template_id, exporter, since))
        FROM
        (
            SELECT key, template_id, exporter, min(received_at) AS since
            FROM whodid.threads
            WHERE key IN (SELECT arrayJoin(own) FROM whodid.threads WHERE key = sipHash64('trace', chosen[1].trace))
                AND template_id != ''
            GROUP BY key, template_id, exporter
            ORDER BY since
            LIMIT 1000
        )
    ) AS claimants,
    listed AS
    (
        SELECT groupArray(CAST(
            (lower(concat(hex(trace_id), '-', hex(span_id))), ts, action_id, verb, outcome, record_kind, resource_id, actor_type, instance_id, template_id, user_id, service_name, channel),
            'Tuple(key String, ts DateTime64(9, \'UTC\'), action String, verb String, outcome String, kind String, resource String, actor_type String, instance String, template String, user String, service String, channel String)'
        )) AS candidates
        FROM
        (
            SELECT *
            FROM whodid.actions
            WHERE {kind:String} != 'span'
                AND (
                    ({kind:String} = 'resource' AND resource_id = {id:String})
                    OR ({kind:String} = 'trace' AND trace_id = toFixedString(unhex(if({kind:String} = 'trace', {id:String}, '')), 16))
                    OR ({kind:String} = 'action' AND action_id = {id:String})
                    OR ({kind:String} = 'instance' AND instance_id = {id:String})
                    OR ({kind:String} = 'template' AND template_id = {id:String})
                    OR ({kind:String} = 'delegator' AND principal_id = {id:String})
                    OR ({kind:String} = 'correlation' AND correlation_id = {id:String})
                    OR ({kind:String} = 'credential' AND credential_id = {id:String})
                )
                AND ts BETWEEN {since:DateTime64(9, 'UTC')} AND {until:DateTime64(9, 'UTC')}
            ORDER BY ts DESC, span_id
            LIMIT 1 BY trace_id, span_id
            LIMIT 201
        )
    ),
    kindred AS
    (
        SELECT any(about) AS about, groupArray(kin_record) AS kin, groupArrayIf((kin_record.key, kin_record.parent, kin_record.ts, kin_record), is_parent) AS parents
        FROM
        (
            SELECT
                target AS about,
                has(about.parents, span_id) AND trace_id = about.trace AS is_parent,
                CAST(
                    (
                        lower(concat(hex(trace_id), '-', hex(span_id))),
                        if(parent_span_id = toFixedString('', 8), '', lower(concat(hex(trace_id), '-', hex(parent_span_id)))),
                        ts, end_ts, record_kind, tupleElement(cold, 'n'), actor_type, channel, exporter, template_id, tupleElement(cold, 'tn'),
                        tupleElement(cold, 'tv'), instance_id, tupleElement(cold, 'ip'), tupleElement(cold, 'ii'), delegator_id, tupleElement(cold, 'dt'),
                        tupleElement(cold, 'di'), tupleElement(cold, 'gh'), user_id, tupleElement(cold, 'sn'), correlation_id, tupleElement(cold, 'tr'),
                        tupleElement(cold, 'ir'), tupleElement(cold, 'dr'), prompt_ref, tupleElement(cold, 'po'), tupleElement(cold, 'ph'), tupleElement(cold, 'pr'), tupleElement(cold, 'lh'),
                        ifNull(tupleElement(cold, 'ls'), -1), ifNull(tupleElement(cold, 'q'), -1), tool_name, action_id, verb, outcome, resource_id, tupleElement(cold, 'rt'), tupleElement(cold, 'is'),
                        tupleElement(cold, 'it'), tupleElement(cold, 'ih'), credential_id, tupleElement(cold, 'ct'), tupleElement(cold, 'cs'), tupleElement(cold, 'ca'),
                        tupleElement(cold, 'cr'), tupleElement(cold, 'cb'), tupleElement(cold, 'cc'), tupleElement(cold, 'dc'),
                        '', tupleElement(cold, 'ah')
                    ),
                    'Tuple(key String, parent String, ts DateTime64(9, \'UTC\'), end_ts DateTime64(9, \'UTC\'), kind String, name String, actor_type String, channel String, exporter String, template String, template_name String, template_version String, instance String, instance_parent String, identity String, delegator String, delegator_type String, delegator_issuer String, delegation_chain Array(String), user String, service String, correlation String, template_rule String, instance_rule String, delegator_rule String, prompt_ref String, prompt_origin String, prompt_hash String, plan_ref String, plan_hash String, plan_step Int64, seq Int64, tool String, action String, verb String, outcome String, resource String, resource_type String, input_source String, input_trust String, input_hash String, credential String, credential_type String, credential_subject String, credential_actor String, credential_issuer String, credential_borrowed Bool, credential_scopes Array(String), dropped UInt32, content String, arguments_hash String)'
                ) AS kin_record
            FROM (SELECT trace_id, span_id, parent_span_id, ts, end_ts, received_at, record_kind, actor_type, channel, exporter, template_id, instance_id, delegator_id, user_id, correlation_id, prompt_ref, tool_name, action_id, verb, outcome, resource_id, credential_id,
                JSONExtract(rest, 'Tuple(n String, dc UInt32, sn String, tn String, tv String, ip String, ii String, dt String, di String, gh Array(String), tr String, ir String, dr String, po String, ph String, pr String, lh String, ls Nullable(Int64), q Nullable(Int64), ah String, rt String, is String, it String, ih String, ct String, cs String, ca String, cr String, cc Array(String), cb Bool)') AS cold FROM whodid.spans)
            WHERE (trace_id = target.trace OR trace_id = target.prompt_trace OR correlation_id = target.correlation)
                AND about.versions > 0
            ORDER BY
                (trace_id = about.trace AND span_id = about.span) DESC,
                indexOf(['entitled', 'unbound', 'unentitled'], channel),
                (record_kind IN ('session', 'prompt', 'plan', 'delegation') OR tupleElement(cold, 'is') != '' OR is_parent) DESC,
                abs(toUnixTimestamp64Nano(ts) - toUnixTimestamp64Nano(about.ts)),
                received_at
            LIMIT 1 BY trace_id, span_id
            LIMIT 4000
        )
    ),
    trailed AS
    (
        SELECT
            about, kin, parents,
            arrayFold(
                (trail, candidate) -> if(candidate.1 = trail[-1].parent AND length(trail) < 64, arrayPushBack(trail, candidate.4), trail),
                arrayConcat(arrayReverseSort(p -> p.3, parents) AS newest, newest),
                [kin[1]]
            ) AS trail
        FROM kindred
    ),
    apart AS
    (
        SELECT
            *,
            arrayFirstIndex(x -> tupleElement(x, 'exporter') != tupleElement(trail[1], 'exporter'), trail) AS foreign,
            arrayFirstIndex(x -> tupleElement(x, 'actor_type') != '', trail) AS naming,
            arrayFirst(x -> tupleElement(x, 'actor_type') != '', trail) AS first_named
        FROM trailed
    ),
    reached AS
    (
        SELECT
            *,
            arrayFirstIndex(
                x -> tupleElement(x, 'exporter') != tupleElement(first_named, 'exporter') AND NOT (tupleElement(x, 'channel') = 'entitled' AND tupleElement(x, 'actor_type') = ''),
                trail
            ) AS stranger
        FROM apart
    ),
    crossed AS
    (
        SELECT
            about, kin, parents, trail,
            multiIf(
                foreign = 0, trail,
                naming = 0 OR naming < foreign OR tupleElement(first_named, 'channel') != 'entitled' OR (stranger != 0 AND stranger < naming), arraySlice(trail, 1, foreign - 1),
                stranger = 0, trail,
                arraySlice(trail, 1, stranger - 1)
            ) AS heard_trail
        FROM reached
    ),
    acted AS
    (
        SELECT
            *,
            arrayFirst(x -> tupleElement(x, 'actor_type') != '', heard_trail) AS actor,
            arrayFirstIndex(x -> tupleElement(x, 'actor_type') NOT IN ('', 'agent'), heard_trail) AS border
        FROM crossed
    ),
    bounded AS
    (
        SELECT
            about, kin, parents, trail, actor,
            length(heard_trail) < length(trail) AS is_cut,
            if(border = 0, heard_trail, arraySlice(heard_trail, 1, border - (tupleElement(actor, 'actor_type') = 'agent'))) AS way
        FROM acted
    ),
    parted AS
    (
        SELECT
            about, kin, parents, trail, actor, way, is_cut,
            arrayFilter(x -> tupleElement(x, 'actor_type') = 'agent', way) AS agents,
            arrayFilter(x -> tupleElement(x, 'actor_type') = '', way) AS strays
        FROM bounded
    ),
    spoken AS
    (
        SELECT
            *,
            arrayFirst(x -> tupleElement(x, 'instance') != '' AND tupleElement(x, 'instance_rule') = '', agents) AS said,
            arrayFirstIndex(x -> tupleElement(x, 'delegator_rule') = '' AND (tupleElement(x, 'delegator') != '' OR tupleElement(x, 'delegator_type') = 'none'), agents) AS plainly
        FROM parted
    ),
    named_by AS
    (
        SELECT
            *,
            if(plainly = 0, arrayFirst(x -> tupleElement(x, 'delegator') != '', agents), agents[plainly]) AS delegator_nearest,
            arrayFirst(x -> tupleElement(x, 'instance') != '' AND tupleElement(x, 'instance_rule') = '' AND tupleElement(x, 'instance') != tupleElement(said, 'instance'), agents) AS above,
            if(tupleElement(said, 'key') != '', said, arrayFirst(x -> tupleElement(x, 'instance') != '' AND tupleElement(x, 'instance_rule') NOT IN ('session_id', 'resource.service_name'), agents)) AS named
        FROM spoken
    ),
    neared AS
    (
        SELECT *, arraySlice(agents, 1, greatest(arrayFirstIndex(x -> tupleElement(x, 'key') = tupleElement(named, 'key'), agents), 1) - 1) AS nearer
        FROM named_by
    ),
    heard AS
    (
        SELECT
            *,
            arrayFilter(
                x -> tupleElement(said, 'key') = '' OR tupleElement(said, 'channel') = 'unentitled'
                    OR tupleElement(x, 'exporter') != tupleElement(said, 'exporter') OR tupleElement(x, 'service') != tupleElement(said, 'service'),
                nearer
            ) AS others
        FROM neared
    ),
    claimed AS
    (
        SELECT
            *,
            arrayFirst(x -> tupleElement(named, 'template') != '' AND tupleElement(named, 'template_rule') NOT IN ('session_id', 'resource.service_name') AND tupleElement(x, 'template') != '' AND tupleElement(x, 'template') != tupleElement(named, 'template') AND tupleElement(x, 'template_rule') NOT IN ('session_id', 'resource.service_name'), others) AS other
        FROM heard
    ),
    speaking AS
    (
        SELECT
            *,
            if(tupleElement(other, 'key') = '', named, kin[4001]) AS instance_says,
            multiIf(
                tupleElement(actor, 'actor_type') != 'agent', kin[4001],
                tupleElement(other, 'key') != '', other,
                tupleElement(named, 'template') != '' AND tupleElement(named, 'template_rule') NOT IN ('session_id', 'resource.service_name'), named,
                length(arrayDistinct(arrayMap(x -> tupleElement(x, 'template'), arrayFilter(x -> tupleElement(x, 'template') != '' AND tupleElement(x, 'template_rule') NOT IN ('session_id', 'resource.service_name'), agents)))) = 1,
                arrayFirst(x -> tupleElement(x, 'template') != '' AND tupleElement(x, 'template_rule') NOT IN ('session_id', 'resource.service_name'), agents),
                tupleElement(named, 'key') = '', arraySort(x -> multiIf(tupleElement(x, 'template') = '' OR tupleElement(x, 'template_rule') IN ('session_id', 'resource.service_name'), 3, tupleElement(x, 'template_rule') = '', 0, 1), agents)[1],
                kin[4001]
            ) AS template_says,
            if(
                tupleElement(actor, 'actor_type') != 'agent'
                    OR (is_cut AND plainly = 0)
                    OR arrayExists(x -> tupleElement(x, 'delegator_rule') = '' AND (tupleElement(x, 'delegator') != '' OR tupleElement(x, 'delegator_type') = 'none') AND tupleElement(x, 'delegator') != tupleElement(delegator_nearest, 'delegator'), strays)
                    OR arrayExists(x -> tupleElement(x, 'delegator') != '' AND tupleElement(x, 'delegator') != tupleElement(delegator_nearest, 'delegator'), if(plainly = 0, agents, arraySlice(agents, 1, plainly - 1)))
                    OR (
                        tupleElement(said, 'key') != ''
                        AND (tupleElement(delegator_nearest, 'instance') = '' OR tupleElement(delegator_nearest, 'instance_rule') != '')
                        AND (plainly = 0 OR arrayExists(x -> tupleElement(x, 'delegator_rule') = '' AND (tupleElement(x, 'delegator') != '' OR tupleElement(x, 'delegator_type') = 'none') AND tupleElement(x, 'delegator') != tupleElement(delegator_nearest, 'delegator'), agents))
                    ),
                kin[4001],
                delegator_nearest
            ) AS delegator_says
        FROM claimed
    ),
    graded AS
    (
        SELECT
            *,
            arrayMap(
                claim -> multiIf(
                    claim.1 = '', 'none',
                    claim.2 = 'unentitled', 'contradicted',
                    claim.3 != tupleElement(trail[1], 'key') OR claim.4 != '', 'inferred',
                    claim.2 = 'entitled', 'channel',
                    'asserted'
                ),
                [
                    (tupleElement(actor, 'actor_type'), tupleElement(actor, 'channel'), tupleElement(actor, 'key'), ''),
                    (tupleElement(instance_says, 'instance'), tupleElement(instance_says, 'channel'), tupleElement(instance_says, 'key'), tupleElement(instance_says, 'instance_rule')),
                    (tupleElement(template_says, 'template'), tupleElement(template_says, 'channel'), tupleElement(template_says, 'key'), tupleElement(template_says, 'template_rule')),
                    (tupleElement(delegator_says, 'delegator'), tupleElement(delegator_says, 'channel'), tupleElement(delegator_says, 'key'), tupleElement(delegator_says, 'delegator_rule'))
                ]
            ) AS claim_grades,
            multiIf(
                tupleElement(actor, 'actor_type') = 'agent', if(tupleElement(instance_says, 'instance') != '', tupleElement(instance_says, 'instance'), tupleElement(template_says, 'template')),
                tupleElement(actor, 'actor_type') = 'human', tupleElement(actor, 'user'),
                tupleElement(actor, 'actor_type') = 'service', tupleElement(actor, 'service'),
                ''
            ) AS named_actor,
            sipHash64('instance', tupleElement(instance_says, 'instance')) AS instance_key,
            arrayFirst(c -> c.1 = sipHash64('instance', tupleElement(instance_says, 'instance')) AND (c.2 = tupleElement(instance_says, 'template') OR c.3 = tupleElement(instance_says, 'exporter')), claimants) AS own_claim
        FROM speaking
    ),
    judged AS
    (
        SELECT
            about, kin, trail, actor, instance_says, template_says, delegator_says, claim_grades, named_actor, candidates,
            multiIf(
                tupleElement(about, 'versions') = 0, '',
                arrayExists(x -> has(disputed, tupleElement(x, 'key')), way)
                    OR (tupleElement(actor, 'actor_type') = 'human' AND tupleElement(actor, 'instance') != '')
                    OR (
                        tupleElement(said, 'key') != ''
                        AND (
                            arrayExists(x -> tupleElement(x, 'instance') != '' AND tupleElement(x, 'instance_rule') = '' AND tupleElement(x, 'instance') != tupleElement(said, 'instance'), strays)
                            OR arrayExists(x -> tupleElement(x, 'instance') != '' AND tupleElement(x, 'instance') != tupleElement(said, 'instance') AND tupleElement(x, 'instance_rule') NOT IN ('session_id', 'resource.service_name'), others)
                            OR (
                                tupleElement(above, 'key') != ''
                                AND tupleElement(above, 'exporter') = tupleElement(said, 'exporter')
                                AND tupleElement(above, 'service') = tupleElement(said, 'service')
                                AND tupleElement(above, 'template') = tupleElement(said, 'template')
                                AND NOT arrayExists(
                                    x -> tupleElement(x, 'instance') = tupleElement(said, 'instance')
                                        AND (tupleElement(x, 'instance_parent') != '' OR has(tupleElement(x, 'delegation_chain'), tupleElement(above, 'instance')) OR tupleElement(x, 'kind') IN ('session', 'prompt', 'delegation')),
                                    agents
                                )
                            )
                        )
                    ), 'conflicting_identity',
                tupleElement(actor, 'channel') = 'unentitled'
                    OR arrayExists(x -> tupleElement(x, 'channel') = 'unentitled' AND (tupleElement(x, 'key') = tupleElement(said, 'key') OR tupleElement(said, 'channel') IN ('', 'unentitled') OR tupleElement(x, 'exporter') != tupleElement(said, 'exporter') OR tupleElement(x, 'service') != tupleElement(said, 'service')), agents)
                    OR has(claim_grades, 'contradicted'), 'exporter_not_entitled',
                tupleElement(instance_says, 'instance_rule') = '' AND tupleElement(instance_says, 'template') != ''
                    AND arrayExists(
                        c -> c.1 = instance_key AND c.2 != tupleElement(instance_says, 'template') AND c.3 != tupleElement(instance_says, 'exporter')
                            AND NOT (own_claim.1 != 0 AND c.4 > addDays(own_claim.4, 1)),
                        claimants
                    ), 'instance_of_another_template',
                {kind:String} NOT IN ('action', 'span')
                    AND arrayExists(
                        c -> tupleElement(c, 'ts') = tupleElement(trail[1], 'ts') AND tupleElement(c, 'key') != tupleElement(trail[1], 'key') AND tupleElement(c, 'channel') != 'unentitled'
                            AND tupleElement(c, 'outcome') = 'success' AND if({verb:String} = '', tupleElement(c, 'verb') != 'read', tupleElement(c, 'verb') = {verb:String})
                            AND (multiIf(tupleElement(c, 'actor_type') = 'agent' AND tupleElement(c, 'instance') != '', tupleElement(c, 'instance'), tupleElement(c, 'actor_type') = 'agent', tupleElement(c, 'template'), tupleElement(c, 'actor_type') = 'human', tupleElement(c, 'user'), tupleElement(c, 'actor_type') = 'service', tupleElement(c, 'service'), '') AS doer) NOT IN ('', named_actor),
                        candidates
                    ), 'simultaneous_actions',
                ({kind:String} = 'action' AND arrayExists(
                        c -> (multiIf(tupleElement(c, 'actor_type') = 'agent' AND tupleElement(c, 'instance') != '', tupleElement(c, 'instance'), tupleElement(c, 'actor_type') = 'agent', tupleElement(c, 'template'), tupleElement(c, 'actor_type') = 'human', tupleElement(c, 'user'), tupleElement(c, 'actor_type') = 'service', tupleElement(c, 'service'), '')) NOT IN ('', named_actor),
                        candidates
                    ))
                    OR ({kind:String} NOT IN ('action', 'span') AND arrayExists(
                        x -> tupleElement(x, 'outcome') IN ('failure', 'denied')
                            AND (tupleElement(x, 'parent') = trail[1].key OR tupleElement(x, 'key') = trail[1].parent OR (trail[1].action != '' AND tupleElement(x, 'action') = trail[1].action)),
                        kin
                    )), 'beyond_the_view',
                tupleElement(actor, 'actor_type') IN ('', 'agent')
                    AND (
                        length(trail) >= 64
                        OR (is_cut AND tupleElement(said, 'key') = '' AND tupleElement(named, 'key') != '')
                        OR tupleElement(template_says, 'template_rule') IN ('session_id', 'resource.service_name')
                        OR (length(kin) >= 4000 AND tupleElement(said, 'key') = '')
                        OR (arrayExists(p -> p.1 = trail[-1].parent, parents) AND NOT arrayExists(x -> tupleElement(x, 'key') = trail[-1].parent, trail))
                    ), 'beyond_the_view',
                ''
            ) AS contradiction
        FROM graded CROSS JOIN listed
    ),
    decided_on AS
    (
        SELECT *, if(tupleElement(about, 'versions') = 0 OR contradiction != '' OR named_actor = '', 'undetermined', tupleElement(actor, 'actor_type')) AS decided
        FROM judged
    )
SELECT
    decided AS verdict,
    multiIf(
        contradiction NOT IN ('', 'beyond_the_view'), 'contradicted',
        decided = 'undetermined', 'none',
        has(if(decided = 'agent', claim_grades, [claim_grades[1]]), 'inferred'), 'inferred',
        has(if(decided = 'agent', claim_grades, [claim_grades[1]]), 'asserted'), 'asserted',
        'channel'
    ) AS grade,
    if(decided = 'undetermined', '', named_actor) AS actor_id,
    if(decided = 'agent', tupleElement(instance_says, 'instance'), '') AS instance,
    if(decided = 'agent', tupleElement(template_says, 'template'), '') AS template,
    if(decided = 'agent' AND tupleElement(delegator_says, 'delegator_type') != 'none', tupleElement(delegator_says, 'delegator'), '') AS delegator,
    if(decided = 'agent', tupleElement(delegator_says, 'delegator_type'), '') AS delegator_type,
    if(decided = 'agent', tupleElement(delegator_says, 'delegator_issuer'), '') AS delegator_issuer,
    contradiction,
    claim_grades,
    tupleElement(template_says, 'template_name') AS template_name,
    tupleElement(template_says, 'template_version') AS template_version,
    tupleElement(instance_says, 'instance_parent') AS instance_parent,
    tupleElement(instance_says, 'identity') AS identity,
    tupleElement(instance_says, 'delegation_chain') AS delegation_chain,
    trail,
    arrayFilter(x -> tupleElement(x, 'input_source') != '' OR tupleElement(x, 'kind') IN ('session', 'prompt', 'plan', 'delegation'), kin) AS evidence,
    if(
        trail[1].seq < 1 OR trail[1].instance = '', 0,
        trail[1].seq - toInt64(length(arrayDistinct(arrayFilter(
            seq -> seq >= 1 AND seq <= trail[1].seq,
            arrayMap(x -> if(tupleElement(x, 'instance') = trail[1].instance, tupleElement(x, 'seq'), -1), kin)
        ))))
    ) AS sequence_missing,
    length(kin) AS kin_count,
    tupleElement(about, 'versions') AS versions,
    tupleElement(about, 'instances') AS claimed_instances,
    candidates
FROM decided_on;

CREATE OR REPLACE VIEW whodid.who_did
SQL SECURITY INVOKER
AS
SELECT *
FROM whodid.who_did_when(
    kind = multiIf(
        match({of:String}, '^(trace|span|action|instance|template|delegator|correlation|credential|resource|session|conversation|tool|prompt):'), substring({of:String}, 1, position({of:String}, ':') - 1),
        match({of:String}, '^[0-9a-f]{32}$'), 'trace',
        match({of:String}, '^sha256:[0-9a-f]{64}$'), 'prompt',
        match({of:String}, '^[0-9a-f]{32}-[0-9a-f]{16}$'), 'span',
        'resource'
    ),
    id = if(
        match({of:String}, '^(trace|span|action|instance|template|delegator|correlation|credential|resource|session|conversation|tool|prompt):'),
        substring({of:String}, position({of:String}, ':') + 1),
        {of:String}
    ),
    since = '1900-01-01 00:00:00',
    until = '2262-04-11 00:00:00',
    verb = ''
);

CREATE TABLE IF NOT EXISTS whodid.acts AS whodid_shard.acts
ENGINE = Distributed('whodid', 'whodid_shard', 'acts', sipHash64(trace_id));

CREATE OR REPLACE VIEW whodid.v_actions
SQL SECURITY INVOKER
AS
SELECT
    tenant, resource_id, resource_type, ts, end_ts, received_at, trace_id, span_id, record_kind, verb, outcome, tool_name, action_id,
    actor_type, channel, template_id, instance_id, user_id, service_name, delegator_id, delegator_type, principal_id,
    template_rule, instance_rule, delegator_rule, correlation_id, credential_id
FROM whodid.actions;

CREATE OR REPLACE VIEW whodid.v_instances
SQL SECURITY INVOKER
AS
SELECT
    tenant,
    instance_id,
    min(ts) AS first_ts,
    max(ts) AS last_ts,
    count() AS records,
    countIf(record_kind IN ('tool_call', 'action') OR resource_id != '' OR action_id != '') AS acts,
    arrayFilter(name -> name != '', groupUniqArray(16)(template_id)) AS templates,
    arrayFilter(name -> name != '', groupUniqArray(16)(delegator_id)) AS delegators,
    groupUniqArray(16)(exporter) AS exporters,
    groupUniqArray(channel) AS channels
FROM whodid.spans
WHERE instance_id != ''
GROUP BY tenant, instance_id;

CREATE OR REPLACE VIEW whodid.v_acts
SQL SECURITY INVOKER
AS
SELECT
    tenant, ts, end_ts, received_at, trace_id,
    lower(hex(trace_id)) AS trace,
    lower(hex(span_id)) AS span,
    if(action_id = '', concat(lower(hex(trace_id)), '-', lower(hex(span_id))), action_id) AS act,
    record_kind, verb, outcome, tool_name, tool_call_id, resource_id, action_id, actor_type, channel, template_id, instance_id,
    instance_parent_id, user_id, service_name, delegator_id, delegator_type, correlation_id, credential_id, credential_type,
    credential_subject, credential_borrowed, prompt_ref,
    multiIf(
        channel = 'unentitled', 'undetermined',
        actor_type = 'agent' AND (template_id != '' OR (instance_id != '' AND instance_rule NOT IN ('session_id', 'resource.service_name'))), 'agent',
        actor_type = 'human' AND user_id != '' AND instance_id = '', 'human',
        actor_type = 'service' AND service_name != '', 'service',
        'undetermined') AS verdict,
    verb IN ('delete', 'drop', 'truncate', 'remove', 'destroy', 'purge') AS destructive,
    verb IN ('delete', 'drop', 'truncate', 'remove', 'destroy', 'purge', 'approve', 'grant', 'send', 'execute') OR credential_borrowed AS privileged
FROM whodid.v_spans
WHERE (record_kind IN ('tool_call', 'action') OR resource_id != '' OR action_id != '') AND record_kind != 'approval';

CREATE OR REPLACE VIEW whodid.v_approvals
SQL SECURITY INVOKER
AS
SELECT
    tenant, ts, received_at, trace_id,
    lower(hex(trace_id)) AS trace,
    lower(hex(span_id)) AS span,
    approval_id, approval_decision AS decision, approval_source AS source, approver_id, approval_policy_id AS policy_id,
    approval_reason AS reason, verb, outcome, tool_name, resource_id, action_id, template_id, instance_id, delegator_id,
    multiIf(
        action_id != '', concat('action:', action_id),
        tool_call_id != '', concat('call:', tool_call_id),
        resource_id != '', concat('resource:', resource_id),
        concat('tool:', tool_name)) AS covers
FROM whodid.v_spans
WHERE approval_decision != '';

CREATE OR REPLACE VIEW whodid.v_inputs
SQL SECURITY INVOKER
AS
SELECT
    tenant, ts, received_at, trace_id,
    lower(hex(trace_id)) AS trace,
    lower(hex(span_id)) AS span,
    input_source, input_trust, input_hash, tool_name, template_id, instance_id, delegator_id
FROM whodid.v_spans
WHERE input_source != '' OR input_trust != '';

CREATE OR REPLACE VIEW whodid.v_ledger_events
SQL SECURITY INVOKER
AS
SELECT
    tenant, ts, received_at, log_id, log_index,
    JSONExtractString(attributes, 'whodid.ledger.event') AS event,
    JSONExtractUInt(attributes, 'size') AS sealed_size,
    attributes AS details
FROM whodid.spans
WHERE tenant = 'whodid.system' AND exporter = 'whodid';

CREATE OR REPLACE VIEW whodid.v_logs
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT
    log_id,
    intDiv(log_index, 65536) AS block,
    min(log_index) AS first_index,
    max(log_index) AS last_index,
    uniqExact(log_index) AS places,
    count() - uniqExact(log_index) AS repeated
FROM whodid.spans
WHERE log_id != ''
GROUP BY log_id, block;

CREATE OR REPLACE VIEW whodid.v_log_gaps
SQL SECURITY INVOKER
AS
WITH beats AS
(
    SELECT log_id, intDiv(min(log_index), 65536) AS first_block
    FROM whodid.v_ledger_events
    WHERE event = 'heartbeat' AND ts >= fromUnixTimestamp64Milli({since_ms:Int64})
    GROUP BY log_id
)
SELECT
    logs.log_id AS log_id,
    toInt64(max(logs.last_index)) + 1 - toInt64(min(logs.block)) * 65536 - toInt64(sum(logs.places)) AS missing,
    sum(logs.repeated) AS repeated_places,
    max(logs.last_index) AS newest_index
FROM (SELECT * FROM whodid.v_logs WHERE block >= (SELECT min(first_block) FROM beats)) AS logs
INNER JOIN beats ON logs.log_id = beats.log_id
WHERE logs.block >= beats.first_block
GROUP BY log_id;

CREATE OR REPLACE VIEW whodid.v_unattributed
SQL SECURITY INVOKER
AS
SELECT *
FROM whodid.v_acts
WHERE ts BETWEEN fromUnixTimestamp64Milli({since_ms:Int64}) AND fromUnixTimestamp64Milli({until_ms:Int64})
    AND verdict = 'undetermined'
    AND trace_id NOT IN
    (
        SELECT trace_id
        FROM whodid.v_spans
        WHERE ts BETWEEN fromUnixTimestamp64Milli({since_ms:Int64} - 3600000) AND fromUnixTimestamp64Milli({until_ms:Int64})
            AND trace_id IN
            (
                SELECT trace_id
                FROM whodid.v_acts
                WHERE ts BETWEEN fromUnixTimestamp64Milli({since_ms:Int64}) AND fromUnixTimestamp64Milli({until_ms:Int64})
                    AND verdict = 'undetermined'
            )
            AND channel != 'unentitled'
            AND ((actor_type = 'agent' AND (template_id != '' OR (instance_id != '' AND instance_rule NOT IN ('session_id', 'resource.service_name'))))
                OR (actor_type = 'human' AND user_id != '' AND instance_id = '') OR (actor_type = 'service' AND service_name != ''))
    );

CREATE OR REPLACE VIEW whodid.v_unapproved
SQL SECURITY INVOKER
AS
SELECT acts.*
FROM
(
    SELECT *
    FROM whodid.v_acts
    WHERE ts BETWEEN fromUnixTimestamp64Milli({since_ms:Int64}) AND fromUnixTimestamp64Milli({until_ms:Int64})
        AND destructive AND outcome = 'success'
) AS acts
LEFT JOIN
(
    SELECT tenant, trace_id, groupUniqArray(1000)((covers, ts)) AS allowed
    FROM whodid.v_approvals
    WHERE ts BETWEEN fromUnixTimestamp64Milli({since_ms:Int64} - 3600000) AND fromUnixTimestamp64Milli({until_ms:Int64})
        AND decision = 'allow' AND covers != 'tool:'
    GROUP BY tenant, trace_id
) AS approvals ON acts.tenant = approvals.tenant AND acts.trace_id = approvals.trace_id
WHERE NOT arrayExists(
    one -> one.2 <= acts.end_ts AND has(
        [concat('action:', acts.action_id), concat('call:', acts.tool_call_id), concat('resource:', acts.resource_id), concat('tool:', acts.tool_name)],
        one.1),
    approvals.allowed);

CREATE OR REPLACE VIEW whodid.v_after_untrusted
SQL SECURITY INVOKER
AS
SELECT acts.*, inputs.input_source AS input_source, inputs.input_ts AS input_ts, inputs.input_trace AS input_trace
FROM
(
    SELECT *
    FROM whodid.v_acts
    WHERE ts BETWEEN fromUnixTimestamp64Milli({since_ms:Int64}) AND fromUnixTimestamp64Milli({until_ms:Int64})
        AND instance_id != '' AND verb NOT IN ('', 'read') AND outcome = 'success'
) AS acts
ASOF INNER JOIN
(
    SELECT tenant, instance_id, ts AS input_ts, input_source, trace AS input_trace
    FROM whodid.v_inputs
    WHERE ts BETWEEN fromUnixTimestamp64Milli({since_ms:Int64} - 86400000) AND fromUnixTimestamp64Milli({until_ms:Int64})
        AND input_trust = 'untrusted' AND instance_id != ''
) AS inputs
ON acts.tenant = inputs.tenant AND acts.instance_id = inputs.instance_id AND acts.ts >= inputs.input_ts;

CREATE OR REPLACE VIEW whodid.v_delegations
SQL SECURITY INVOKER
AS
SELECT
    tenant, delegator_id, instance_id,
    max(delegator_type) AS kind_of_delegator,
    max(template_id) AS template,
    max(instance_parent_id) AS parent_id,
    count() AS records,
    countIf((record_kind IN ('tool_call', 'action') OR resource_id != '' OR action_id != '') AND record_kind != 'approval') AS acts,
    countIf(verb IN ('delete', 'drop', 'truncate', 'remove', 'destroy', 'purge') AND outcome = 'success') AS destructive_acts,
    countIf(credential_borrowed) AS borrowed_acts,
    min(ts) AS first_ts,
    max(ts) AS last_ts
FROM whodid.v_spans
WHERE ts BETWEEN fromUnixTimestamp64Milli({since_ms:Int64}) AND fromUnixTimestamp64Milli({until_ms:Int64}) AND instance_id != ''
GROUP BY tenant, delegator_id, instance_id;

CREATE TABLE IF NOT EXISTS whodid.case_entries AS whodid_shard.case_entries
ENGINE = Distributed('whodid', 'whodid_shard', 'case_entries', sipHash64(case_id));

CREATE TABLE IF NOT EXISTS whodid.people AS whodid_shard.people
ENGINE = Distributed('whodid', 'whodid_shard', 'people', sipHash64(person));

CREATE OR REPLACE VIEW whodid.v_revocations
SQL SECURITY INVOKER
AS
SELECT
    tenant, ts, received_at,
    JSONExtractString(attributes, 'whodid.revocation.id') AS revocation_id,
    JSONExtractUInt(attributes, 'whodid.revocation.seq') AS seq,
    JSONExtractString(attributes, 'whodid.revocation.action') AS action,
    JSONExtractString(attributes, 'whodid.revocation.target.kind') AS target_kind,
    JSONExtractString(attributes, 'whodid.revocation.target.id') AS target_id,
    JSONExtractBool(attributes, 'whodid.revocation.cascade') AS cascades,
    JSONExtractString(attributes, 'whodid.revocation.cause') AS cause,
    JSONExtractString(attributes, 'whodid.revocation.initiator.id') AS initiator,
    log_id, log_index
FROM whodid.spans
WHERE exporter = 'whodid' AND match(action_id, '^whodid:(revoke|pause|resume):');

CREATE OR REPLACE VIEW whodid.v_imported_events
SQL SECURITY INVOKER
AS
SELECT
    tenant, ts, received_at,
    lower(hex(trace_id)) AS trace,
    lower(hex(span_id)) AS span,
    JSONExtractString(attributes, 'whodid.import.format') AS format,
    decodeURLComponent(JSONExtractString(attributes, 'whodid.import.source')) AS source,
    decodeURLComponent(JSONExtractString(attributes, 'whodid.import.system')) AS system,
    decodeURLComponent(JSONExtractString(attributes, 'whodid.import.operation')) AS operation,
    decodeURLComponent(JSONExtractString(attributes, 'whodid.import.verb')) AS verb,
    decodeURLComponent(JSONExtractString(attributes, 'whodid.import.outcome')) AS outcome,
    decodeURLComponent(JSONExtractString(attributes, 'whodid.import.resource')) AS resource_id,
    decodeURLComponent(JSONExtractString(attributes, 'whodid.import.person')) AS person,
    decodeURLComponent(JSONExtractString(attributes, 'whodid.import.principal')) AS principal,
    decodeURLComponent(JSONExtractString(attributes, 'whodid.import.credential_id')) AS credential_id,
    arrayMap(mark -> arrayMap(part -> decodeURLComponent(part), splitByChar(',', mark)),
        JSONExtract(attributes, 'whodid.import.marks', 'Array(String)')) AS marks,
    arrayExists(mark -> mark[1] = 'system', marks) AS marked_by_system,
    arrayExists(mark -> mark[1] = 'client', marks) AS marked_by_client
FROM whodid.spans
WHERE channel = 'imported' AND startsWith(trace_id, unhex('ffffffff'));

CREATE TABLE IF NOT EXISTS whodid.findings AS whodid_shard.findings
ENGINE = Distributed('whodid', 'whodid_shard', 'findings', sipHash64(finding_id));

CREATE TABLE IF NOT EXISTS whodid.finding_triage AS whodid_shard.finding_triage
ENGINE = Distributed('whodid', 'whodid_shard', 'finding_triage', sipHash64(finding_id));

CREATE TABLE IF NOT EXISTS whodid.detection_runs AS whodid_shard.detection_runs
ENGINE = Distributed('whodid', 'whodid_shard', 'detection_runs', sipHash64(rule));

CREATE OR REPLACE VIEW whodid.v_findings
SQL SECURITY INVOKER
AS
SELECT
    found.tenant AS tenant, found.finding_id AS finding_id, found.rule AS rule, found.rule_version AS rule_version,
    found.severity AS severity, found.subject AS subject, found.first_acted_at AS first_acted_at, found.last_acted_at AS last_acted_at,
    found.first_found_at AS first_found_at, found.last_found_at AS last_found_at, found.hits AS hits, found.text AS text,
    multiIf(
        decided.action = 'acknowledge' AND found.last_found_at <= decided.decided_at, 'acknowledged',
        decided.action = 'suppress' AND decided.until > now64(9), 'suppressed',
        'open') AS state,
    decided.action AS decision, decided.decided_at AS decided_at, decided.reader AS decided_by, decided.reason AS reason,
    decided.until AS suppressed_until
FROM
(
    SELECT
        tenant, finding_id,
        any(f.rule) AS rule,
        argMax(f.rule_version, f.found_at) AS rule_version,
        argMax(f.severity, f.found_at) AS severity,
        any(f.subject) AS subject,
        min(f.acted_at) AS first_acted_at,
        max(f.acted_at) AS last_acted_at,
        min(f.found_at) AS first_found_at,
        max(f.found_at) AS last_found_at,
        uniqExact(f.hit_id) AS hits,
        argMax(f.text, (f.found_at, f.acted_at)) AS text
    FROM whodid.findings AS f
    GROUP BY tenant, finding_id
) AS found
LEFT JOIN
(
    SELECT
        tenant, finding_id,
        argMax(t.action, (t.decided_at, t.triage_id)) AS action,
        argMax(t.reader, (t.decided_at, t.triage_id)) AS reader,
        argMax(t.reason, (t.decided_at, t.triage_id)) AS reason,
        argMax(t.until, (t.decided_at, t.triage_id)) AS until,
        max(t.decided_at) AS decided_at
    FROM whodid.finding_triage AS t
    GROUP BY tenant, finding_id
) AS decided ON found.tenant = decided.tenant AND found.finding_id = decided.finding_id;

CREATE TABLE IF NOT EXISTS whodid.finding_responses AS whodid_shard.finding_responses
ENGINE = Distributed('whodid', 'whodid_shard', 'finding_responses', sipHash64(finding_id));

CREATE OR REPLACE VIEW whodid.v_finding_responses
SQL SECURITY INVOKER
AS
SELECT
    tried.tenant AS tenant, tried.finding_id AS finding_id, tried.attempted_at AS attempted_at, tried.response AS response,
    tried.kind AS kind, tried.delivery_id AS delivery_id, tried.attempt AS attempt, tried.target AS target, tried.outcome AS outcome,
    tried.error AS error, found.rule AS rule, found.severity AS severity, found.subject AS subject
FROM whodid.finding_responses AS tried
LEFT JOIN
(
    SELECT tenant, finding_id, any(f.rule) AS rule, argMax(f.severity, f.found_at) AS severity, any(f.subject) AS subject
    FROM whodid.findings AS f
    GROUP BY tenant, finding_id
) AS found ON tried.tenant = found.tenant AND tried.finding_id = found.finding_id;

CREATE OR REPLACE VIEW whodid.v_imported_events
SQL SECURITY INVOKER
AS
SELECT
    tenant, ts, received_at,
    lower(hex(trace_id)) AS trace,
    lower(hex(span_id)) AS span,
    JSONExtractString(attributes, 'whodid.import.format') AS format,
    decodeURLComponent(JSONExtractString(attributes, 'whodid.import.source')) AS source,
    decodeURLComponent(JSONExtractString(attributes, 'whodid.import.system')) AS system,
    decodeURLComponent(JSONExtractString(attributes, 'whodid.import.operation')) AS operation,
    decodeURLComponent(JSONExtractString(attributes, 'whodid.import.verb')) AS verb,
    decodeURLComponent(JSONExtractString(attributes, 'whodid.import.outcome')) AS outcome,
    decodeURLComponent(JSONExtractString(attributes, 'whodid.import.resource')) AS resource_id,
    decodeURLComponent(JSONExtractString(attributes, 'whodid.import.person')) AS person,
    decodeURLComponent(JSONExtractString(attributes, 'whodid.import.principal')) AS principal,
    decodeURLComponent(JSONExtractString(attributes, 'whodid.import.credential_id')) AS credential_id,
    arrayMap(mark -> arrayMap(part -> decodeURLComponent(part), splitByChar(',', mark)),
        JSONExtract(attributes, 'whodid.import.marks', 'Array(String)')) AS marks,
    arrayExists(mark -> mark[1] = 'system', marks) AS marked_by_system,
    arrayExists(mark -> mark[1] = 'client', marks) AS marked_by_client,
    decodeURLComponent(JSONExtractString(attributes, 'whodid.import.carried.trace')) AS carried_trace,
    decodeURLComponent(JSONExtractString(attributes, 'whodid.import.carried.span')) AS carried_span,
    decodeURLComponent(JSONExtractString(attributes, 'whodid.import.carried.action')) AS carried_action,
    decodeURLComponent(JSONExtractString(attributes, 'whodid.import.carried.instance')) AS carried_instance,
    decodeURLComponent(JSONExtractString(attributes, 'whodid.import.carried.tool_call')) AS carried_tool_call
FROM whodid.spans
WHERE channel = 'imported' AND startsWith(trace_id, unhex('ffffffff'));

CREATE OR REPLACE VIEW whodid.v_import_coverages
SQL SECURITY INVOKER
AS
SELECT
    tenant, received_at,
    lower(concat(hex(trace_id), '-', hex(span_id))) AS declaration,
    decodeURLComponent(JSONExtractString(attributes, 'whodid.coverage.system')) AS log_system,
    arrayMap(one -> decodeURLComponent(one), JSONExtract(attributes, 'whodid.coverage.resources', 'Array(String)')) AS resources,
    JSONExtract(attributes, 'whodid.coverage.verbs', 'Array(String)') AS verbs,
    fromUnixTimestamp64Nano(toInt64OrZero(JSONExtractString(attributes, 'whodid.coverage.from')), 'UTC') AS covers_from,
    fromUnixTimestamp64Nano(toInt64OrZero(JSONExtractString(attributes, 'whodid.coverage.to')), 'UTC') AS covers_to,
    toFloat64OrZero(JSONExtractString(attributes, 'whodid.coverage.sampling')) AS sampling,
    toFloat64OrZero(JSONExtractString(attributes, 'whodid.coverage.delay_seconds')) AS delay_seconds,
    toFloat64OrZero(JSONExtractString(attributes, 'whodid.coverage.clock_error_seconds')) AS clock_error_seconds
FROM whodid.spans
WHERE channel = 'imported' AND startsWith(trace_id, unhex('fffffffe'));

CREATE OR REPLACE VIEW whodid.v_verb_classes
SQL SECURITY INVOKER
AS
SELECT DISTINCT listed.1 AS class, arrayJoin(arrayFlatten(arrayMap(word -> [word, concat(word, 'd'), concat(word, 'ed')], splitByChar(' ', listed.2)))) AS word
FROM
(
    SELECT arrayJoin([
        ('create', 'create insert add open opened post put upload publish copy fork register generate import'),
        ('read', 'read get list select view fetch search describe head show count scan download lookup watch export clone pull access'),
        ('update', 'update patch merge merged edit modify set close closed reopen rename push commit alter replace upsert assign attach detach enable disable restore move change transfer rotate'),
        ('delete', 'delete drop truncate remove removed destroy purge terminate revoke cancel'),
        ('execute', 'execute run exec call invoke start stop trigger dispatch assume connect deploy job'),
        ('send', 'send message reply notify email'),
        ('approve', 'approve grant accept authorize allow invite review')
    ]) AS listed
);

CREATE OR REPLACE VIEW whodid.v_event_records
SQL SECURITY INVOKER
AS
SELECT
    *,
    if(length(actors) = 1 AND actors[1].1 = 'agent' AND unnamed = 0 AND NOT differs AND (rule != 7 OR same_authority) AND rivals = 1, actors[1].2, '') AS agent
FROM
(
    SELECT
        *,
        arrayDistinct(arrayMap(one -> one.act, chosen)) AS acts,
        arrayDistinct(arrayMap(one -> one.span, chosen)) AS record_spans,
        arrayDistinct(arrayMap(one -> (one.verdict, one.actor), arrayFilter(one -> one.verdict != 'undetermined', chosen))) AS actors,
        length(acts) - length(arrayDistinct(arrayMap(one -> one.act, arrayFilter(one -> one.verdict != 'undetermined', chosen)))) AS unnamed,
        arrayExists(one -> one.differs, chosen) AS differs,
        arrayAll(one -> one.same_authority, chosen) AS same_authority,
        greatest(received_at, arrayMax(arrayConcat([received_at], arrayMap(one -> one.received_at, chosen)))) AS complete_at,
        count() OVER (PARTITION BY tenant, log_system, operation, if(rule IN (0, 1, 2, 6) OR length(acts) != 1, event, acts[1])) AS rivals
    FROM
    (
        SELECT
            tenant, event, any(e_ts) AS ts, min(e_received) AS received_at, any(system) AS log_system, any(operation) AS operation, any(e_verb) AS verb,
            any(e_outcome) AS outcome, any(e_resource) AS resource_id, any(person) AS person, any(principal) AS principal, any(e_credential) AS credential_id,
            any(marks) AS marks,
            groupUniqArrayIf(1000)(CAST(
                (rank, act, span, verdict, actor, a_received, differs OR is_unknown_thing, is_same_authority),
                'Tuple(rank UInt8, act String, span String, verdict String, actor String, received_at DateTime64(9, \'UTC\'), differs Bool, same_authority Bool)'),
                is_match) AS matches,
            if(empty(matches), 0, arrayMin(one -> one.rank, matches)) AS rule,
            arrayFilter(one -> one.rank = rule, matches) AS chosen
        FROM
        (
            SELECT
                e.tenant AS tenant, e.event AS event, e.e_ts AS e_ts, e.e_received AS e_received, e.system AS system, e.operation AS operation, e.e_verb AS e_verb,
                e.e_outcome AS e_outcome, e.e_resource AS e_resource, e.person AS person, e.principal AS principal, e.e_credential AS e_credential,
                e.marks AS marks, e.rank AS rank,
                a.act AS act, a.ref AS span, a.verdict AS verdict, a.actor AS actor, a.a_received AS a_received,
                extract(a.a_resource, '^[^:]*:(?://|[^:]*)') = extract(e.e_resource, '^[^:]*:(?://|[^:]*)') AND a.a_resource != e.e_resource AND a.a_resource != '' AND e.e_resource != '' AS is_other_thing,
                is_other_thing OR (e.e_outcome != '' AND ((a.a_outcome = 'success' AND e.e_outcome != 'success') OR (a.a_outcome IN ('failure', 'denied') AND e.e_outcome = 'success'))) AS differs,
                e.rank = 5 AND (e.e_resource = '' OR a.a_resource != e.e_resource) AS is_unknown_thing,
                (e.e_credential != '' AND a.a_credential = e.e_credential) OR (e.person != '' AND lower(e.person) IN (lower(a.user), lower(a.delegator))) AS is_same_authority,
                a.act != '' AND (
                    e.rank IN (1, 2, 6)
                    OR (
                        e.e_ts BETWEEN a.a_ts - INTERVAL 5 SECOND AND a.a_end + INTERVAL 5 SECOND
                        AND e.e_verb = if(c.class = '', lower(a.a_verb), c.class)
                        AND NOT is_other_thing
                        AND (e.rank != 5 OR a.a_resource IN ('', e.e_resource) OR e.e_resource = '')
                        AND (e.rank != 7 OR e.e_credential = '' OR a.a_credential IN ('', e.e_credential)))
                ) AS is_match
            FROM
            (
                SELECT
                    tenant, concat(trace, '-', span) AS event, ts AS e_ts, received_at AS e_received, system, operation, verb AS e_verb, outcome AS e_outcome,
                    resource_id AS e_resource, person, principal, credential_id AS e_credential, marks,
                    arrayJoin(arrayFilter(key -> key.2 != '', [
                        (0, 'event'),
                        (1, if(carried_span = '', '', concat('span ', carried_trace, '-', carried_span))), (2, if(carried_action = '', '', concat('action ', carried_action))),
                        (3, if(carried_trace = '', '', concat('trace ', carried_trace))), (4, if(carried_instance = '', '', concat('instance ', carried_instance))),
                        (5, if(credential_id = '', '', concat('credential ', credential_id))), (6, if(carried_tool_call = '', '', concat('call ', carried_tool_call))),
                        (7, if(resource_id = '', '', concat('thing ', resource_id)))])) AS ranked,
                    ranked.1 AS rank, ranked.2 AS key,
                    if(rank IN (0, 1, 2, 6), 0, toUnixTimestamp(ts) DIV 60) AS minute
                FROM whodid.v_imported_events
                WHERE (received_at > {since:DateTime64(9, 'UTC')} AND received_at <= {until:DateTime64(9, 'UTC')})
                    OR (
                        received_at <= {since:DateTime64(9, 'UTC')} AND ts > {since:DateTime64(9, 'UTC')} - INTERVAL 1 DAY
                        AND toStartOfHour(ts) IN
                        (
                            SELECT arrayJoin([toStartOfHour(ts), toStartOfHour(ts) + INTERVAL 1 HOUR]) FROM whodid.actions
                            WHERE received_at > {since:DateTime64(9, 'UTC')} AND received_at <= {until:DateTime64(9, 'UTC')}
                        ))
            ) AS e
            LEFT JOIN
            (
                SELECT
                    tenant, act, concat(trace, '-', span) AS ref, ts AS a_ts, end_ts AS a_end, received_at AS a_received, verb AS a_verb, outcome AS a_outcome,
                    resource_id AS a_resource, credential_id AS a_credential, user_id AS user, delegator_id AS delegator, verdict,
                    multiIf(
                        verdict = 'agent' AND instance_id != '', concat('instance:', instance_id), verdict = 'agent', concat('template:', template_id),
                        verdict = 'human', concat('person:', user_id), verdict = 'service', concat('service:', service_name), '') AS actor,
                    range(toUInt32(toUnixTimestamp(ts - INTERVAL 5 SECOND) DIV 60), toUInt32(least(toUnixTimestamp(end_ts + INTERVAL 5 SECOND), toUnixTimestamp(ts) + 7200) DIV 60) + 1) AS minutes,
                    arrayJoin(arrayFilter(named -> named.1 != '', arrayConcat(
                        [(concat('span ', trace, '-', span), 0), (concat('action ', act), 0), (if(tool_call_id = '', '', concat('call ', tool_call_id)), 0)],
                        arrayFlatten(arrayMap(
                            name -> arrayMap(at -> (name, at), minutes),
                            [
                                concat('trace ', trace), if(instance_id = '', '', concat('instance ', instance_id)),
                                if(credential_id = '', '', concat('credential ', credential_id)), if(resource_id = '', '', concat('thing ', resource_id))]))))) AS named,
                    named.1 AS key, named.2 AS minute
                FROM
                (
                    SELECT * FROM whodid.v_acts
                    WHERE received_at > {since:DateTime64(9, 'UTC')} AND received_at <= {until:DateTime64(9, 'UTC')}
                    UNION ALL
                    SELECT * FROM whodid.v_acts
                    WHERE received_at <= {since:DateTime64(9, 'UTC')}
                        AND toStartOfHour(ts) IN
                        (
                            SELECT arrayJoin([toStartOfHour(ts), toStartOfHour(ts) - INTERVAL 1 HOUR]) FROM whodid.spans
                            WHERE channel = 'imported' AND startsWith(trace_id, unhex('ffffffff'))
                                AND received_at > {since:DateTime64(9, 'UTC')} AND received_at <= {until:DateTime64(9, 'UTC')}
                        )
                )
            ) AS a ON e.tenant = a.tenant AND e.key = a.key AND e.minute = a.minute
            LEFT JOIN whodid.v_verb_classes AS c ON c.word = lower(a.a_verb)
        )
        GROUP BY tenant, event
    )
)
WHERE complete_at > {since:DateTime64(9, 'UTC')};

CREATE OR REPLACE VIEW whodid.v_acts
SQL SECURITY INVOKER
AS
SELECT
    tenant, ts, end_ts, received_at, trace_id,
    lower(hex(trace_id)) AS trace,
    lower(hex(span_id)) AS span,
    if(action_id = '', concat(lower(hex(trace_id)), '-', lower(hex(span_id))), action_id) AS act,
    record_kind, verb, outcome, tool_name, cold.tc AS tool_call_id, resource_id, action_id, actor_type, channel, template_id, instance_id,
    cold.ip AS instance_parent_id, user_id, cold.sn AS service_name, delegator_id, cold.dt AS delegator_type, correlation_id, credential_id,
    cold.ct AS credential_type, cold.cs AS credential_subject, cold.cb AS credential_borrowed, prompt_ref,
    multiIf(
        channel = 'unentitled', 'undetermined',
        actor_type = 'agent' AND (template_id != '' OR (instance_id != '' AND cold.ir NOT IN ('session_id', 'resource.service_name'))), 'agent',
        actor_type = 'human' AND user_id != '' AND instance_id = '', 'human',
        actor_type = 'service' AND cold.sn != '', 'service',
        'undetermined') AS verdict,
    verb IN ('delete', 'drop', 'truncate', 'remove', 'destroy', 'purge') AS destructive,
    verb IN ('delete', 'drop', 'truncate', 'remove', 'destroy', 'purge', 'approve', 'grant', 'send', 'execute') OR cold.cb AS privileged
FROM
(
    SELECT
        tenant, ts, end_ts, received_at, trace_id, span_id, record_kind, verb, outcome, tool_name, resource_id, action_id, actor_type, channel,
        template_id, instance_id, user_id, delegator_id, correlation_id, credential_id, prompt_ref,
        JSONExtract(rest, 'Tuple(tc String, ip String, sn String, dt String, ct String, cs String, cb Bool, ir String)') AS cold
    FROM whodid.spans
    WHERE (record_kind IN ('tool_call', 'action') OR resource_id != '' OR action_id != '') AND record_kind != 'approval'
);

CREATE OR REPLACE VIEW whodid.v_approvals
SQL SECURITY INVOKER
AS
SELECT
    tenant, ts, received_at, trace_id,
    lower(hex(trace_id)) AS trace,
    lower(hex(span_id)) AS span,
    cold.ai AS approval_id, cold.ad AS decision, cold.as AS source, cold.av AS approver_id, cold.ap AS policy_id,
    cold.ar AS reason, verb, outcome, tool_name, resource_id, action_id, template_id, instance_id, delegator_id,
    multiIf(
        action_id != '', concat('action:', action_id),
        cold.tc != '', concat('call:', cold.tc),
        resource_id != '', concat('resource:', resource_id),
        concat('tool:', tool_name)) AS covers
FROM
(
    SELECT
        tenant, ts, received_at, trace_id, span_id, verb, outcome, tool_name, resource_id, action_id, template_id, instance_id, delegator_id,
        JSONExtract(rest, 'Tuple(ai String, ad String, as String, av String, ap String, ar String, tc String)') AS cold
    FROM whodid.spans
)
WHERE cold.ad != '';

CREATE OR REPLACE VIEW whodid.v_inputs
SQL SECURITY INVOKER
AS
SELECT
    tenant, ts, received_at, trace_id,
    lower(hex(trace_id)) AS trace,
    lower(hex(span_id)) AS span,
    cold.is AS input_source, cold.it AS input_trust, cold.ih AS input_hash, tool_name, template_id, instance_id, delegator_id, channel
FROM
(
    SELECT
        tenant, ts, received_at, trace_id, span_id, tool_name, template_id, instance_id, delegator_id, channel,
        JSONExtract(rest, 'Tuple(is String, it String, ih String)') AS cold
    FROM whodid.spans
)
WHERE cold.is != '' OR cold.it != '';

CREATE OR REPLACE VIEW whodid.v_registry_templates
SQL SECURITY INVOKER
AS
SELECT
    tenant, received_at AS recorded_at,
    JSONExtractString(attributes, 'whodid.registry.template') AS template,
    JSONExtractString(attributes, 'whodid.registry.recorded_by') AS recorded_by,
    JSONExtractString(attributes, 'whodid.registry.definition') AS definition,
    JSONExtractString(definition, 'owner') AS owner,
    JSONExtractString(definition, 'justification') AS justification,
    parseDateTime64BestEffortOrZero(JSONExtractString(definition, 'expires_at'), 9, 'UTC') AS expires_at,
    JSONType(definition, 'scopes') = 'Array' AS states_scopes,
    JSONExtract(definition, 'scopes', 'Array(String)') AS scopes,
    JSONType(definition, 'tools') = 'Array' AS states_tools,
    JSONExtract(definition, 'tools', 'Array(String)') AS tools,
    JSONType(definition, 'resources') = 'Array' AS states_resources,
    JSONExtract(definition, 'resources', 'Array(String)') AS resources,
    lower(hex(trace_id)) AS trace,
    lower(hex(span_id)) AS span,
    log_id, log_index
FROM whodid.spans
WHERE exporter = 'whodid' AND startsWith(action_id, 'whodid:register:')
    AND (toStartOfHour(ts), trace_id) IN (
        SELECT toStartOfHour(ts), trace_id FROM whodid.actions
        WHERE resource_id >= 'whodid:template:' AND resource_id < 'whodid:template;' AND startsWith(action_id, 'whodid:register:')
            AND channel = 'entitled' AND service_name = 'whodid');

CREATE TABLE IF NOT EXISTS whodid.migrations
(name String, checksum String, applied_at DateTime64(3, 'UTC') DEFAULT now64(3))
ENGINE = MergeTree ORDER BY name SETTINGS fsync_after_insert = 1;

INSERT INTO whodid.migrations (name, checksum)
SELECT '0001_create_spans.sql', '912f03eb4ee28693f7ce6678aade1cc08bab95ab87ea9c7f89f28670c44f9b67' WHERE '0001_create_spans.sql' NOT IN (SELECT name FROM whodid.migrations);

INSERT INTO whodid.migrations (name, checksum)
SELECT '0002_create_actions.sql', 'd57ccae96160cb3dac68464d88a2a7c5d3cc069c799f5bbf5fe2278a426760aa' WHERE '0002_create_actions.sql' NOT IN (SELECT name FROM whodid.migrations);

INSERT INTO whodid.migrations (name, checksum)
SELECT '0003_create_actions_of_spans.sql', '07e9c879253beff5840be7660d81610302758fe7900ad0df782fc532007142fc' WHERE '0003_create_actions_of_spans.sql' NOT IN (SELECT name FROM whodid.migrations);

INSERT INTO whodid.migrations (name, checksum)
SELECT '0004_create_reads.sql', '43d0eeb27f649c2427ecb1266d14f4fc508df6d76ff08d02359b87d3716c5fd9' WHERE '0004_create_reads.sql' NOT IN (SELECT name FROM whodid.migrations);

INSERT INTO whodid.migrations (name, checksum)
SELECT '0005_create_threads.sql', '33e04c415e8bd581ecffd8a22219f712cf8d8e45737cfffa385149f0ea8f885b' WHERE '0005_create_threads.sql' NOT IN (SELECT name FROM whodid.migrations);

INSERT INTO whodid.migrations (name, checksum)
SELECT '0006_create_threads_of_spans.sql', 'd5bfc1a5bdfce53e8814e6c9a22fa6dce0b7700057aad97f12a25df2cef0a1ab' WHERE '0006_create_threads_of_spans.sql' NOT IN (SELECT name FROM whodid.migrations);

INSERT INTO whodid.migrations (name, checksum)
SELECT '0007_create_contents.sql', '7c43092845981ad9c171104c8748caf1c9ae53f69f1dc2e2a1bd47b138d1c9aa' WHERE '0007_create_contents.sql' NOT IN (SELECT name FROM whodid.migrations);

INSERT INTO whodid.migrations (name, checksum)
SELECT '0008_create_v_spans.sql', '857c11f155b6ca9a5c0b8b9f9a6939e19afad82f475faa90d7a0cebe502aba00' WHERE '0008_create_v_spans.sql' NOT IN (SELECT name FROM whodid.migrations);

INSERT INTO whodid.migrations (name, checksum)
SELECT '0009_create_who_did_when.sql', '51edef7db52d81ef09c35d2d6d531c245ac42551ca5b659a1b38124eaf058877' WHERE '0009_create_who_did_when.sql' NOT IN (SELECT name FROM whodid.migrations);

INSERT INTO whodid.migrations (name, checksum)
SELECT '0010_create_who_did.sql', '54b8d2239c5c0a511d1532391975b8dc44cabbe73726d9b384c2e392d3df97c9' WHERE '0010_create_who_did.sql' NOT IN (SELECT name FROM whodid.migrations);

INSERT INTO whodid.migrations (name, checksum)
SELECT '0011_create_acts.sql', 'f16dd14441074d09bdd6ef55d0a11e8973a02e3a5989252f4060cc5c850f1eed' WHERE '0011_create_acts.sql' NOT IN (SELECT name FROM whodid.migrations);

INSERT INTO whodid.migrations (name, checksum)
SELECT '0012_create_acts_of_spans.sql', '3ef6dc8ac18a05d3714f33c02d585721c83611d77e8471cfab873929454f8634' WHERE '0012_create_acts_of_spans.sql' NOT IN (SELECT name FROM whodid.migrations);

INSERT INTO whodid.migrations (name, checksum)
SELECT '0013_create_v_actions.sql', '2a313a086c10e6c3ad64e01511c94043e48498a8902a043fa9596d5fbb02e061' WHERE '0013_create_v_actions.sql' NOT IN (SELECT name FROM whodid.migrations);

INSERT INTO whodid.migrations (name, checksum)
SELECT '0014_create_v_instances.sql', '3e675cb8227166b24042033b8e934d431756eeccca21aeb18c0b02058271f79d' WHERE '0014_create_v_instances.sql' NOT IN (SELECT name FROM whodid.migrations);

INSERT INTO whodid.migrations (name, checksum)
SELECT '0016_create_v_acts.sql', 'b930bab67b0cbbfe57ca91f35eb1a7d230386ca431aa915f4263fe2150d791c4' WHERE '0016_create_v_acts.sql' NOT IN (SELECT name FROM whodid.migrations);

INSERT INTO whodid.migrations (name, checksum)
SELECT '0017_create_v_approvals.sql', 'fc9cfca1d0682917f4fc1112d400c6d336b4ed15e80be86392407569e980cf67' WHERE '0017_create_v_approvals.sql' NOT IN (SELECT name FROM whodid.migrations);

INSERT INTO whodid.migrations (name, checksum)
SELECT '0018_create_v_inputs.sql', '266eed08efa5f9efcafa1032701216f10ec07d89d04039c8a67cc670e59fbc16' WHERE '0018_create_v_inputs.sql' NOT IN (SELECT name FROM whodid.migrations);

INSERT INTO whodid.migrations (name, checksum)
SELECT '0019_create_v_ledger_events.sql', '2136186c17cecda5417eb3f9cefcef0b8eae52a9719a79b8378666b7124eb2ce' WHERE '0019_create_v_ledger_events.sql' NOT IN (SELECT name FROM whodid.migrations);

INSERT INTO whodid.migrations (name, checksum)
SELECT '0020_create_v_logs.sql', '1004b5e5283bdf9d82c44dd64d2c8c2808dbd6d0e2dbec45f0794243c8a2c3df' WHERE '0020_create_v_logs.sql' NOT IN (SELECT name FROM whodid.migrations);

INSERT INTO whodid.migrations (name, checksum)
SELECT '0021_create_v_log_gaps.sql', 'ce027dabe78cfc499c22752c6f04e665c63de5578111ff3d3f771216b806f58c' WHERE '0021_create_v_log_gaps.sql' NOT IN (SELECT name FROM whodid.migrations);

INSERT INTO whodid.migrations (name, checksum)
SELECT '0022_create_v_unattributed.sql', 'aec3a3dbbf1853c481be463260ccafac1893150ce38016d2289c64963bd5a219' WHERE '0022_create_v_unattributed.sql' NOT IN (SELECT name FROM whodid.migrations);

INSERT INTO whodid.migrations (name, checksum)
SELECT '0023_create_v_unapproved.sql', '0348cbd403e1e450f77ca4bccc1d7b2fc6a6de7d19a934e36101571f0448eff6' WHERE '0023_create_v_unapproved.sql' NOT IN (SELECT name FROM whodid.migrations);

INSERT INTO whodid.migrations (name, checksum)
SELECT '0024_create_v_after_untrusted.sql', 'a7037c6d93ff487de7d62da21e5b9d4c60287cf555d79b63b23a1d662a7787f3' WHERE '0024_create_v_after_untrusted.sql' NOT IN (SELECT name FROM whodid.migrations);

INSERT INTO whodid.migrations (name, checksum)
SELECT '0025_create_v_delegations.sql', 'b0822f9fc10cd7fca959c4c4804f5b04eae699b6b6953f6d1f893b8f60d7b402' WHERE '0025_create_v_delegations.sql' NOT IN (SELECT name FROM whodid.migrations);

INSERT INTO whodid.migrations (name, checksum)
SELECT '0026_create_case_entries.sql', '1c875d19a35048992ab6a1d1d82c815c117d2d15120072f5a765ef4af23b18b4' WHERE '0026_create_case_entries.sql' NOT IN (SELECT name FROM whodid.migrations);

INSERT INTO whodid.migrations (name, checksum)
SELECT '0027_create_people.sql', '01b1a5264aa84b572c1309ed5b8edd66a65cf798b11f54d041ffb0c995f2f713' WHERE '0027_create_people.sql' NOT IN (SELECT name FROM whodid.migrations);

INSERT INTO whodid.migrations (name, checksum)
SELECT '0028_create_v_revocations.sql', '61c2f024ee9764fecc15240058341dc3f4ae7833c7ecf3586d1da4da4f40853a' WHERE '0028_create_v_revocations.sql' NOT IN (SELECT name FROM whodid.migrations);

INSERT INTO whodid.migrations (name, checksum)
SELECT '0029_create_v_imported_events.sql', '48cc8d511dd69852b34cd41a36e6882ab57ddbe68eb6ca38dc63eee63a7bd59a' WHERE '0029_create_v_imported_events.sql' NOT IN (SELECT name FROM whodid.migrations);

INSERT INTO whodid.migrations (name, checksum)
SELECT '0030_create_findings.sql', 'd37f1de7692a4a4141c7764b5ec868ad0005f61bbdad95baeb158e0befe3dea2' WHERE '0030_create_findings.sql' NOT IN (SELECT name FROM whodid.migrations);

INSERT INTO whodid.migrations (name, checksum)
SELECT '0031_create_finding_triage.sql', 'c7b9a314f75ae2d63564b53309f59e80402bef727d1dc4f87f40bffb4b3dcea3' WHERE '0031_create_finding_triage.sql' NOT IN (SELECT name FROM whodid.migrations);

INSERT INTO whodid.migrations (name, checksum)
SELECT '0032_create_detection_runs.sql', '518f64dbeb4ffbfe8397427aa4e85170752933586ce6a8ef8c71a7c534e4f2a1' WHERE '0032_create_detection_runs.sql' NOT IN (SELECT name FROM whodid.migrations);

INSERT INTO whodid.migrations (name, checksum)
SELECT '0033_create_v_findings.sql', '8760787f323e514e48af3339ac8b62a3e7523aad2230eeccc6a36747a05edc38' WHERE '0033_create_v_findings.sql' NOT IN (SELECT name FROM whodid.migrations);

INSERT INTO whodid.migrations (name, checksum)
SELECT '0034_create_finding_responses.sql', '1ef0c988bb6c2b6135c52b530e22a7241451141c71b678fee3f2aadc29ac294e' WHERE '0034_create_finding_responses.sql' NOT IN (SELECT name FROM whodid.migrations);

INSERT INTO whodid.migrations (name, checksum)
SELECT '0035_create_v_finding_responses.sql', '4a6be2d0c2927bb830ee5b974aff6d7854f7ac1c9971951f7a331a1d4c5a0376' WHERE '0035_create_v_finding_responses.sql' NOT IN (SELECT name FROM whodid.migrations);

INSERT INTO whodid.migrations (name, checksum)
SELECT '0036_create_v_imported_events_carried.sql', '4a9173298e3dba80bc927013476ff3b5ebda69454f65fae46a5546355eda0c5a' WHERE '0036_create_v_imported_events_carried.sql' NOT IN (SELECT name FROM whodid.migrations);

INSERT INTO whodid.migrations (name, checksum)
SELECT '0037_create_v_import_coverages.sql', '03e326e85febefcf65756980dc4aa1ffe20ae4e0f05973544548b0ecd7271ac2' WHERE '0037_create_v_import_coverages.sql' NOT IN (SELECT name FROM whodid.migrations);

INSERT INTO whodid.migrations (name, checksum)
SELECT '0038_create_v_verb_classes.sql', 'be34bbe9cc7da85a882f315f03bdbfddcecd075a508558fa940ee43b5dd7f521' WHERE '0038_create_v_verb_classes.sql' NOT IN (SELECT name FROM whodid.migrations);

INSERT INTO whodid.migrations (name, checksum)
SELECT '0039_create_v_event_records.sql', '684e5162bf456e9b930154cb5cc37ef197ea8947cdbc290381c06a5b59010d90' WHERE '0039_create_v_event_records.sql' NOT IN (SELECT name FROM whodid.migrations);

INSERT INTO whodid.migrations (name, checksum)
SELECT '0040_create_v_acts_from_spans.sql', 'af44595265291465c5e33bb48f309dfc42dd988b219e83d0565f294c4c169755' WHERE '0040_create_v_acts_from_spans.sql' NOT IN (SELECT name FROM whodid.migrations);

INSERT INTO whodid.migrations (name, checksum)
SELECT '0041_create_v_approvals_from_spans.sql', '94f146ea84c413928bb596f579e754f01c3a5180b4118303039f73eaa4fad74a' WHERE '0041_create_v_approvals_from_spans.sql' NOT IN (SELECT name FROM whodid.migrations);

INSERT INTO whodid.migrations (name, checksum)
SELECT '0042_create_v_inputs_from_spans.sql', '2aff01f951a3f1f042d18183b9ab32646abffda42287123b1f70d7ff51e1c6d5' WHERE '0042_create_v_inputs_from_spans.sql' NOT IN (SELECT name FROM whodid.migrations);

INSERT INTO whodid.migrations (name, checksum)
SELECT '0043_create_v_registry_templates.sql', '781b32f303afa6b29fd8bb60dbbb6da78b501118007dd5b1e02d2550545be978' WHERE '0043_create_v_registry_templates.sql' NOT IN (SELECT name FROM whodid.migrations);

INSERT INTO whodid.migrations (name, checksum)
SELECT '0015_open_spans.sql', 'cf3be4f30436f2bbe2c15d73d6c1a193e1dd60c0a1b30c1e79c6dfd20cdac500' WHERE '0015_open_spans.sql' NOT IN (SELECT name FROM whodid.migrations);
