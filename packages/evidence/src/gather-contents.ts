import type { ContentReader, WantedContent } from '@whodid/content'
import { hasPart, parseInstant, textParts } from '@whodid/model'
import type { Selector } from '@whodid/store'
import type { AbsentContent, ContentEvidence } from './evidence.ts'
import type { RecordRow } from '@whodid/model'

/** Texts opened for one package. */
const textsMax = 10_000

/** The texts that the records committed to: those that are there with their salts, and of the others what became of them. */
export async function gatherContents(
  { selector, contents }: { readonly selector: Selector; readonly contents: ContentReader },
  tenant: string,
  rows: readonly RecordRow[],
): Promise<{ contents: ContentEvidence[]; absentContents: AbsentContent[] }> {
  const wanted = rows.flatMap((row) => wantedOf(tenant, row)).slice(0, textsMax)
  const blocks = await readBlocks(selector, tenant, [
    ...new Set(wanted.map(({ textBlockHex }) => textBlockHex)),
  ])
  const found: ContentEvidence[] = []
  const absentContents: AbsentContent[] = []
  for (const [index, opened] of (await contents.open(wanted, blocks)).entries()) {
    const { traceIdHex, spanIdHex, part } = wanted[index] ?? wantedNone
    const span = `${traceIdHex}-${spanIdHex}`
    if (opened.state === 'text')
      found.push({ tenant, span, part, ...opened.disclosure, text: opened.text })
    else absentContents.push({ span, part, state: opened.state })
  }
  return { contents: found, absentContents }
}

const wantedNone = { traceIdHex: '', spanIdHex: '', part: 'content' } as const

function wantedOf(tenant: string, row: RecordRow): WantedContent[] {
  const textAt = Number(row['text_at'])
  return textParts
    .filter((part) => hasPart(textAt, part))
    .map((part) => ({
      tenant,
      traceIdHex: String(row['trace_id']),
      spanIdHex: String(row['span_id']),
      part,
      commitmentHex: String(row['commitment']),
      textBlockHex: String(row['text_block']),
      textAt,
      receivedUnixNs: parseInstant(String(row['received_at']), 'received_at'),
    }))
}

async function readBlocks(
  selector: Selector,
  tenant: string,
  refs: readonly string[],
): Promise<Map<string, Buffer>> {
  if (refs.length === 0) return new Map()
  const { rows } = await selector.select<{ readonly ref: string; readonly sealed: string }>({
    sql: blocksSql,
    parameters: { refs: refs.join(',') },
    tenant,
  })
  return new Map(rows.map(({ ref, sealed }) => [ref, Buffer.from(sealed, 'base64')]))
}

const blocksSql = `
SELECT lower(hex(c.ref)) AS ref, base64Encode(c.sealed) AS sealed
FROM whodid.contents AS c
WHERE c.ref IN (SELECT toFixedString(unhex(arrayJoin(splitByChar(',', {refs:String}))), 24))
LIMIT 1 BY c.ref`
