import { attribute } from '@whodid/model'
import { evidenceColumns } from './evidence-columns.ts'
import { isLinked } from './sql.ts'

const isAsked = `${isLinked} AND has(splitByChar(',', {keys:String}), ref)`

/** Spans that a seal names, at most. */
const presentMax = 256
/** Records under the span of one seal that are looked at. */
const sealsMax = 8

/** The verified seals of a token that some spans carry. Parameters: `traces` and `keys` (hex, by comma), `recorded`, `token`. */
export const sealsSql: string = `
SELECT ${evidenceColumns.key} AS ref, JSONExtractString(attributes, '${attribute.sealJws}') AS jws,
  JSONExtractString(attributes, '${attribute.sealKey}') AS key
FROM whodid.v_spans
WHERE ${isAsked} AND JSONExtractString(attributes, '${attribute.sealResult}') = 'verified'
  AND JSONExtractString(attributes, '${attribute.sealToken}') = {token:String}
ORDER BY received_at
LIMIT ${sealsMax}`

/** The spans that are on record as sealed under one token. One that only carries a seal, which anybody can copy, is none. Parameters as of {@link sealsSql}. */
export const presentSpansSql: string = `
SELECT DISTINCT ${evidenceColumns.key} AS ref
FROM whodid.v_spans
WHERE ${isAsked} AND JSONExtractString(attributes, '${attribute.sealResult}') = 'verified'
  AND JSONExtractString(attributes, '${attribute.sealToken}') = {token:String}
  AND JSONExtractString(attributes, '${attribute.sealJws}') = ''
LIMIT ${presentMax}`
