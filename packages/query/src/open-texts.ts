import type { ContentReader, WantedContent } from '@whodid/content'
import { parseInstant } from '@whodid/model'
import type { Evidence } from './evidence/evidence.ts'
import type { ContentState, EvidenceRecord } from './evidence/evidence-record.ts'
import { envelopesMax } from './evidence/gather-kin.ts'
import { toInstant } from './text.ts'

/**
 * Opens the texts of the prompts and plans among the evidence, and those of the model calls that were sought. A text comes
 * out as it was committed to, or not at all, and then with what became of it.
 */
export async function openTexts(
  evidence: Evidence,
  tenant: string,
  reader: ContentReader,
): Promise<Evidence> {
  const records = [...evidence.kin.values()].flat().filter((record) => isWanted(record, evidence))
  if (records.length === 0) return evidence
  const isWhole = evidence.envelopes.size < envelopesMax
  const opened = await reader.open(
    records.map((record) => wantedOf(record, tenant)),
    evidence.envelopes,
  )
  const states = new Map<EvidenceRecord, ContentState>()
  for (const [index, record] of records.entries()) {
    const content = opened[index]
    // Past the bound, that an envelope is not at hand says nothing.
    if (content !== undefined && (isWhole || content.state !== 'missing'))
      states.set(record, content)
  }
  const kin = new Map<string, readonly EvidenceRecord[]>()
  for (const [key, versions] of evidence.kin)
    kin.set(
      key,
      versions.map((record) => withText(record, states.get(record))),
    )
  return { ...evidence, kin }
}

/** Of a model call nothing is looked at unless its envelope was sought: most of them no answer quotes. */
function isWanted(record: EvidenceRecord, { envelopes }: Evidence): boolean {
  if (record.content_commitment === '') return false
  return record.kind !== 'model_call' || envelopes.has(record.content_ref)
}

function wantedOf(record: EvidenceRecord, tenant: string): WantedContent {
  return {
    tenant,
    traceIdHex: record.key.slice(0, 32),
    spanIdHex: record.key.slice(33),
    part: 'content',
    commitmentHex: record.content_commitment,
    refHex: record.content_ref,
    receivedUnixNs: parseInstant(toInstant(record.received_at), 'received_at'),
  }
}

function withText(record: EvidenceRecord, content: ContentState | undefined): EvidenceRecord {
  if (content === undefined) return record
  const text = content.state === 'text' ? content.text : ''
  return { ...record, content: text, content_state: content }
}
