import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startWhodidProcess } from '../harness/whodid-process.ts'
import type { WhodidProcess } from '../harness/whodid-process.ts'

const main = fileURLToPath(new URL('../../packages/cli/dist/main.js', import.meta.url))
let whodid: WhodidProcess

beforeAll(async () => {
  whodid = await startWhodidProcess()
})

afterAll(async () => {
  await whodid.remove()
})

async function quarantine(action: string): Promise<unknown> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [main, 'quarantine', action, '--json'],
    { env: { PATH: process.env['PATH'], WHODID_DATA_DIR: whodid.dataDir } },
  )
  return JSON.parse(stdout)
}

test('a rejected span is kept, counted, listed, and still rejected when it is replayed', async () => {
  const span = (traceId: string): object => ({
    traceId,
    spanId: 'b'.repeat(16),
    name: 'act',
    startTimeUnixNano: `${BigInt(Date.now()) * 1_000_000n}`,
  })
  const spans = [span('a'.repeat(32)), span('abcd')]
  const response = await fetch(`${whodid.otlpUrl}/v1/traces`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${whodid.tokens.ingest}`,
    },
    body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }),
  })
  expect(await response.json()).toMatchObject({ partialSuccess: { rejectedSpans: '1' } })

  const metrics = await whodid.get('/metrics')
  expect(metrics.status).toBe(200)
  const text = await metrics.text()
  expect(text).toContain('whodid_records_total{outcome="quarantined"} 1\n')
  expect(text).toContain('whodid_quarantine_files 1\n')
  expect(text).toMatch(/^whodid_insert_seconds_bucket\{le="\+Inf"\} \d+$/mu)
  expect((await whodid.get('/metrics', whodid.tokens.ingest)).status).toBe(403)

  expect(await quarantine('list')).toMatchObject({
    quarantine: [{ exporter: 'ingest', reason_code: 'invalid_span', replay_wanted: false }],
  })
  expect(await quarantine('replay')).toEqual({ stored: 0, rejected: 1, waiting: 0 })
})
