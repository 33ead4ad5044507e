import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  addSignatures,
  emptyRoot,
  formatCheckpoint,
  generateNoteKey,
  parseSkey,
  parseVkey,
  proveConsistency,
  signNote,
  signText,
  verifyCheckpoint,
} from '@whodid/tlog'
import { formatAddCheckpoint, startWitness, submitCheckpoint } from '@whodid/witness'
import type { RunningWitness, WitnessEvent, WitnessFailure } from '@whodid/witness'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { startWitnessedLog } from '../harness/witnessed-log.ts'
import type { WitnessedLog } from '../harness/witnessed-log.ts'

const waitMs = { timeout: 60_000 }

const signer = parseSkey(generateNoteKey('witness.example/w1', 'cosignature').skey)
const originHash = createHash('sha256').update('example.com/log').digest('hex')

let dir: string
let log: WitnessedLog
let witness: RunningWitness
let events: (WitnessEvent | WitnessFailure)[]

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'whodid-witness-'))
  log = startWitnessedLog()
  events = []
  witness = await start()
})

afterEach(async () => {
  await witness.stop()
  await rm(dir, { recursive: true })
})

test('cosigns a first checkpoint, and what continues it, for submitter and monitor alike', async () => {
  const first = await post(0, [], log.growTo(5))
  expect(first.status).toBe(200)
  expect(first.headers.get('content-type')).toBe('text/plain; charset=utf-8')
  const note = log.growTo(300)
  const second = await post(5, await proveConsistency(log.reader, 5, 300), note)
  const cosigned = addSignatures(note, [await second.text()])
  const { checkpoint, cosignatures } = verifyCheckpoint(cosigned, log.signer.verifier, [
    signer.verifier,
  ])
  expect(checkpoint.size).toBe(300)
  expect(Math.abs(cosignatures[0]!.time! - Date.now() / 1000)).toBeLessThan(600)
  const monitored = await fetch(`${witness.url}/${originHash}/checkpoint`)
  expect(await monitored.text()).toBe(cosigned)
  expect(events).toEqual([expect.objectContaining({ event: 'first', size: 5 })])
})

test('cosigns the same checkpoint again, which says that it is still the newest', async () => {
  const note = log.growTo(5)
  await post(0, [], note)
  expect((await post(5, [], note)).status).toBe(200)
})

test('409: says which size it knows, as the specification types it', async () => {
  await post(0, [], log.growTo(5))
  const conflict = await post(0, [], log.growTo(8))
  expect(conflict.status).toBe(409)
  expect(conflict.headers.get('content-type')).toBe('text/x.tlog.size')
  expect(await conflict.text()).toBe('5\n')
  expect((await post(7, await proveConsistency(log.reader, 7, 8), log.growTo(8))).status).toBe(409)
})

test('422: refuses what does not continue, and keeps it as evidence', async () => {
  await post(0, [], log.growTo(5))
  const other = startWitnessedLog(log.signer)
  const fork = other.growTo(5, 'another')
  const proof = await proveConsistency(log.reader, 5, 5)
  expect((await post(5, proof, fork)).status).toBe(422)
  const longer = other.growTo(9, 'another')
  expect((await post(5, await proveConsistency(other.reader, 5, 9), longer)).status).toBe(422)
  expect((await post(5, [], longer)).status).toBe(422)
  const honest = log.growTo(9)
  expect((await post(5, [emptyRoot], honest)).status).toBe(422)
  expect((await post(5, await proveConsistency(log.reader, 5, 9), honest)).status).toBe(200)
  expect(events.filter(({ event }) => event === 'conflict')).toHaveLength(4)
  const kept = await readdir(join(dir, originHash, 'conflicts'))
  const evidence = await Promise.all(
    kept.map((name) => readFile(join(dir, originHash, 'conflicts', name), 'utf8')),
  )
  // Both checkpoints of five leaves, each signed by the log: a fork that nobody can deny.
  expect(evidence.filter((text) => text.includes(fork))).toHaveLength(1)
  expect(
    evidence.every(
      (text) => text.includes('\nexample.com/log\n5\n') || text.startsWith('example.com/log\n5\n'),
    ),
  ).toBe(true)
})

