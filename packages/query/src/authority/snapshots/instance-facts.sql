
SELECT
  (
    SELECT CAST(
      (
        count(), min(row.received_at), min(multiIf(row.instance_rule != '', 2, row.channel = 'entitled', 0, 1)),
        groupUniqArrayIf(16)((row.template_id, multiIf(concat(row.instance_rule, row.template_rule) != '', 2, row.channel = 'entitled', 0, 1)), row.template_id != ''),
        groupUniqArrayIf(16)((row.instance_parent_id, multiIf(row.instance_rule != '', 2, row.channel = 'entitled', 0, 1)), row.instance_parent_id != ''),
        groupUniqArrayIf(16)((row.delegator_id, multiIf(concat(row.instance_rule, row.delegator_rule) != '', 2, row.channel = 'entitled', 0, 1)), row.delegator_id != ''),
        groupUniqArrayIf(16)((row.correlation_id, multiIf(row.instance_rule != '', 2, row.channel = 'entitled', 0, 1)), row.correlation_id != '')
      ),
      'Tuple(records UInt64, first DateTime64(9, \'UTC\'), backing UInt8, templates Array(Tuple(id String, backing UInt8)), parents Array(Tuple(id String, backing UInt8)), delegators Array(Tuple(id String, backing UInt8)), tasks Array(Tuple(id String, backing UInt8)))'
    )
    FROM whodid.v_spans AS row
    WHERE row.instance_id = {id:String} AND (toStartOfHour(row.ts), row.trace_id) IN (SELECT hour, trace_id FROM whodid.threads WHERE key = sipHash64('instance', {id:String}))
  AND row.channel IN ('entitled', 'unbound') AND row.instance_rule NOT IN ('session_id', 'resource.service_name')
  AND row.received_at <= {at:DateTime64(9, 'UTC')}
  ) AS about,
  (
    SELECT groupArray(CAST(entry, 'Tuple(id String, parent String, delegator String, type String, delegator_issuer String, issuer String, audience String, expires String, scopes Array(String), chain Array(String), backing UInt8, received DateTime64(9, \'UTC\'), span String)')) FROM (
      SELECT (row.delegation_id, row.delegation_parent_id, row.delegator_id, row.delegator_type, row.delegator_issuer, row.delegation_issuer, row.delegation_audience, row.delegation_expires_at, row.delegation_scopes, row.delegation_chain, multiIf(concat(row.instance_rule, row.delegator_rule) != '', 2, row.channel = 'entitled', 0, 1), min(row.received_at), argMin(lower(concat(hex(row.trace_id), '-', hex(row.span_id))), row.received_at)) AS entry, max(row.received_at) AS newest
      FROM whodid.v_spans AS row
      WHERE row.instance_id = {id:String} AND (toStartOfHour(row.ts), row.trace_id) IN (SELECT hour, trace_id FROM whodid.threads WHERE key = sipHash64('instance', {id:String}))
  AND row.channel IN ('entitled', 'unbound') AND row.instance_rule NOT IN ('session_id', 'resource.service_name')
  AND row.received_at <= {at:DateTime64(9, 'UTC')} AND (row.delegation_id != '' OR row.delegator_id != '' OR row.delegation_expires_at != '' OR notEmpty(row.delegation_scopes))
      GROUP BY row.delegation_id, row.delegation_parent_id, row.delegator_id, row.delegator_type, row.delegator_issuer, row.delegation_issuer, row.delegation_audience, row.delegation_expires_at, row.delegation_scopes, row.delegation_chain, multiIf(concat(row.instance_rule, row.delegator_rule) != '', 2, row.channel = 'entitled', 0, 1)
      ORDER BY newest DESC, entry LIMIT 33
    )) AS delegations,
  (
    SELECT groupArray(CAST(entry, 'Tuple(decision String, tool String, resource String, action String, approver String, source String, policy String, reason String, backing UInt8, received DateTime64(9, \'UTC\'), span String)')) FROM (
      SELECT (row.approval_decision, row.tool_name, row.resource_id, row.action_id, row.approver_id, row.approval_source, row.approval_policy_id, row.approval_reason, multiIf(row.instance_rule != '', 2, row.channel = 'entitled', 0, 1), min(row.received_at), argMin(lower(concat(hex(row.trace_id), '-', hex(row.span_id))), row.received_at)) AS entry, max(row.received_at) AS newest
      FROM whodid.v_spans AS row
      WHERE row.instance_id = {id:String} AND (toStartOfHour(row.ts), row.trace_id) IN (SELECT hour, trace_id FROM whodid.threads WHERE key = sipHash64('instance', {id:String}))
  AND row.channel IN ('entitled', 'unbound') AND row.instance_rule NOT IN ('session_id', 'resource.service_name')
  AND row.received_at <= {at:DateTime64(9, 'UTC')} AND row.approval_decision != ''
      GROUP BY row.approval_decision, row.tool_name, row.resource_id, row.action_id, row.approver_id, row.approval_source, row.approval_policy_id, row.approval_reason, multiIf(row.instance_rule != '', 2, row.channel = 'entitled', 0, 1)
      ORDER BY newest DESC, entry LIMIT 33
    )) AS approvals,
  (
    SELECT groupArray(CAST(entry, 'Tuple(id String, type String, issuer String, subject String, borrowed Bool, scopes Array(String), expires String, backing UInt8, received DateTime64(9, \'UTC\'), span String)')) FROM (
      SELECT (row.credential_id, row.credential_type, row.credential_issuer, row.credential_subject, row.credential_borrowed, row.credential_scopes, row.credential_expires_at, multiIf(row.instance_rule != '', 2, row.channel = 'entitled', 0, 1), min(row.received_at), argMin(lower(concat(hex(row.trace_id), '-', hex(row.span_id))), row.received_at)) AS entry, max(row.received_at) AS newest
      FROM whodid.v_spans AS row
      WHERE row.instance_id = {id:String} AND (toStartOfHour(row.ts), row.trace_id) IN (SELECT hour, trace_id FROM whodid.threads WHERE key = sipHash64('instance', {id:String}))
  AND row.channel IN ('entitled', 'unbound') AND row.instance_rule NOT IN ('session_id', 'resource.service_name')
  AND row.received_at <= {at:DateTime64(9, 'UTC')} AND row.credential_id != ''
      GROUP BY row.credential_id, row.credential_type, row.credential_issuer, row.credential_subject, row.credential_borrowed, row.credential_scopes, row.credential_expires_at, multiIf(row.instance_rule != '', 2, row.channel = 'entitled', 0, 1)
      ORDER BY newest DESC, entry LIMIT 33
    )) AS credentials