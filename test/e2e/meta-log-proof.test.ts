import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  generateNoteKey,
  leafHash,
  parseCheckpoint,
  parseKeyEpochs,
  parseNote,
  parseSkey,
  parseTlogProof,
  parseVkey,
  verifyCheckpoint,
  verifyEpochCheckpoint,
  verifyInclusion,
} from '@whodid/tlog'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { sendSpans, toolCall } from '../harness/send-spans.ts'
import { startTestMetaLog } from '../harness/test-meta-log.ts'
import type { TestMetaLog } from '../harness/test-meta-log.ts'
import { startTestWitness } from '../harness/test-witness.ts'
import type { TestWitness } from '../harness/test-witness.ts'
import { startWhodidProcess } from '../harness/whodid-process.ts'
import type { WhodidProcess } from '../harness/whodid-process.ts'

/** From a record to the root of a meta-log that a witness has cosigned: in the proof of an act, and in a package. */
const verifier = fileURLToPath(new URL('../../packages/evidence/verify.mjs', import.meta.url))
const resource = 't:recorded:1'
const waitMs = { timeout: 120_000, interval: 200 }
const bytes = (base64: string): Buffer => Buffer.from(base64, 'base64')

interface MetaLogProof {
  readonly state: string
  readonly why: string
  readonly log: string
  readonly index: number
  readonly entry: string
  readonly record_proof: readonly string[]
  readonly proof: readonly string[]
  readonly checkpoint: string
  readonly tlog_proof: string
}

interface Trust {
  readonly witnesses: readonly string[]
  readonly quorum: number
  readonly meta_logs: readonly string[]
}

let meta: TestMetaLog
let witness: TestWitness
let whodid: WhodidProcess
let dir: string

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'whodid-recorded-'))
  const name = 'meta.test/all'
  const signer = parseSkey(generateNoteKey(name, 'note').skey)
  const receipts = parseSkey(generateNoteKey(name, 'cosignature').skey)
  witness = await startTestWitness('witness.test/w1', [signer.verifier])
  meta = await startTestMetaLog({ signer, receipts }, [witness.endpoint])
  whodid = await startWhodidProcess({
    environment: {
      WHODID_LOG_ORIGIN: 'ledger.example/recorded',
      WHODID_META_LOG: `${receipts.verifier.vkey} ${meta.url}`,
      WHODID_META_KEY: signer.verifier.vkey,
    },
  })
  await sendSpans(whodid, 'recorded', [toolCall('update', resource)])
  await whodid.whoDid(resource, ({ integrity }) => integrity.state === 'sealed')
})

afterAll(async () => {
  await whodid.remove()
  await meta.stop().catch(() => undefined)
  await witness.stop()
  await rm(dir, { recursive: true, force: true })
})

async function prove(): Promise<{
  entry: string
  record: string
  index: number
  meta_log: MetaLogProof
}> {
  const { integrity } = await whodid.whoDid(resource)
  const answer = await whodid.get(integrity.proof ?? '')
  expect(answer.status).toBe(200)
  // The schema of the API is tested where it is served.
  return (await answer.json()) as {
    entry: string
    record: string
    index: number
    meta_log: MetaLogProof
  }
}

async function exportEvidence(): Promise<Trust> {
  const answer = await fetch(`${whodid.apiUrl}/v1/exports`, {
    method: 'POST',
    body: JSON.stringify({ of: resource }),
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${whodid.tokens.investigator}`,
    },
  })
  expect(answer.status).toBe(200)
  await writeFile(join(dir, 'case.zip'), Buffer.from(await answer.arrayBuffer()))
  // As above.
  return (await (await whodid.get('/v1/trust')).json()) as Trust
}

async function verify(trust: Trust): Promise<{ code: number; said: string }> {
  await writeFile(join(dir, 'trust.json'), JSON.stringify(trust))
  const argv = [verifier, 'case.zip', '--trust', 'trust.json']
  return new Promise((resolve) => {
    execFile(process.execPath, argv, { cwd: dir, env: {} }, (error, said) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, said })
    })
  })
}

test('a log that is not registered is in no meta-log: proof and package say so', async () => {
  expect((await prove()).meta_log).toEqual({
    state: 'pending',
    why: expect.stringContaining('is a checkpoint of ledger.example/recorded'),
  })
  const trust = await exportEvidence()
  expect(trust.meta_logs).toEqual([meta.keys.signer.verifier.vkey])
  const { code, said } = await verify(trust)
  expect(said).toContain('FAILED unrecorded: meta-log/recorded.json: pending')
  expect(code).toBe(10)
})

test('a record is proven up to the root of the meta-log, offline too', async () => {
  const keys = await readFile(join(whodid.dataDir, 'tlog', 'recorded', 'keys'))
  await meta.add(parseKeyEpochs(keys)[0]?.vkey ?? '')
  const proven = await vi.waitFor(async () => {
    // An idle log offers nothing new until its heartbeat.
    await sendSpans(whodid, 'recorded later', [toolCall('read', 't:recorded:2')])
    const found = await prove()
    expect(found.meta_log.state).toBe('included')
    const { checkpoint } = found.meta_log
    expect(
      verifyCheckpoint(checkpoint, meta.keys.signer.verifier, [witness.endpoint.key]),
    ).toMatchObject({
      cosignatures: [expect.anything()],
    })
    return found
  }, waitMs)
  const { entry, record_proof, proof, checkpoint, index, tlog_proof } = proven.meta_log
  const { size, root } = parseCheckpoint(parseNote(checkpoint).text)
  verifyInclusion({
    leaf: leafHash(Buffer.from(entry)),
    index,
    size,
    root,
    proof: proof.map(bytes),
  })
  expect(parseTlogProof(tlog_proof)).toMatchObject({ index, checkpoint })
  const taken = verifyEpochCheckpoint(entry, parseKeyEpochs(keys))
  const leaf = leafHash(bytes(proven.entry))
  verifyInclusion({ ...taken, leaf, index: proven.index, proof: record_proof.map(bytes) })

  const { key } = witness.endpoint
  // The meta-log goes on: its newest checkpoint may not be cosigned yet when a package is taken.
  const trust = await vi.waitFor(async () => {
    const taken = await exportEvidence()
    // Whoever trusts the meta-log's witness needs none of the log's own.
    const witnessed = await verify({ ...taken, witnesses: [key.vkey], quorum: 1 })
    expect(witnessed).toMatchObject({ code: 0, said: expect.stringContaining('\nWITNESSED') })
    return taken
  }, waitMs)
  expect(await verify(trust)).toMatchObject({ code: 0, said: expect.stringContaining('RECORDED') })
  const unasked = await verify({ ...trust, meta_logs: [], witnesses: [key.vkey], quorum: 1 })
  expect(unasked).toMatchObject({ code: 10, said: expect.stringContaining('FAILED unwitnessed') })
  const other = generateNoteKey('meta.test/all', 'note').vkey
  expect((await verify({ ...trust, meta_logs: [parseVkey(other).vkey] })).code).toBe(40)
})

test('a meta-log that does not answer is said to be unreachable, and the rest of the proof stands', async () => {
  await meta.stop()
  const { meta_log: found, record } = await prove()
  expect(found).toEqual({ state: 'unreachable', why: expect.stringContaining('meta.test/all') })
  expect(bytes(record).includes(resource)).toBe(true)
  expect(await verify(await exportEvidence())).toMatchObject({
    code: 10,
    said: expect.stringContaining('FAILED unrecorded: meta-log/recorded.json: unreachable'),
  })
})
