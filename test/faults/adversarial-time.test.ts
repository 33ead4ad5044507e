import * as model from '@whodid/model'
import { parseAddCheckpoint, parseCheckpointLogEntry, parseWitnesses } from '@whodid/witness'
import * as query from '@whodid/query'
import {
  agent,
  contentHash,
  continueFrom,
  credentialId,
  input,
  prompt,
  shutdown,
  sqlComment,
  start,
  tool,
} from '@whodid/sdk'
import * as tlog from '@whodid/tlog'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { adversarialTexts, slowness } from '../harness/adversarial-texts.ts'
import type { AdversarialText } from '../harness/adversarial-texts.ts'
import { sendHttp, spanJson, startMemoryCollector } from '../harness/memory-collector.ts'
import type { MemoryCollector } from '../harness/memory-collector.ts'
import { startOtlpSink } from '../harness/otlp-sink.ts'

// One event loop serves all senders and all who ask: a text that takes the square of its length from whoever reads it holds up
// everybody. A megabyte of anything is read within a bound of CPU, and four times the length takes not much more than four times the time.

const readers: readonly (readonly [string, (text: string) => unknown])[] = [
  ['normalizeResource', (text) => model.normalizeResource(text)],
  [
    'normalizeResource, of its longest',
    (text) => many(text, model.resourceLengthMax, model.normalizeResource),
  ],
  ['parseHandle', (text) => model.parseHandle(text)],
  ['parseHandle, of its longest', (text) => many(text, model.handleLengthMax, model.parseHandle)],
  ['parseHandle, resource', (text) => model.parseHandle(`resource:${text}`)],
  ['printable', (text) => model.printable(text)],
  ['printableLine', (text) => model.printableLine(text)],
  ['redactSecrets', (text) => model.redactSecrets(text)],
  ['parseInstant', (text) => model.parseInstant(text, 'at')],
  ['parseSpanRef', (text) => model.parseSpanRef(text)],
  ['isTraceIdHex', (text) => model.isTraceIdHex(text)],
  ['canonicalJson', (text) => model.canonicalJson({ [text]: text })],
  ['trimEnd', (text) => model.trimEnd(text, '/')],
  ['parseNote', (text) => tlog.parseNote(text)],
  ['parseNote, signatures', (text) => tlog.parseNote(`a\n\n${text}`)],
  ['parseSignatures', (text) => tlog.parseSignatures(text)],
  ['parseCheckpoint', (text) => tlog.parseCheckpoint(text)],
  ['parseVkey', (text) => tlog.parseVkey(text)],
  ['parseSkey', (text) => tlog.parseSkey(text)],
  ['parsePolicy', (text) => tlog.parsePolicy(text)],
  ['parseTilePath', (text) => tlog.parseTilePath(text)],
  ['parseTlogProof', (text) => tlog.parseTlogProof(text)],
  ['parseKeyEpochs', (text) => tlog.parseKeyEpochs(text)],
  ['decodeEntryBundle', (text) => tlog.decodeEntryBundle(Buffer.from(text))],
  ['parseAddCheckpoint', (text) => parseAddCheckpoint(text)],
  ['parseWitnesses', (text) => parseWitnesses(text, 'WHODID_WITNESSES')],
  ['parseMetaEntry', (text) => parseCheckpointLogEntry(Buffer.from(text))],
  ['parseQuestion', (text) => query.parseQuestion({ of: text })],
  [
    'parseQuestion, its other fields',
    (text) =>
      each(['at', 'from', 'to', 'verb', 'limit', 'as_recorded'], (field) =>
        query.parseQuestion({ of: 'a:b:c', [field]: text }),
      ),
  ],
  [
    'parseActionsQuestion',
    (text) =>
      each(['verb', 'cursor', 'from', 'limit', 'template', 'resource'], (field) =>
        query.parseActionsQuestion({ [field]: text }),
      ),
  ],
  ['parseInstanceQuestion', (text) => query.parseInstanceQuestion({ id: text, cursor: text })],
  ['parseTemplatesQuestion', (text) => query.parseTemplatesQuestion({ cursor: text })],
  ['parseDelegatorQuestion', (text) => query.parseDelegatorQuestion({ id: text })],
  ['parseAccessLogLimit', (text) => query.parseAccessLogLimit(text)],
  ['sqlComment', (text) => sqlComment(text)],
  ['continueFrom', (text) => continueFrom({ traceparent: text, baggage: text }, () => undefined)],
  ['contentHash', (text) => contentHash(text)],
  ['credentialId', (text) => credentialId(text)],
]

