import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { RequestListener, Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { addSignatures, generateNoteKey, parseSkey, signText, verifyCheckpoint } from '@whodid/tlog'
import { startWitness, submitCheckpoint } from '@whodid/witness'
import type { RunningWitness, Submission, WitnessEndpoint } from '@whodid/witness'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startWitnessedLog } from '../harness/witnessed-log.ts'
import type { WitnessedLog } from '../harness/witnessed-log.ts'

const signer = parseSkey(generateNoteKey('witness.example/w1', 'cosignature').skey)

let dir: string
let log: WitnessedLog
let witness: RunningWitness
let endpoint: WitnessEndpoint
let pretender: Server | undefined

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'whodid-submit-'))
  log = startWitnessedLog()
  const logs = [log.signer.verifier]
  witness = await startWitness({ signer, logs, stateDir: dir, onEvent: () => {} })
  endpoint = { key: signer.verifier, url: witness.url }
})

afterEach(async () => {
  pretender?.closeAllConnections()
  pretender?.close()
  pretender = undefined
  await witness.stop()
  await rm(dir, { recursive: true })
})

test('is cosigned, whatever the log thinks the witness knows', async () => {
  for (const [size, oldSize] of [
    [5, undefined],
    [300, undefined],
    [70_000, 300],
    [70_001, 12],
    [70_002, 99_999],
  ] as const) {
    const checkpoint = log.growTo(size)
    const answer = await submit(checkpoint, oldSize === undefined ? {} : { oldSize })
    if (answer.outcome !== 'cosigned') throw new Error(answer.detail)
    const note = addSignatures(checkpoint, answer.lines)
    const { cosignatures } = verifyCheckpoint(note, log.signer.verifier, [signer.verifier])
    expect(cosignatures).toEqual([{ key: signer.verifier, time: answer.timeS }])
    expect(answer.size).toBe(size)
  }
})

test('is an alarm when the witness has seen more: the log was put back', async () => {
  await submit(log.growTo(300))
  log.cutTo(100)
  expect(await submit(log.growTo(120, 'another'))).toMatchObject({ outcome: 'ahead', size: 300 })
})

test('is an alarm when the log does not continue what the witness saw', async () => {
  await submit(log.growTo(300))
  log.cutTo(100)
  expect(await submit(log.growTo(301, 'another'))).toMatchObject({ outcome: 'fork' })
})

test('is refused by a witness that does not know the log', async () => {
  log = startWitnessedLog(parseSkey(generateNoteKey('example.com/other', 'note').skey))
  expect(await submit(log.growTo(3))).toMatchObject({
    outcome: 'refused',
    detail: expect.stringContaining('404'),
  })
  log = startWitnessedLog()
  expect(await submit(log.growTo(3))).toMatchObject({
    outcome: 'refused',
    detail: expect.stringContaining('403'),
  })
})

/** A line of the same key whose signature is another: a character of its end is changed, far from the key's hash and the time. */
function damaged(line: string): string {
  const at = line.length - 20
  return line.slice(0, at) + (line.charAt(at) === 'A' ? 'B' : 'A') + line.slice(at + 1)
}

test('a cosignature that is false, another’s or of another time is none', async () => {
  const checkpoint = log.growTo(3)
  const text = checkpoint.slice(0, checkpoint.indexOf('\n\n') + 1)
  const other = parseSkey(generateNoteKey('witness.example/w1', 'cosignature').skey)
  const good = signText(text, signer, 1_700_000_000)
  for (const body of [
    '',
    'ok\n',
    signText(text, other, 1),
    signText(`${text}more\n`, signer, 1),
    good + damaged(signText(text, signer, 2)),
    good.repeat(2),
    good + signText(`${text}more\n`, signer, 1),
  ])
    expect((await submitTo(reply(200, body), checkpoint)).outcome, JSON.stringify(body)).toBe(
      'refused',
    )
  // Lines of keys that are not trusted are passed over, as the specification has it.
  expect(await submitTo(reply(200, signText(text, other, 1) + good), checkpoint)).toMatchObject({
    outcome: 'cosigned',
    lines: [good],
  })
})

test('a witness that is not there, breaks or dawdles is tried another time', async () => {
  const checkpoint = log.growTo(3)
  expect(await submitTo(reply(500, 'broken'), checkpoint)).toMatchObject({ outcome: 'unreachable' })
  expect(await submitTo(reply(429, 'later'), checkpoint)).toMatchObject({ outcome: 'unreachable' })
  expect(await submitTo((request) => request.socket.destroy(), checkpoint)).toMatchObject({
    outcome: 'unreachable',
  })
  expect(await submitTo(() => {}, checkpoint, { timeoutMs: 50 })).toMatchObject({
    outcome: 'unreachable',
  })
  const elsewhere: RequestListener = (_, response) =>
    response.writeHead(307, { location: `${witness.url}/add-checkpoint` }).end()
  expect(await submitTo(elsewhere, checkpoint)).toMatchObject({ outcome: 'unreachable' })
  const endless: RequestListener = (_, response) =>
    response.writeHead(200).end('— a b\n'.repeat(60_000))
  expect(await submitTo(endless, checkpoint)).toMatchObject({ outcome: 'unreachable' })
  await new Promise((closed) => pretender!.close(closed))
  expect(await submit(checkpoint, {}, { ...endpoint, url: 'http://127.0.0.1:1' })).toMatchObject({
    outcome: 'unreachable',
  })
})

test('a witness that names another size each time is asked four times, and no more', async () => {
  const checkpoint = log.growTo(50)
  let asked = 0
  const fickle: RequestListener = (_, response) => {
    asked += 1
    response.writeHead(409, { 'content-type': 'text/x.tlog.size' }).end(`${asked}\n`)
  }
  expect(await submitTo(fickle, checkpoint)).toMatchObject({ outcome: 'unreachable' })
  expect(asked).toBe(4)
  for (const size of ['01\n', '-1\n', 'x', '', '9007199254740993\n'])
    expect(await submitTo(reply(409, size, 'text/x.tlog.size'), checkpoint)).toMatchObject({
      outcome: 'refused',
    })
  expect(await submitTo(reply(409, '3\n'), checkpoint)).toMatchObject({ outcome: 'refused' })
})

test('what is no checkpoint is not sent', async () => {
  await expect(submit('hello\n')).rejects.toThrow('note')
  const checkpoint = log.growTo(300)
  const reader = { read: () => Promise.resolve(undefined) }
  const oldSize = 5
  await expect(submitCheckpoint(endpoint, { checkpoint, reader, oldSize })).rejects.toThrow(
    'not stored',
  )
})

function submit(
  checkpoint: string,
  options: { oldSize?: number; timeoutMs?: number } = {},
  to: WitnessEndpoint = endpoint,
): Promise<Submission> {
  return submitCheckpoint(to, { checkpoint, reader: log.reader, ...options })
}

/** Submits to a server that only pretends to be the witness. */
async function submitTo(
  listener: RequestListener,
  checkpoint: string,
  options: { timeoutMs?: number } = {},
): Promise<Submission> {
  pretender?.closeAllConnections()
  pretender?.close()
  const server = createServer(listener)
  pretender = server
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('no port')
  return submit(checkpoint, options, { ...endpoint, url: `http://127.0.0.1:${address.port}` })
}

function reply(status: number, body: string, type = 'text/plain'): RequestListener {
  return (_, response) => response.writeHead(status, { 'content-type': type }).end(body)
}
