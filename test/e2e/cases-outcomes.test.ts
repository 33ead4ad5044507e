import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startCollector } from '@whodid/collector'
import type { Collector } from '@whodid/collector'
import type { WhoDidAnswer } from '@whodid/model'
import { startLedger } from '../harness/ledger.ts'
import type { Ledger } from '../harness/ledger.ts'

// What was sent in cases where an outcome was told wrongly or not at all, modelled on public reports and real packages.
const names = [
  'unset-status-means-ok',
  'mcp-iserror-unset-status',
  'real-strands-failed-tool',
  'parallel-same-call-id',
  'real-fastmcp',
  'claude-code-rejected-bash',
]

let ledger: Ledger
let collector: Collector
let logDir = ''
const token = randomBytes(16).toString('hex')

beforeAll(async () => {
  ledger = await startLedger()
  logDir = await mkdtemp(join(tmpdir(), 'whodid-log-'))
  const tokenSha256 = createHash('sha256').update(token).digest('hex')
  collector = await startCollector({
    host: '127.0.0.1',
    httpPort: 0,
    logDir,
    ingestClients: [
      { name: 'any', tenant: 'default', tokenSha256, templates: '*', humans: true, services: true },
    ],
    appender: ledger.appender,
    keys: ledger.keys,
  })
  for (const name of names) await sendCase(name)
  await collector.stored()
})

afterAll(async () => {
  await collector.stop()
  await ledger.stop()
  await rm(logDir, { recursive: true, force: true })
})

async function sendCase(name: string): Promise<void> {
  const file = new URL(`../vectors/cases/${name}.json`, import.meta.url)
  // The files are our own; a test fails loudly where one has another shape.
  const { requests } = JSON.parse(await readFile(file, 'utf8')) as { requests: object[] }
  for (const request of requests) {
    const response = await fetch(`${collector.url}/v1/traces`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${token}`,
        connection: 'close',
      },
      body: JSON.stringify(request),
    })
    expect([name, response.status, await response.text()]).toEqual([name, 200, '{}'])
  }
}

const codes = ({ reasons }: WhoDidAnswer): string[] => reasons.map(({ code }) => code)

describe('a status that is unset', () => {
  test('is a success by a named rule where the vocabulary marks failures', async () => {
    const answer = await ledger.ask('trace:9e39d5bd30a625264c4f5bebcbadace1')
    expect(answer).toMatchObject({
      verdict: 'agent',
      agent: { template: { id: 'mailer' } },
      action: { tool: 'send_invoice', outcome: 'success', outcome_grade: 'inferred' },
    })
    const reason = answer.reasons.find(({ code }) => code === 'outcome_inferred')
    expect(reason?.text).toContain('status_unset_gen_ai_tool')
    expect(reason?.span).toBe(answer.action?.span)
  })

  test('of one of two calls under one call ID says nothing of the other', async () => {
    const moved = await ledger.ask('file:/srv/a.txt')
    expect(moved).toMatchObject({
      verdict: 'agent',
      agent: { template: { id: 'mover' } },
      action: {
        span: '8fd2b4ca062c769895173984d697483b-22e8e647015fe603',
        verb: 'update',
        outcome: 'success',
      },
    })
    const other = await ledger.ask('span:8fd2b4ca062c769895173984d697483b-f330a6c764a01d3c')
    expect(other.action).toMatchObject({ outcome: 'failure', outcome_grade: 'channel' })
    expect(codes(other)).not.toContain('outcome_inferred')
    expect((await ledger.ask('file:/srv/b.txt')).action?.outcome).not.toBe('success')
  })

  test('of MCP’s client span is a success, of the message that it sends says nothing', async () => {
    const trace = '1fccc3212f095ca4908c1fefba863efc'
    const call = await ledger.ask(`span:${trace}-ae9001277fb0c0a6`)
    expect(call.action).toMatchObject({
      tool: 'refund_order',
      outcome: 'success',
      outcome_grade: 'inferred',
    })
    const failed = await ledger.ask(`span:${trace}-a73e15ca050d6636`)
    expect(failed.action).toMatchObject({ tool: 'refund_bad', outcome: 'failure' })
    const message = await ledger.ask(`span:${trace}-22f654a127a7d021`)
    expect(message.action?.outcome).not.toBe('success')
    expect(await ledger.ask(`trace:${trace}`)).toMatchObject({
      verdict: 'agent',
      agent: { template: { id: 'desk' } },
      delegator: { id: 'zoe@shop.example' },
      action: { tool: 'refund_order', outcome: 'success' },
    })
  })
})

describe('a statement of failure', () => {
  test('in the result’s own text outranks the presence of a result', async () => {
    const trace = 'aef759da5c3efe50d7b000f1e051ad49'
    const answer = await ledger.ask(`span:${trace}-20d28b5bb66381b2`)
    expect(answer.action).toMatchObject({ tool: 'post_entry', outcome: 'failure' })
    expect(codes(answer)).toContain('outcome_inferred')
    expect((await ledger.ask(`trace:${trace}`)).action?.outcome).not.toBe('success')
  })

  test('in an attribute outranks a status OK', async () => {
    const trace = 'f9399e412a18a1f971d01448618ebdf3'
    const answer = await ledger.ask(`span:${trace}-a6171ad7442cf6da`)
    expect(answer.action).toMatchObject({
      tool: 'refund_fail',
      outcome: 'failure',
      outcome_grade: 'channel',
    })
    expect((await ledger.ask(`trace:${trace}`)).action?.outcome).not.toBe('success')
  })
})

describe('a call that a person rejected', () => {
  const trace = '34f909ec6c5f37dea23b7bb16f702687'

  test('has an approval that says so', async () => {
    const answer = await ledger.ask(`span:${trace}-2712b230ff049233`)
    expect(answer.action).toMatchObject({ record_kind: 'approval', outcome: 'denied' })
  })

  test('is denied, and was never done', async () => {
    const answer = await ledger.ask(`span:${trace}-58f5c4dfd9d0e8da`)
    expect(answer.action).toMatchObject({ tool: 'Bash', outcome: 'denied' })
    expect((await ledger.ask(`trace:${trace}`)).action?.outcome).not.toBe('success')
  })
})
