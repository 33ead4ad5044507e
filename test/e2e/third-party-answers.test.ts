import { createHash, randomBytes } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startCollector } from '@whodid/collector'
import type { Collector } from '@whodid/collector'
import { whoDidAnswerSchema } from '@whodid/model/answers'
import { startLedger } from '../harness/ledger.ts'
import type { Ledger } from '../harness/ledger.ts'

const folder = fileURLToPath(new URL('../vectors/otlp/', import.meta.url))
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.json'))
  .sort()
const traceFiles = files.filter((name) => name.endsWith('-traces.json'))

interface Recorded {
  readonly resourceSpans?: {
    readonly scopeSpans: {
      readonly spans: { readonly traceId: string; readonly spanId: string; readonly name: string }[]
    }[]
  }[]
}

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
  for (const file of files) {
    const path = file.endsWith('-traces.json') ? '/v1/traces' : '/v1/logs'
    const answer = await send(path, await readFile(join(folder, file), 'utf8'))
    expect([file, answer.status, await answer.text()]).toEqual([file, 200, '{}'])
  }
  await collector.stored()
})

afterAll(async () => {
  await collector.stop()
  await ledger.stop()
  await rm(logDir, { recursive: true, force: true })
})

function send(path: string, body: string): Promise<Response> {
  return fetch(`${collector.url}${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${token}`,
      connection: 'close',
    },
    body,
  })
}

async function spansOf(file: string): Promise<{ ref: string; name: string }[]> {
  // The recorded files are our own vectors; the test fails loudly where one has another shape.
  const recorded = JSON.parse(await readFile(join(folder, file), 'utf8')) as Recorded
  return (recorded.resourceSpans ?? [])
    .flatMap((resource) => resource.scopeSpans.flatMap((scope) => scope.spans))
    .map((span) => ({ ref: `${span.traceId}-${span.spanId}`.toLowerCase(), name: span.name }))
}

describe('what real, unmodified emitters sent', () => {
  test.each(traceFiles)('%s: every span is answered, and nothing is made up', async (file) => {
    for (const { ref, name } of await spansOf(file)) {
      const answer = await ledger.ask(`span:${ref}`)
      expect(whoDidAnswerSchema.safeParse(answer).error).toBeUndefined()
      expect(answer.action, name).toMatchObject({ span: ref })
      // None of these emitters speaks Whodid's vocabulary: whatever is known of the actor was derived.
      expect(['inferred', 'none']).toContain(answer.grade)
      if (answer.verdict === 'undetermined') expect(answer.actor).toBeNull()
      else expect(answer).toMatchObject({ verdict: 'agent', actor: { grade: 'inferred' } })
      const gaps = answer.gaps.map((gap) => gap.code)
      expect(gaps).toContain('unsealed')
      expect(gaps.includes('missing_instance')).toBe(!answer.agent?.instance)
      expect(gaps.includes('missing_delegator')).toBe(!answer.delegator)
      // One for the act and what surrounds it, and a few where a prompt's text or a linked run is looked for.
      expect(answer.cost.statements).toBeGreaterThanOrEqual(1)
      expect(answer.cost.statements).toBeLessThanOrEqual(6)
    }
  })

  test('an AI SDK tool call: template and user by rule, the prompt from the span above', async () => {
    const spans = await spansOf('ai-sdk-v6/0002-traces.json')
    const tool = spans.find((span) => span.name === 'ai.toolCall')
    const answer = await ledger.ask(`span:${tool?.ref ?? ''}`)
    expect(answer).toMatchObject({
      verdict: 'agent',
      grade: 'inferred',
      action: { record_kind: 'tool_call' },
    })
    expect(answer.chain.length).toBeGreaterThan(1)
    expect(answer.delegator?.grade).toBe('inferred')
  })

  test("Claude Code: the anonymous device hash is nobody's delegator, a missing remote parent is a gap", async () => {
    const spans = await spansOf('claude-code-basic/0006-traces.json')
    const tool = spans.find((span) => span.name === 'claude_code.tool')
    const answer = await ledger.ask(`span:${tool?.ref ?? ''}`)
    expect(answer.delegator).toBeNull()
    expect(answer.gaps.map((gap) => gap.code)).toEqual(
      expect.arrayContaining(['missing_delegator', 'missing_parent']),
    )
  })

  test('sent again, nothing is stored twice', async () => {
    const count = 'SELECT count() FROM whodid.spans'
    const before = await ledger.sql('reader', count)
    for (const file of traceFiles)
      expect((await send('/v1/traces', await readFile(join(folder, file), 'utf8'))).status).toBe(
        200,
      )
    await collector.stored()
    expect(await ledger.sql('reader', count)).toBe(before)
  })
})
