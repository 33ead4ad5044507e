import { recordFields, restFields } from '@whodid/model'
import type { RestField } from '@whodid/model'

/** Which copies of the seed. */
export interface Copies {
  readonly from: number
  readonly count: number
  readonly seedRows: number
  readonly stepSeconds: number
}

/**
 * Copies of the seed's spans with IDs, hashes and times of their own, so that what belongs together in the seed belongs
 * together in each copy. Copies `from` to `from + count - 1`, each so much later than the one before.
 *
 * Every column that is not named keeps the seed's value: the statistics of names, templates and texts are the seed's. The seed
 * has the columns of `whodid.v_spans`.
 */
export function multiplySpans(copies: Copies): string {
  const shift = `toIntervalSecond(n * ${copies.stepSeconds})`
  const columns = recordFields.map(({ column }) => column)
  const values = columns.map((column) => (column === 'rest' ? `${restSql} AS rest` : column))
  return `INSERT INTO whodid.spans (${columns.join(', ')}) SELECT ${values.join(', ')} FROM (SELECT * EXCEPT n REPLACE (
    sipHash128(trace_id, n) AS trace_id,
    ${spanId('span_id')} AS span_id,
    if(parent_span_id = toFixedString('', 8), parent_span_id, ${spanId('parent_span_id')}) AS parent_span_id,
    ts + ${shift} AS ts,
    end_ts + ${shift} AS end_ts,
    received_at + ${shift} AS received_at,
    log_index + n * ${copies.seedRows} AS log_index,
    ${ids.map((column) => `${uniqueId(column)} AS ${column}`).join(',\n    ')},
    arrayMap(id -> ${uniqueId('id')}, delegation_chain) AS delegation_chain,
    ${references.map((column) => `${reference(column)} AS ${column}`).join(',\n    ')},
    ${hashes.map((column) => `if(${column} = '', '', concat('sha256:', ${digits(column)}, ${digits(column, 1)})) AS ${column}`).join(',\n    ')},
    ${textBlock('text_block')} AS text_block,
    ${commitment('commitment')} AS commitment,
    if(tool_call_id = '' OR startsWith(tool_call_id, '0197c2a4-'), ${uniqueId('tool_call_id')}, concat('call_', ${digits('tool_call_id')})) AS tool_call_id,
    if(conversation_id = '', '', concat('conv_', ${digits('conversation_id')})) AS conversation_id,
    if(resource_id = '' OR cityHash64(resource_id, n) % 8 = 0, resource_id, concat(resource_id, '-', toString(n))) AS resource_id,
    multiIf(credential_id = '', '', startsWith(credential_id, 'sha256:'), concat('sha256:', lower(hex(sipHash128(credential_id, user_id)))), concat('pat-', ${digits('credential_id')})) AS credential_id
  )
  FROM (SELECT *, n FROM whodid.bench_seed CROSS JOIN (SELECT number + ${copies.from} AS n FROM numbers(${copies.count})) AS copies))
  SETTINGS max_insert_threads = 1, max_threads = 2, insert_deduplicate = 0`
}

/** Columns of IDs that are made new for each run. */
const ids = [
  'instance_id',
  'instance_parent_id',
  'correlation_id',
  'action_id',
  'delegation_id',
  'delegation_parent_id',
] as const
const references = ['prompt_ref', 'plan_ref'] as const
const hashes = ['prompt_hash', 'plan_hash', 'arguments_hash', 'result_hash', 'input_hash'] as const

/** The JSON of `rest`, made again of the columns of `whodid.v_spans`: members that are set, in their order. */
const restSql = `concat('{', arrayStringConcat(arrayFilter(member -> member != '', [${restFields.map(memberSql).join(', ')}]), ','), '}')`

function memberSql({ name, key, kind }: RestField): string {
  if (name === 'signal') return `if(signal = 'span', '', concat('"${key}":', toJSONString(signal)))`
  const absent = { text: "''", list: '[]', count: '0', number: '-1', bool: 'false' }[kind]
  return `if(${name} = ${absent}, '', concat('"${key}":', toJSONString(${name})))`
}

/** The subject's key stays; the block is another. */
function textBlock(column: string): string {
  const made = `concat(substring(${column}, 1, 16), substring(sipHash128(${column}, n), 1, 8))`
  return `if(${column} = toFixedString('', 24), ${column}, CAST(${made} AS FixedString(24)))`
}

function digits(value: string, salt = 0): string {
  return `lower(hex(sipHash128(${value}, n, ${salt})))`
}

function spanId(column: string): string {
  return `CAST(substring(sipHash128(${column}, n), 1, 8) AS FixedString(8))`
}

/** Names of people and schedules stay; what was made for a run is made again. */
function uniqueId(value: string): string {
  return `if(startsWith(${value}, '0197c2a4-'), concat('0197c2a4-', substring(${digits(value)}, 1, 27)), ${value})`
}

function reference(column: string): string {
  const part = (from: number, length: number, bytes: number): string =>
    `toFixedString(unhex(substring(${column}, ${from}, ${length})), ${bytes})`
  const trace = `hex(sipHash128(${part(1, 32, 16)}, n))`
  const span = `hex(substring(sipHash128(${part(34, 16, 8)}, n), 1, 8))`
  return `if(${column} = '', '', lower(concat(${trace}, '-', ${span})))`
}

function commitment(column: string): string {
  const made = `concat(sipHash128(${column}, n), sipHash128(${column}, n, 1))`
  return `if(${column} = toFixedString('', 32), ${column}, CAST(${made} AS FixedString(32)))`
}
