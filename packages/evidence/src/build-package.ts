import { formatKeyEpochs } from '@whodid/tlog'
import type { NoteSigner } from '@whodid/tlog'
import { packageRecordsMax } from './evidence.ts'
import type { Evidence, LogEvidence } from './evidence.ts'
import { answerJson, evidenceJson } from './state-evidence.ts'
import { manifestOf, statementOf, signManifest } from './manifest.ts'
import { ocsfEvent } from './ocsf-event.ts'
import { recordRow } from '@whodid/model'
import type { RecordRow } from '@whodid/model'
import { timelineEvents } from './record-sentence.ts'
import { readVerifier, verifyGuide } from './verify-guide.ts'
import { writeZip } from './write-zip.ts'

/**
 * Builds an evidence package: a zip that a stranger can check offline with the `verify.mjs` inside, or better with their own
 * copy of it. Equal evidence signed by the same key makes equal bytes; two exports differ in `made_at` and in the list of
 * reads, which has grown. Its files are listed in `docs/howto/evidence.md`.
 *
 * Throws a RangeError for more than {@link packageRecordsMax} records, and for bytes that are no record. Does NOT check the
 * proofs: what does not hold is as much evidence as what does.
 */
export function buildPackage(evidence: Evidence, signer: NoteSigner): Buffer {
  if (evidence.records.length > packageRecordsMax)
    throw new RangeError(`a package holds at most ${packageRecordsMax} records`)
  const rows = evidence.records.map(({ form }) => recordRow(form))
  const files = new Map<string, Buffer>()
  const add = (name: string, text: string | Buffer): unknown => files.set(name, Buffer.from(text))
  add('VERIFY.md', verifyGuide(evidence))
  add('answer.json', answerJson(evidence.answer))
  add('evidence.json', evidenceJson(evidence))
  add('records.jsonl', lines(rows))
  add('records.bin', Buffer.concat(evidence.records.flatMap(({ form }) => [lengthOf(form), form])))
  for (const [index, { proof }] of evidence.records.entries())
    if (proof !== '') add(proofPath(rows[index] ?? {}), proof)
  if (evidence.statement !== undefined) {
    const { form, proof } = evidence.statement
    add('statement.bin', Buffer.concat([lengthOf(form), form]))
    add(proofPath(recordRow(form)), proof)
  }
  for (const log of evidence.logs) addLog(log, add)
  for (const content of evidence.contents) {
    const { tenant, span, part, salt, hashes, text } = content
    const opened = { tenant, span, part, salt, hashes, text }
    add(`content/${span}.${part}.json`, `${JSON.stringify(opened)}\n`)
  }
  add('absent.jsonl', lines(evidence.absentContents))
  add('custody.jsonl', lines(evidence.custody))
  if (evidence.caseEntries !== undefined) add('case.jsonl', lines(evidence.caseEntries))
  add('timeline.jsonl', lines(timelineOf(rows)))
  add('ocsf.jsonl', lines(rows.map(ocsfEvent)))
  add('verify.mjs', readVerifier())
  add('manifest.json', `${JSON.stringify(manifestOf(evidence, files), null, 2)}\n`)
  add('manifest.dsse.json', signManifest(statementOf(evidence, files), signer))
  return writeZip(files)
}

function addLog(
  { name, epochs, checkpoints, metaLog }: LogEvidence,
  add: (name: string, text: string) => unknown,
): void {
  const history = checkpoints.map(({ note, consistency }) => ({
    note,
    consistency: consistency.map((hash) => hash.toString('base64')),
  }))
  add(`checkpoints/${name}.json`, `${JSON.stringify(history, null, 2)}\n`)
  add(`checkpoints/${name}.keys`, formatKeyEpochs(epochs))
  if (metaLog !== undefined) add(`meta-log/${name}.json`, `${JSON.stringify(metaLog)}\n`)
}

function proofPath(row: RecordRow): string {
  const log = String(row['log_id'])
  return `proofs/${log.slice(log.lastIndexOf('/') + 1)}/${String(row['log_index'])}.tlog-proof`
}

function timelineOf(rows: readonly RecordRow[]): unknown[] {
  return rows
    .flatMap(timelineEvents)
    .toSorted((a, b) => (a.datetime < b.datetime ? -1 : Number(a.datetime > b.datetime)))
}

function lines(values: readonly unknown[]): string {
  return values.map((value) => `${JSON.stringify(value)}\n`).join('')
}

function lengthOf(form: Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(form.length)
  return length
}