test('422: an empty tree has one root, and takes no proof', async () => {
  const empty = (root: Buffer) => {
    const size = `example.com/log\n0\n${root.toString('base64')}\n`
    return signNote(size, [log.signer])
  }
  expect((await post(0, [], empty(Buffer.alloc(32)))).status).toBe(422)
  expect((await post(0, [emptyRoot], empty(emptyRoot))).status).toBe(422)
  expect((await post(0, [], empty(emptyRoot))).status).toBe(200)
  expect((await post(0, [emptyRoot], log.growTo(3))).status).toBe(422)
  expect((await post(0, [], log.growTo(3))).status).toBe(200)
})

test('404: a log that it does not know', async () => {
  const stranger = startWitnessedLog(parseSkey(generateNoteKey('example.com/other', 'note').skey))
  expect((await post(0, [], stranger.growTo(1))).status).toBe(404)
  const nobody = createHash('sha256').update('example.com/other').digest('hex')
  expect((await fetch(`${witness.url}/${nobody}/checkpoint`)).status).toBe(404)
  expect((await fetch(`${witness.url}/${originHash}/checkpoint`)).status).toBe(404)
})

test('403: no signature of the log, or a false one beside a true one', async () => {
  const note = log.growTo(1)
  const thief = parseSkey(generateNoteKey('example.com/log', 'note').skey)
  const text = note.slice(0, note.indexOf('\n\n') + 1)
  expect((await post(0, [], signNote(text, [thief]))).status).toBe(403)
  const falsified = note.replace(/(\S+) (\S+)\n$/u, (_, name: string, base64: string) => {
    const bytes = Buffer.from(base64, 'base64')
    bytes[20]! ^= 1
    return `${name} ${bytes.toString('base64')}\n`
  })
  expect((await post(0, [], falsified)).status).toBe(403)
  const both = addSignatures(falsified, [note.slice(text.length + 1)])
  expect((await post(0, [], both)).status).toBe(403)
  // Strangers' signatures are neither here nor there.
  expect((await post(0, [], addSignatures(note, [signText(text, thief)]))).status).toBe(200)
})

test('the conversation that another implementation is tested with', async () => {
  const path = join(import.meta.dirname, '../vectors/tlog/litewitness.json')
  // The file is recorded; another shape fails the comparison.
  const recorded = JSON.parse(await readFile(path, 'utf8')) as {
    readonly log: string
    readonly conversation: readonly { request: string; status: number; body: string }[]
  }
  await witness.stop()
  witness = await start([parseVkey(recorded.log)])
  const answers: string[] = []
  for (const { request } of recorded.conversation) {
    const response = await send(request)
    answers.push(`${response.status} ${response.status === 409 ? await response.text() : ''}`)
  }
  const expected = recorded.conversation.map(({ status, body }) => {
    // The specification's answer for an unknown log has become 404 since.
    if (body === 'unknown log') return '404 '
    // This signature's base64 has bits to spare that are not zero: no note at all to us.
    if (body === 'invalid signature') return '400 '
    return `${status} ${status === 409 ? body : ''}`
  })
  expect(answers).toEqual(expected)
  expect(expected.filter((answer) => answer === '200 ')).toHaveLength(3)
})

