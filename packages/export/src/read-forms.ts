import { canonicalExpression } from '@whodid/store'
import type { Selector } from '@whodid/store'
import { packageRecordsMax } from './build-package.ts'

/**
 * The canonical forms of every record of these traces, by log and index; one more than a package holds, to know that there
 * are more. They come from the columns as they stand: what was altered shows itself when they are hashed.
 */
export async function readForms(
  selector: Selector,
  tenant: string,
  traces: readonly string[],
): Promise<Buffer[]> {
  if (traces.length === 0) return []
  const { rows } = await selector.select<{ readonly form: string }>({
    sql: formsSql,
    parameters: { traces: traces.join(','), limit: packageRecordsMax + 1 },
    tenant,
  })
  return rows.map(({ form }) => Buffer.from(form, 'base64').subarray(leafMarkBytes))
}

/** The engine's expression begins with RFC 6962's mark of a leaf, which is not part of the form. */
const leafMarkBytes = 1

const formsSql = `
SELECT base64Encode(${canonicalExpression('s')}) AS form
FROM whodid.spans AS s
WHERE s.trace_id IN
  (SELECT toFixedString(unhex(arrayJoin(splitByChar(',', {traces:String}))), 16))
ORDER BY s.log_id, s.log_index
LIMIT {limit:UInt32}`
