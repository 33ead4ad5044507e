import type { ContentReader, WantedContent } from '@whodid/content'
import { parseInstant } from '@whodid/model'
import type { Selector } from '@whodid/store'
import type { AbsentContent, ContentEvidence } from './evidence.ts'
import type { RecordRow } from '@whodid/model'

/** The parts of a record's text, by the column that commits to each. */
const parts = ['content', 'result', 'detail'] as const

/** Texts opened for one package. */
const textsMax = 10_000

/** The texts that the records committed to: those that are there with their salts, and of the others what became of them. */
export async function gatherContents(
  { selector, contents }: { readonly selector: Selector; readonly contents: ContentReader },
  tenant: string,
  rows: readonly RecordRow[],
): Promise<{ contents: ContentEvidence[]; absentContents: AbsentContent[] }> {
  const wanted = rows.flatMap((row) => wantedOf(tenant, row)).slice(0, textsMax)
  const envelopes = await readEnvelopes(selector, tenant, [
    ...new Set(wanted.map(({ refHex }) => refHex)),
  ])
  const found: ContentEvidence[] = []
  const absentContents: AbsentContent[] = []
  for (const [index, opened] of (await contents.open(wanted, envelopes)).entries()) {
    const { traceIdHex, spanIdHex, part } = wanted[index] ?? wantedNone
    const span = `${traceIdHex}-${spanIdHex}`
    if (opened.state === 'text')
      found.push({ tenant, span, part, nonce: opened.nonce, text: opened.text })
    else absentContents.push({ span, part, state: opened.state })
  }
  return { contents: found, absentContents }
}

const wantedNone = { traceIdHex: '', spanIdHex: '', part: 'content' } as const

function wantedOf(tenant: string, row: RecordRow): WantedContent[] {
  return parts.flatMap((part) => {
    const commitmentHex = String(row[`${part}_commitment`])
    if (commitmentHex === '') return []
    return [
      {
        tenant,
        traceIdHex: String(row['trace_id']),
        spanIdHex: String(row['span_id']),
        part,
        commitmentHex,
        refHex: String(row['content_ref']),
        receivedUnixNs: parseInstant(String(row['received_at']), 'received_at'),
      },
    ]
  })
}

async function readEnvelopes(
  selector: Selector,
  tenant: string,
  refs: readonly string[],
): Promise<Map<string, Buffer>> {
  if (refs.length === 0) return new Map()
  const { rows } = await selector.select<{ readonly ref: string; readonly sealed: string }>({
    sql: envelopesSql,
    parameters: { refs: refs.join(',') },
    tenant,
  })
  return new Map(rows.map(({ ref, sealed }) => [ref, Buffer.from(sealed, 'base64')]))
}

const envelopesSql = `
SELECT lower(hex(c.ref)) AS ref, base64Encode(c.sealed) AS sealed
FROM whodid.contents AS c
WHERE c.ref IN (SELECT toFixedString(unhex(arrayJoin(splitByChar(',', {refs:String}))), 24))
LIMIT 1 BY c.ref`
