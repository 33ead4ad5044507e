-- id: poisoned-memory
-- version: 3
-- title: An agent used a memory that was written after untrusted reading
-- severity: high
-- owasp: ASI06
-- atlas: AML.T0080
-- every: 60
-- question: Which instances read a memory that another instance wrote soon after it had read untrusted content?
-- limits: A memory is a resource of type `memory`, or one whose ID begins with `memory:`, that is named as an input when it is read. What it says is not read.
-- advice: Remove the entry, look at what its readers did since (`whodid blast-radius`), and let only trusted input into memory.
-- expects: 1
-- threshold: minutes UInt64 60 minutes from the untrusted reading to the writing
-- threshold: days UInt64 30 days that a written memory is followed
SELECT
    concat('resource:', memory) AS subject,
    reader AS hit,
    min(read_ts) AS acted_at,
    concat('The instance ', reader, ' used a memory that ', any(writer), ' wrote after it had read ', any(input_source), ' (untrusted).') AS text,
    arrayDistinct(arrayConcat(groupArray(5)(read_ref), groupArray(5)(write_ref), groupArray(5)(input_ref))) AS spans,
    map('writer', any(writer), 'written_at', toString(min(write_ts)), 'input', any(input_source)) AS measured
FROM
(
    SELECT input_source AS memory, instance_id AS reader, ts AS read_ts, concat(trace, '-', span) AS read_ref
    FROM whodid.v_inputs
    WHERE received_at > {since:DateTime64(9, 'UTC')} AND received_at <= {until:DateTime64(9, 'UTC')}
        AND input_source != '' AND instance_id != '' AND channel != 'unentitled'
) AS reads
INNER JOIN
(
    SELECT writes.memory AS memory, writes.writer AS writer, writes.write_ts AS write_ts, writes.write_ref AS write_ref, inputs.input_source AS input_source, inputs.input_ref AS input_ref
    FROM
    (
        SELECT resource_id AS memory, instance_id AS writer, ts AS write_ts, concat(lower(hex(trace_id)), '-', lower(hex(span_id))) AS write_ref
        FROM whodid.v_spans
        WHERE ts > {since:DateTime64(9, 'UTC')} - toIntervalDay({days:UInt64}) AND received_at <= {until:DateTime64(9, 'UTC')}
            AND resource_id != '' AND instance_id != '' AND verb IN ('create', 'update', 'write', 'append') AND outcome = 'success' AND channel != 'unentitled'
            AND (startsWith(resource_id, 'memory:') OR resource_type = 'memory')
    ) AS writes
    ASOF INNER JOIN
    (
        SELECT instance_id AS input_reader, ts AS input_ts, input_source, concat(trace, '-', span) AS input_ref
        FROM whodid.v_inputs
        WHERE ts > {since:DateTime64(9, 'UTC')} - toIntervalDay({days:UInt64}) AND received_at <= {until:DateTime64(9, 'UTC')}
            AND input_trust = 'untrusted' AND instance_id != '' AND channel != 'unentitled'
    ) AS inputs
    ON writes.writer = inputs.input_reader AND writes.write_ts >= inputs.input_ts
    WHERE writes.write_ts <= inputs.input_ts + toIntervalMinute({minutes:UInt64})
) AS poisoned ON reads.memory = poisoned.memory
WHERE read_ts > write_ts AND reader != writer
GROUP BY memory, reader