test('400: what is no request, and an old size above the new one', async () => {
  const note = log.growTo(3)
  const good = formatAddCheckpoint({ oldSize: 0, proof: [], checkpoint: note })
  const hash = `${emptyRoot.toString('base64')}\n`
  for (const bad of [
    '',
    note,
    good.replace('old 0', 'old'),
    good.replace('old 0', 'old 00'),
    good.replace('old 0', 'old -1'),
    good.replace('old 0', 'old 9007199254740992'),
    good.replace('old 0', 'new 0'),
    good.replace('old 0', 'old 0 '),
    good.replace('old 0\n', 'old 0\nAAAA\n'),
    good.replace('old 0\n', `old 0\n${hash.repeat(64)}`),
    good.replace('old 0\n', `old 0\n${hash.replace('=', '')}`),
    good.replaceAll('\n', '\r\n'),
    good.slice(0, -1),
    `${good}\n`,
    `${good}\0`,
    signNote('example.com/log\n', [log.signer]).replace(/^/u, 'old 0\n\n'),
  ])
    expect((await send(bad)).status, JSON.stringify(bad)).toBe(400)
  expect((await send(Buffer.concat([Buffer.from(good), Buffer.of(0xff)]))).status).toBe(400)
  expect((await post(4, [], note)).status).toBe(400)
  expect((await send('x'.repeat(300_000))).status).toBe(413)
  expect((await fetch(`${witness.url}/add-checkpoint`)).status).toBe(405)
  expect((await fetch(`${witness.url}/`)).status).toBe(404)
  expect((await fetch(`${witness.url}/${originHash}/checkpoint`)).status).toBe(404)
})

test('a race: of many continuations of one checkpoint, one is cosigned, and none is taken back', async () => {
  await post(0, [], log.growTo(10))
  const notes = new Map<number, string>()
  for (let size = 11; size <= 40; size++) notes.set(size, log.growTo(size))
  const proofs = new Map<number, Buffer[]>()
  for (const size of notes.keys()) proofs.set(size, await proveConsistency(log.reader, 10, size))
  const answers = await Promise.all(
    [...notes].map(async ([size, note]) => {
      const response = await post(10, proofs.get(size)!, note)
      return { size, status: response.status, text: await response.text() }
    }),
  )
  const won = answers.filter(({ status }) => status === 200)
  expect(won).toHaveLength(1)
  for (const { status, text } of answers.filter((answer) => answer !== won[0]))
    expect([status, text]).toEqual([409, `${won[0]!.size}\n`])
  const latest = await (await fetch(`${witness.url}/${originHash}/checkpoint`)).text()
  expect(latest).toContain(`\n${won[0]!.size}\n`)
})

test('a restart forgets nothing: the past still binds', async () => {
  await post(0, [], log.growTo(10))
  await witness.stop()
  witness = await start()
  log.cutTo(4)
  expect((await post(0, [], log.growTo(4))).status).toBe(409)
  const fork = log.growTo(12, 'another')
  expect((await post(10, await proveConsistency(log.reader, 10, 12), fork)).status).toBe(422)
})

test('a state that is damaged is no state: nothing is cosigned from it', async () => {
  await post(0, [], log.growTo(10))
  const next = log.growTo(11)
  const proof = await proveConsistency(log.reader, 10, 11)
  const path = join(dir, originHash, 'checkpoint')
  const note = await readFile(path, 'utf8')
  for (const damaged of [
    '',
    note.replace('\n10\n', '\n9\n'),
    note.slice(0, -5),
    '\0'.repeat(200),
  ]) {
    await writeFile(path, damaged)
    expect((await post(10, proof, next)).status).toBe(500)
    expect((await post(0, [], next)).status).toBe(500)
  }
  expect(events.at(-1)).toEqual({ event: 'failed', detail: 'the state of the witness is damaged' })
  await writeFile(path, note)
  expect((await post(10, proof, next)).status).toBe(200)
})

test('a state that cannot be written gives no cosignature', async () => {
  await writeFile(join(dir, originHash), 'in the way')
  const response = await post(0, [], log.growTo(10))
  expect(response.status).toBe(500)
  expect(await response.text()).not.toContain('—')
  await rm(join(dir, originHash))
  expect((await post(0, [], log.growTo(10))).status).toBe(200)
})