/** A whole text in pieces of a length: a request has many that are each within a bound. */
function many(text: string, length: number, read: (piece: string) => unknown): void {
  for (let at = 0; at < text.length; at += length) quietly(() => read(text.slice(at, at + length)))
}

function each(fields: readonly string[], read: (field: string) => unknown): void {
  for (const field of fields) quietly(() => read(field))
}

function quietly(act: () => unknown): void {
  try {
    act()
  } catch {
    // Refused; the next one.
  }
}

/** What was slow; a few tell where to look, and a hundred would take an hour. */
async function slowOnes(
  texts: readonly AdversarialText[],
  read: (text: string) => unknown,
  factor = 1,
): Promise<string[]> {
  const slow: string[] = []
  for (const text of texts) {
    const found = await slowness(text, read, factor)
    if (found !== undefined) slow.push(found)
    if (slow.length >= 3) break
  }
  return slow
}

describe('a megabyte of anything', () => {
  it.each(readers)('%s reads it in linear time', async (_, read) => {
    expect(await slowOnes(adversarialTexts, read)).toEqual([])
  })
})

describe('the whole way', () => {
  // The readers above meet every text; the way through all of them meets a sixth.
  const some = adversarialTexts.filter((_, index) => index % 6 === 1)
  /** Where an attribute's text is taken apart, by one convention or another; and a key may be hostile too. */
  const keys = [
    'whodid.resource.id',
    'whodid.input.source',
    'gen_ai.input.messages',
    'gen_ai.tool.call.arguments',
    'gen_ai.agent.id',
    'input.value',
    'db.query.text',
    'url.full',
    'exception.message',
  ]
  let collector: MemoryCollector

  beforeAll(async () => {
    collector = await startMemoryCollector()
  })
  afterAll(() => collector.remove())

  function bodyOf(text: string, id: number): string {
    const value = { stringValue: text }
    const attributes = [...keys, text].map((key) => ({ key, value }))
    const more = ['gen_ai.operation.name', 'http.request.method', 'db.system.name'].map((key) => ({
      key,
      value: { stringValue: 'execute_tool' },
    }))
    const span = {
      traceId: 'ab'.repeat(16),
      spanId: id.toString(16).padStart(16, '0'),
      name: text,
      kind: 3,
      startTimeUnixNano: '1',
      traceState: text,
      status: { code: 2, message: text },
      attributes: [...attributes, ...more],
      events: [{ name: text, timeUnixNano: '1', attributes }],
    }
    const resource = { attributes: [{ key: 'service.name', value }] }
    return JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans: [span] }] }] })
  }

  it('of a request through the collector takes linear time', async () => {
    let sent = 0
    const store = async (text: string): Promise<void> => {
      sent += 1
      const answer = await sendHttp(collector, { body: bodyOf(text, sent) })
      expect([200, 413]).toContain(answer.status)
    }
    // Each text stands in it twenty-five times.
    expect(await slowOnes(some, store, 25)).toEqual([])
  })

  it('of messages within messages, as deep as a text can nest them, comes to an end', async () => {
    const nested = `${'{"message":'.repeat(300_000)}{}${'}'.repeat(300_000)}`
    const attributes = [{ key: 'gen_ai.input.messages', value: { stringValue: nested } }]
    expect((await sendHttp(collector, { body: spanJson({ attributes }) })).status).toBe(200)
  })

  it('of an act through the SDK takes linear time', async () => {
    const sink = await startOtlpSink()
    start({ endpoint: sink.url })
    const act = async (text: string): Promise<void> => {
      await agent({ template: 'a' }, async () => {
        await prompt(text)
        await input({ source: text, trust: 'untrusted' }, text)
        await tool('t', { verb: 'read', resource: text, arguments: { text } }, () => text)
      })
    }
    try {
      expect(await slowOnes(some, act, 10)).toEqual([])
    } finally {
      await shutdown(2_000)
      await sink.stop()
    }
  })
})
