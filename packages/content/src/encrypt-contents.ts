import { hash, randomFillSync } from 'node:crypto'
import type { LedgerRecord } from '@whodid/model'
import { commitContent } from './commit-content.ts'
import type { ContentKey, ContentKeys } from './content-keys.ts'
import {
  contentRefBytes,
  encryptEnvelope,
  entryBytesMax,
  nonceBytes,
  writeEntry,
} from './envelope.ts'
import type { ContentPart } from './envelope.ts'

/** Plain bytes after which an envelope is closed and another begun. */
const envelopeBytes = 128 * 1024

/**
 * Takes the text out of records, in place: its commitments stay with the record, the text goes into envelopes, one for
 * each subject. Every key is on the disk before this resolves, so that a record logged afterwards can be read after any crash.
 *
 * Records without text are left as they are.
 */
export async function encryptContents(
  keys: ContentKeys,
  records: readonly LedgerRecord[],
): Promise<void> {
  const tenants = new Map<string, Map<string, LedgerRecord[]>>()
  for (const record of records) if (hasText(record)) groupOf(tenants, record).push(record)
  for (const [tenant, groups] of tenants) {
    const ready = await keys.keysFor(tenant, groups.keys())
    for (const [subject, group] of groups) {
      const key = ready.get(subject)
      if (key === undefined) throw new Error('a key was asked for and not given')
      encryptGroup({ key, digestKey: keys.digestKey }, group)
    }
  }
}

const parts: readonly ContentPart[] = ['content', 'result', 'detail']

function hasText({ content, result, detail }: LedgerRecord): boolean {
  return content !== '' || result !== '' || detail !== ''
}

function groupOf(
  tenants: Map<string, Map<string, LedgerRecord[]>>,
  record: LedgerRecord,
): LedgerRecord[] {
  let groups = tenants.get(record.tenant)
  if (groups === undefined) tenants.set(record.tenant, (groups = new Map<string, LedgerRecord[]>()))
  const subject = contentSubject(record)
  let group = groups.get(subject)
  if (group === undefined) groups.set(subject, (group = []))
  return group
}

/** The plain bytes of the envelope under way; zeroed when it is encrypted. */
let plain = Buffer.alloc(2 * envelopeBytes)

interface Secrets {
  readonly key: ContentKey
  readonly digestKey: string
}

function encryptGroup(secrets: Secrets, group: readonly LedgerRecord[]): void {
  let length = 0
  let held: LedgerRecord[] = []
  for (const [index, record] of group.entries()) {
    length = encryptRecord(secrets, record, length)
    held.push(record)
    if (length < envelopeBytes && index < group.length - 1) continue
    const ref = newRef(secrets.key)
    const name = { tenant: record.tenant, ref }
    const sealed = encryptEnvelope(plain.subarray(0, length), secrets.key.key, name)
    const envelope = { refHex: ref.toString('hex'), sealed }
    for (const one of held) {
      one.envelope = envelope
      one.contentRefHex = envelope.refHex
    }
    plain.fill(0, 0, length)
    held = []
    length = 0
  }
}

function encryptRecord(
  { digestKey }: Pick<Secrets, 'digestKey'>,
  record: LedgerRecord,
  start: number,
): number {
  record.textDigestHex = digestOf(digestKey, record)
  let at = start
  for (const part of parts) {
    const text = record[part]
    if (text === '') continue
    const needed = at + entryBytesMax(text)
    if (needed > plain.length) plain = Buffer.concat([plain, Buffer.alloc(needed)])
    const { tenant, traceIdHex, spanIdHex } = record
    const place = { tenant, traceIdHex, spanIdHex, part }
    const nonce = random(nonceBytes)
    const commitment = commitContent(place, nonce, text)
    if (part === 'content') record.contentCommitmentHex = commitment
    else if (part === 'result') record.resultCommitmentHex = commitment
    else record.detailCommitmentHex = commitment
    at = writeEntry(plain, at, { place, nonce, text })
    record[part] = ''
  }
  return at
}

/** Distinguishes a resend from another text once the text is gone. Keyed, because a short text could be guessed from it. */
function digestOf(digestKey: string, { content, result, detail }: LedgerRecord): string {
  return hash(
    'sha256',
    `${digestKey}${content.length}:${content}${result.length}:${result}${detail}`,
  )
}

function newRef({ idHex }: ContentKey): Buffer {
  const id = Buffer.from(idHex, 'hex')
  return Buffer.concat([id, random(contentRefBytes - id.length)])
}

const pool = Buffer.alloc(8_192)
let poolAt = pool.length

/** Random bytes, valid until the pool is filled again: after some hundred calls. */
function random(bytes: number): Buffer {
  if (poolAt + bytes > pool.length) {
    randomFillSync(pool)
    poolAt = 0
  }
  poolAt += bytes
  return pool.subarray(poolAt - bytes, poolAt)
}

/** The claims that name the subject of a record's text, whose key encrypts it. */
export type SubjectClaims = Pick<
  LedgerRecord,
  'actorType' | 'delegatorId' | 'userId' | 'instanceId' | 'exporter'
>

/**
 * The subject of a record's text, as a handle: the person or service on whose behalf it was said, else the instance that
 * said it. Text that names neither belongs to its ingest client, `unattributed:<client>`, and can be erased only with all of
 * that client's.
 */
export function contentSubject(record: SubjectClaims): string {
  if (record.delegatorId !== '') return `delegator:${record.delegatorId}`
  // A human's own act: the handle `delegator:<id>` means the person in both roles.
  if (record.actorType === 'human' && record.userId !== '') return `delegator:${record.userId}`
  if (record.instanceId !== '') return `instance:${record.instanceId}`
  if (record.userId !== '') return `delegator:${record.userId}`
  return `unattributed:${record.exporter}`
}