test('one directory has one witness', async () => {
  await expect(start()).rejects.toThrow('is in use')
})

test('needs a cosigner’s key, and logs’ keys', async () => {
  const elsewhere = { stateDir: `${dir}/other`, onEvent: () => {} }
  const logs = [log.signer.verifier]
  await expect(startWitness({ ...elsewhere, signer: log.signer, logs })).rejects.toThrow('type 4')
  await expect(startWitness({ ...elsewhere, signer, logs: [] })).rejects.toThrow('got none')
  await expect(startWitness({ ...elsewhere, signer, logs: [signer.verifier] })).rejects.toThrow(
    'type 1',
  )
  const port = Number(new URL(witness.url).port)
  await expect(startWitness({ ...elsewhere, signer, logs, port })).rejects.toThrow('EADDRINUSE')
})

test('either key of a log may sign while it changes keys', async () => {
  const next = parseSkey(generateNoteKey('example.com/log', 'note').skey)
  await post(0, [], log.growTo(3))
  await witness.stop()
  witness = await start([log.signer.verifier, next.verifier])
  const note = log.growTo(4)
  const text = note.slice(0, note.indexOf('\n\n') + 1)
  const renewed = signNote(text, [next])
  expect((await post(3, await proveConsistency(log.reader, 3, 4), renewed)).status).toBe(200)
})

test('a caller that says nothing holds nobody up', async () => {
  const silent = connect(Number(new URL(witness.url).port), '127.0.0.1')
  silent.write('POST /add-checkpoint HTTP/1.1\r\nhost: a\r\ncontent-length: 1000\r\n\r\nold')
  const endpoint = { key: signer.verifier, url: witness.url }
  const submitted = await submitCheckpoint(endpoint, {
    checkpoint: log.growTo(2),
    reader: log.reader,
  })
  expect(submitted.outcome).toBe('cosigned')
  silent.destroy()
})

test('has a bound on what waits, says so, and answers again when it is through', async () => {
  const body = formatAddCheckpoint({ oldSize: 0, proof: [], checkpoint: log.growTo(2) })
  const slow = Array.from({ length: 64 }, () => {
    const socket = connect(Number(new URL(witness.url).port), '127.0.0.1')
    const length = Buffer.byteLength(body)
    socket.write(`POST /add-checkpoint HTTP/1.1\r\nhost: a\r\ncontent-length: ${length}\r\n\r\n`)
    socket.on('error', () => {})
    return socket
  })
  await vi.waitFor(async () => expect((await send(body)).status).toBe(503), waitMs)
  expect((await send(body)).headers.get('retry-after')).toBe('1')
  for (const socket of slow) socket.destroy()
  await vi.waitFor(async () => expect((await send(body)).status).not.toBe(503), waitMs)
  expect((await fetch(`${witness.url}/${originHash}/checkpoint`)).status).toBe(200)
  // Callers that went away are no failure of the witness.
  expect(events.map(({ event }) => event)).toEqual(['first'])
})

test('a checkpoint’s text that the log itself would not write is not cosigned', async () => {
  const text = formatCheckpoint({ origin: 'example.com/log', size: 1, root: Buffer.alloc(32, 1) })
  const odd = signNote(text.replace('\n1\n', '\n01\n'), [log.signer])
  expect((await post(0, [], odd)).status).toBe(400)
})

function start(logs = [log.signer.verifier]): Promise<RunningWitness> {
  return startWitness({ signer, logs, stateDir: dir, onEvent: (event) => void events.push(event) })
}

function post(oldSize: number, proof: readonly Buffer[], checkpoint: string): Promise<Response> {
  return send(formatAddCheckpoint({ oldSize, proof, checkpoint }))
}

function send(body: string | Buffer): Promise<Response> {
  return fetch(`${witness.url}/add-checkpoint`, { method: 'POST', body })
}
