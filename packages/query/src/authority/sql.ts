import { hintRules } from '@whodid/model'
import { leafExpression } from '@whodid/store'
import { inThreadsOf } from '../questions/sql.ts'

/** Entries of each list that an answer holds; one more is read, so that a cut is seen. */
export const listedMax = 32
/** Names of each kind that are read of an instance: one more than one is a contradiction already. */
const namesMax = 16

const hints = [...hintRules].map((rule) => `'${rule}'`).join(', ')

/**
 * The records that speak for an instance: of a sender that may, or of one that is bound to nobody; none that was imported, and none whose
 * instance is a hint. Only what the ledger had received by `at` counts, by its own clock: the sender's is a claim.
 */
const speaks = `row.instance_id = {id:String} AND ${inThreadsOf('instance', '{id:String}')}
  AND row.channel IN ('entitled', 'unbound') AND row.instance_rule NOT IN (${hints})
  AND row.received_at <= {at:DateTime64(9, 'UTC')}`

/** The backing of a record's claims, the best first. */
const backing = (rule: string): string =>
  `multiIf(${rule} != '', 2, row.channel = 'entitled', 0, 1)`

const span = "lower(concat(hex(row.trace_id), '-', hex(row.span_id)))"

interface Grouping {
  readonly fields: string
  readonly types: string
  readonly where: string
  /** SQL for the rules that derived the claim, '' where none did. */
  readonly rules: string
}

/** A list of entries, each group of records one, the one that came last first. */
const grouped = ({ fields, types, where, rules }: Grouping): string => `(
    SELECT groupArray(CAST(entry, 'Tuple(${types}, backing UInt8, received DateTime64(9, \\'UTC\\'), span String)')) FROM (
      SELECT (${fields}, ${backing(rules)}, min(row.received_at), argMin(${span}, row.received_at)) AS entry, max(row.received_at) AS newest
      FROM whodid.v_spans AS row
      WHERE ${speaks} AND ${where}
      GROUP BY ${fields}, ${backing(rules)}
      ORDER BY newest DESC, entry LIMIT ${listedMax + 1}
    ))`

/** The one statement on an instance. Parameters: `id`, `at`. */
export const instanceFactsSql: string = `
SELECT
  (
    SELECT CAST(
      (
        count(), min(row.received_at), min(${backing('row.instance_rule')}),
        groupUniqArrayIf(${namesMax})((row.template_id, ${backing('concat(row.instance_rule, row.template_rule)')}), row.template_id != ''),
        groupUniqArrayIf(${namesMax})((row.instance_parent_id, ${backing('row.instance_rule')}), row.instance_parent_id != ''),
        groupUniqArrayIf(${namesMax})((row.delegator_id, ${backing('concat(row.instance_rule, row.delegator_rule)')}), row.delegator_id != ''),
        groupUniqArrayIf(${namesMax})((row.correlation_id, ${backing('row.instance_rule')}), row.correlation_id != '')
      ),
      'Tuple(records UInt64, first DateTime64(9, \\'UTC\\'), backing UInt8, templates Array(Tuple(id String, backing UInt8)), parents Array(Tuple(id String, backing UInt8)), delegators Array(Tuple(id String, backing UInt8)), tasks Array(Tuple(id String, backing UInt8)))'
    )
    FROM whodid.v_spans AS row
    WHERE ${speaks}
  ) AS about,
  ${grouped({
    fields:
      'row.delegation_id, row.delegation_parent_id, row.delegator_id, row.delegator_type, row.delegator_issuer, row.delegation_issuer, row.delegation_audience, row.delegation_expires_at, row.delegation_scopes, row.delegation_chain',
    types:
      'id String, parent String, delegator String, type String, delegator_issuer String, issuer String, audience String, expires String, scopes Array(String), chain Array(String)',
    where:
      "(row.delegation_id != '' OR row.delegator_id != '' OR row.delegation_expires_at != '' OR notEmpty(row.delegation_scopes))",
    rules: 'concat(row.instance_rule, row.delegator_rule)',
  })} AS delegations,
  ${grouped({
    fields:
      'row.approval_decision, row.tool_name, row.resource_id, row.action_id, row.approver_id, row.approval_source, row.approval_policy_id, row.approval_reason',
    types:
      'decision String, tool String, resource String, action String, approver String, source String, policy String, reason String',
    where: "row.approval_decision != ''",
    rules: 'row.instance_rule',
  })} AS approvals,
  ${grouped({
    fields:
      'row.credential_id, row.credential_type, row.credential_issuer, row.credential_subject, row.credential_borrowed, row.credential_scopes, row.credential_expires_at',
    types:
      'id String, type String, issuer String, subject String, borrowed Bool, scopes Array(String), expires String',
    where: "row.credential_id != ''",
    rules: 'row.instance_rule',
  })} AS credentials`

/** The places of records in their logs, and their leaves now. Parameters: `refs` (`<trace>-<span>`, by comma), `at`. */
export const leavesSql: string = `
SELECT ${span} AS span, row.exporter AS exporter, row.log_id AS log, toString(row.log_index) AS log_index, hex(${leafExpression('row')}) AS leaf
FROM whodid.spans AS row
WHERE (toStartOfHour(row.ts), row.trace_id) IN (
    SELECT hour, trace_id FROM whodid.threads
    WHERE key IN (SELECT arrayJoin(arrayMap(x -> sipHash64('trace', toFixedString(unhex(substring(x, 1, 32)), 16)), splitByChar(',', {refs:String}))))
  )
  AND has(splitByChar(',', {refs:String}), span) AND row.received_at <= {at:DateTime64(9, 'UTC')}
ORDER BY row.received_at, row.log_index
LIMIT 256`
