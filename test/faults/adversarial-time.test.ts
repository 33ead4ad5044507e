import * as model from '@whodid/model'
import { parseMetaEntry } from '@whodid/meta-log'
import * as query from '@whodid/query'
import { contentHash, continueFrom, credentialId, sqlComment } from '@whodid/sdk'
import * as tlog from '@whodid/tlog'
import { parseAddCheckpoint, parseWitnesses } from '@whodid/witness'
import { describe, expect, it } from 'vitest'
import { adversarialTexts, slowness } from '../harness/adversarial-texts.ts'

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
  ['parseMetaEntry', (text) => parseMetaEntry(Buffer.from(text))],
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
  ['parseReadsLimit', (text) => query.parseReadsLimit(text)],
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

describe('a megabyte of anything', () => {
  it.each(readers)('%s reads it in linear time', async (_, read) => {
    const slow: string[] = []
    for (const text of adversarialTexts) {
      const found = await slowness(text, read)
      if (found !== undefined) slow.push(found)
      // A few tell where to look; a hundred would take an hour.
      if (slow.length >= 3) break
    }
    expect(slow).toEqual([])
  })
})
