import { readdir, readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { connectGrpc, logsPath, tracesPath } from '../harness/grpc-client.ts'
import { memoryStore, sendHttp, startMemoryCollector } from '../harness/memory-collector.ts'
import type { MemoryCollector, MemoryStore } from '../harness/memory-collector.ts'

const vectors = new URL('../vectors/otlp/', import.meta.url)
const names = ['grpc-logs', 'grpc-traces', 'http-logs', 'http-traces']

let store: MemoryStore
let collector: MemoryCollector

beforeAll(async () => {
  store = memoryStore()
  collector = await startMemoryCollector({}, store)
})

afterAll(() => collector.remove())

it.each(['python', 'go'])('%s: everything is recorded that the tests name', async (language) => {
  expect((await readdir(new URL(language, vectors))).toSorted()).toEqual(
    names.map((n) => `${n}.bin`),
  )
})

it.each(['python', 'go'].flatMap((language) => names.map((name) => [language, name] as const)))(
  'what %s’s exporter sent as %s is stored whole, and once, whichever transport brings it',
  async (language, name) => {
    const body = await readFile(new URL(`${language}/${name}.bin`, vectors))
    const isLogs = name.endsWith('logs')
    const before = collector.metrics()
    const client = connectGrpc(collector.grpcAddress)
    const told = await client.call({ path: isLogs ? logsPath : tracesPath, body })
    client.close()
    expect([told.code, told.body.length]).toEqual([0, 0])
    const answer = await sendHttp(collector, {
      path: isLogs ? '/v1/logs' : '/v1/traces',
      headers: { 'content-type': 'application/x-protobuf' },
      body,
    })
    expect([answer.status, answer.body.length]).toEqual([200, 0])
    const after = collector.metrics()
    const count = isLogs ? 1 : 2
    expect(after.recordsLogged - before.recordsLogged).toBe(count)
    expect(after.recordsDuplicate - before.recordsDuplicate).toBe(count)
  },
)

it('reaches the store', async () => {
  await collector.stored()
  expect(collector.metrics()).toMatchObject({ recordsStored: 12, recordsRejected: 0 })
  expect(store.batches.length).toBeGreaterThan(0)
})
