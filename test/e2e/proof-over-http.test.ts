import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { entryOfForm } from '@whodid/model'
import {
  leafHash,
  parseCheckpoint,
  parseKeyEpochs,
  parseNote,
  parseTlogProof,
  tilePath,
  verifyConsistency,
  verifyEpochCheckpoint,
  verifyInclusion,
} from '@whodid/tlog'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sendSpans, toolCall } from '../harness/send-spans.ts'
import { startWhodidProcess } from '../harness/whodid-process.ts'
import type { WhodidProcess } from '../harness/whodid-process.ts'

interface Proof {
  readonly index: number
  readonly entry: string
  readonly record: string
  readonly proof: readonly string[]
  readonly checkpoint: string
  readonly tlog_proof: string
}

interface List {
  readonly checkpoints: readonly {
    readonly size: number
    readonly checkpoint: string
    readonly consistency: readonly string[]
  }[]
}

const resource = 't:proved:1'
const bytes = (base64: string): Buffer => Buffer.from(base64, 'base64')

let whodid: WhodidProcess
let treeDir: string

beforeAll(async () => {
  whodid = await startWhodidProcess({ environment: { WHODID_LOG_ORIGIN: 'ledger.example/proved' } })
  treeDir = join(whodid.dataDir, 'tlog', 'proved')
  await sendSpans(whodid, 'proved', [toolCall('update', resource), toolCall('update', 't:other:2')])
  await whodid.whoDid(resource, ({ integrity }) => integrity.state === 'sealed')
})

afterAll(async () => {
  await whodid.remove()
})

test('an answer names its place, its checkpoint and its proof, which a stranger can check', async () => {
  const { integrity, gaps } = await whodid.whoDid(resource)
  expect(integrity).toMatchObject({ state: 'sealed', log: 'ledger.example/proved', findings: [] })
  expect(gaps.map(({ code }) => code)).not.toContain('unsealed')
  // The schemas of the API are tested where they are served.
  const proof = (await (await whodid.get(integrity.proof ?? '')).json()) as Proof
  const epochs = parseKeyEpochs(await readFile(join(treeDir, 'keys')))
  const { size, root } = verifyEpochCheckpoint(proof.checkpoint, epochs)
  const { index } = proof
  verifyInclusion({
    leaf: leafHash(bytes(proof.entry)),
    index,
    size,
    root,
    proof: proof.proof.map(bytes),
  })
  expect(index).toBe(integrity.index)
  expect(entryOfForm(bytes(proof.record))).toEqual(bytes(proof.entry))
  expect(bytes(proof.record).includes(resource)).toBe(true)
  expect(parseTlogProof(proof.tlog_proof)).toMatchObject({ index, checkpoint: proof.checkpoint })
})

test('a proof of what is not on record, and not sealed, is refused by name', async () => {
  const response = await whodid.get('/v1/actions/no-such-action/proof')
  expect(response.status).toBe(404)
  expect(await response.json()).toMatchObject({ code: 'not_found' })
})

test('the checkpoints continue each other, and tools without a token read the tree', async () => {
  await sendSpans(whodid, 'proved later', [toolCall('update', 't:later:3')])
  await whodid.whoDid('t:later:3', ({ integrity }) => integrity.state === 'sealed')
  // As above.
  const list = (await (await whodid.get('/v1/checkpoints?from=1')).json()) as List
  expect(list.checkpoints.length).toBeGreaterThan(1)
  for (const [place, { checkpoint, consistency, size: to }] of list.checkpoints.entries()) {
    const earlier = list.checkpoints[place - 1]
    if (earlier === undefined) continue
    const { root: fromRoot } = parseCheckpoint(parseNote(earlier.checkpoint).text)
    const { root: toRoot } = parseCheckpoint(parseNote(checkpoint).text)
    verifyConsistency({ from: earlier.size, fromRoot, to, toRoot, proof: consistency.map(bytes) })
  }
  const base = `${whodid.apiUrl}/v1/logs/proved`
  const served = await fetch(`${base}/checkpoint`)
  const { size } = parseCheckpoint(parseNote(await served.text()).text)
  expect(served.headers.get('cache-control')).toBe('no-store')
  const tile = await fetch(`${base}/${tilePath({ level: 0, index: 0, width: 1 })}`)
  expect((await tile.arrayBuffer()).byteLength).toBe(32)
  expect(tile.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
  expect(size).toBeGreaterThan(1)
  for (const path of ['tile/0/000.p/999', 'tile/0/..%2Fkeys', 'keys', 'tile/entries/000']) {
    const absent = await fetch(`${base}/${path}`)
    expect(absent.status, path).toBe(404)
    expect(absent.headers.get('cache-control'), path).toBe('no-store')
  }
})

test('a tile that no checkpoint covers is not served, for a cache would keep it as it is now', async () => {
  const { size } = parseCheckpoint(
    parseNote(await readFile(join(treeDir, 'checkpoint'), 'utf8')).text,
  )
  // What a crash leaves of a tile that was being written.
  const torn = tilePath({ level: 0, index: 200, width: 9 })
  await mkdir(join(treeDir, torn, '..'), { recursive: true })
  await writeFile(join(treeDir, torn), Buffer.alloc(9 * 32 - 1))
  expect(size).toBeLessThan(200 * 256)
  const answer = await fetch(`${whodid.apiUrl}/v1/logs/proved/${torn}`)
  expect(answer.status).toBe(404)
  await rm(join(treeDir, torn, '..'), { recursive: true })
})

test('an answer whose tree was altered says so, and gives no proof', async () => {
  const note = await readFile(join(treeDir, 'checkpoint'), 'utf8')
  const { size } = parseCheckpoint(parseNote(note).text)
  const path = join(treeDir, tilePath({ level: 0, index: 0, width: size }))
  const tile = await readFile(path)
  const flipped = Buffer.from(tile.map((byte) => byte ^ 1))
  await writeFile(path, flipped)
  expect(flipped.equals(tile)).toBe(false)
  const found = await whodid.whoDid(resource, ({ integrity }) => integrity.state === 'failed')
  expect(found.integrity).toMatchObject({ state: 'failed', proof: null, checkpoint: null })
  expect(found.integrity.findings.length).toBeGreaterThan(0)
  expect(found.summary).toContain('DO NOT RELY ON THIS')
  await writeFile(path, tile)
  await whodid.whoDid(resource, ({ integrity }) => integrity.state === 'sealed')
})
