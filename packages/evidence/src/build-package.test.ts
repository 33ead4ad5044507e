import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { blankRecord, bodyFields, canonicalRecord, headFields, logEntry } from '@whodid/model'
import { recordRow, restFields } from '@whodid/model'
import type { LedgerRecord, RecordField, WhoDidAnswer } from '@whodid/model'
import { decideOffline } from '@whodid/query/offline'
import type { EvidenceIndex } from '@whodid/query/offline'
import {
  appendLeaves,
  emptyEdge,
  formatCheckpoint,
  formatTlogProof,
  generateNoteKey,
  leafHash,
  parseSkey,
  proveConsistency,
  proveInclusion,
  rootOf,
  signNote,
} from '@whodid/tlog'
import { afterAll, describe, expect, it } from 'vitest'
import { buildPackage } from './build-package.ts'
import type { Evidence, RecordEvidence } from './evidence.ts'

const origin = 'whodid.example/acme/c1'
const logKey = generateNoteKey(origin, 'note')
const exporterKey = generateNoteKey('whodid.example/acme/export', 'note')
const witnessKey = generateNoteKey('witness.example/w1', 'cosignature')
const salt = Buffer.alloc(16, 7)
const resourceId = 'db:row:shop/orders/42'
const trust = {
  logs: [{ vkey: logKey.vkey, from_size: 0, to_size: null }],
  witnesses: [witnessKey.vkey],
  quorum: 1,
  exporters: [exporterKey.vkey],
}
const dir = mkdtempSync(join(tmpdir(), 'whodid-package-'))
const verifier = new URL('../verify.mjs', import.meta.url)

afterAll(() => {
  rmSync(dir, { recursive: true, force: true })
})

/**
 * A log of six records, of which a package holds five: a prompt with its text, a call, one of more than 64 KiB, one of odd letters and
 * another act on the same thing.
 */
async function evidence(): Promise<Evidence> {
  const agent = { actorType: 'agent', templateId: 'refunds', instanceId: 'run-1' } as const
  const person = { delegatorId: 'dev@acme.example', delegatorType: 'human' } as const
  const act = { recordKind: 'tool_call', verb: 'update', outcome: 'success', resourceId } as const
  const records = [
    record(0, {
      ...agent,
      ...person,
      recordKind: 'prompt',
      promptOrigin: 'human',
      commitmentHex: commitment('do it\u202e\u0001 now'),
      textBlockHex: 'cd'.repeat(24),
      textAt: 1,
    }),
    record(1, { ...agent, ...person, ...act, parentSpanIdHex: idOf(0), toolName: 't' }),
    record(2, { attributes: 'x'.repeat(70_000) }),
    record(3, { name: 'é\u0000\u{1f600}', credentialScopes: ['', 'ü'], planStep: -1, seq: 7 }),
    record(4, { ...act, actorType: 'human', userId: 'jane@acme.example', startUnixNs: -2n }),
    record(5, {}),
  ]
  const forms = records.map((one) => canonicalRecord(one))
  const leaves = records.map((one) => leafHash(logEntry(one)))
  const tiles = new Map<string, Buffer>()
  let edge = emptyEdge
  const note = (): string => {
    const text = formatCheckpoint({ origin, size: edge.size, root: rootOf(edge) })
    return signNote(text, [parseSkey(logKey.skey), parseSkey(witnessKey.skey)], 1_790_000_000)
  }
  const notes: string[] = []
  for (const part of [leaves.slice(0, 3), leaves.slice(3)]) {
    const grown = appendLeaves(edge, part)
    for (const { path, bytes } of grown.tiles) tiles.set(path, Buffer.from(bytes))
    edge = grown.edge
    notes.push(note())
  }
  const reader = { read: async (path: string) => Promise.resolve(tiles.get(path)) }
  const held: RecordEvidence[] = []
  for (const index of [0, 1, 2, 3, 4])
    held.push({
      form: forms[index] ?? Buffer.alloc(0),
      proof: formatTlogProof({
        index,
        proof: await proveInclusion(reader, index, 6),
        checkpoint: notes[1] ?? '',
      }),
    })
  return {
    answer: answerOf(held),
    index,
    records: held,
    isTruncated: false,
    logs: [
      {
        name: 'c1',
        epochs: [{ vkey: logKey.vkey, fromSize: 0, toSize: null }],
        checkpoints: [
          { note: notes[0] ?? '', consistency: [] },
          { note: notes[1] ?? '', consistency: await proveConsistency(reader, 3, 6) },
        ],
      },
    ],
    contents: [
      {
        tenant: 'default',
        span: spanOf(0),
        part: 'content',
        salt: salt.toString('hex'),
        hashes: { result: '', detail: '' },
        text: 'do it\u202e\u0001 now',
      },
    ],
    absentContents: [{ span: spanOf(1), part: 'result', state: 'erased' }],
    custody: [
      {
        at: '2026-11-22T10:00:00Z',
        by: 'ann',
        role: 'investigator',
        event: 'export',
        question: 'r',
        case: 'INC-7',
      },
    ],
    made: { at: '2026-11-22T10:00:00Z', by: 'ann', case: 'INC-7', product: 'whodid 0.1.0' },
  }
}

function record(index: number, fields: Partial<LedgerRecord>): LedgerRecord {
  return {
    ...blankRecord(),
    logId: origin,
    logIndex: index,
    traceIdHex: 'ab'.repeat(16),
    spanIdHex: idOf(index),
    receivedUnixNs: 1_790_000_000_123_456_789n,
    startUnixNs: -1n,
    ...fields,
  }
}

function idOf(index: number): string {
  return `${index + 1}`.padStart(16, '0')
}

function spanOf(index: number): string {
  return `${'ab'.repeat(16)}-${idOf(index)}`
}

function commitment(text: string): string {
  const head = Buffer.alloc(32)
  head.write('WDC2')
  head.write(spanOf(0).replace('-', ''), 4, 'hex')
  head.writeUInt32BE(7, 28)
  const part = createHash('sha256')
    .update(salt)
    .update(Buffer.from([1]))
    .update(text)
    .digest()
  const whole = createHash('sha256').update(head).update('default').update(part)
  return whole.update(Buffer.alloc(64)).digest('hex')
}

/** The input of the decision, as the service would have found it. */
const index: EvidenceIndex = {
  question: { of: resourceId },
  rows: [
    { role: 'subject', log: origin, index: 1 },
    ...[0, 2, 3, 4].map((place) => ({ role: 'kin', log: origin, index: place }) as const),
    { role: 'listed', log: origin, index: 1, stated: { qualifies: true } },
    { role: 'listed', log: origin, index: 4, stated: { qualifies: true } },
  ],
  texts: [{ log: origin, index: 0, state: { state: 'text' } }],
}

/** The answer that the records give. */
function answerOf(held: readonly RecordEvidence[]): WhoDidAnswer {
  const integrity = {
    state: 'sealed',
    findings: [],
    check: null,
  } as unknown as WhoDidAnswer['integrity']
  const cost = { statements: 1, rows_read: 0, bytes_read: 0, elapsed_ms: 0 }
  const ground = {
    record: (_: string, place: number) => {
      const form = held[place]?.form
      return form && { columns: recordRow(form), leaf: '' }
    },
    text: () => 'do it\u202e\u0001 now',
  }
  const said = { integrity, cost, reasons: [] }
  return { ...decideOffline(index, ground, said).answer, integrity, cost }
}

interface Verdict {
  readonly code: number
  readonly said: string
}

interface Failed {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a copy of the verifier by plain Node in a directory that holds nothing else. */
function verify(bytes: Buffer, trusted: unknown = trust, ...options: string[]): Verdict {
  copyFileSync(verifier, join(dir, 'verify.mjs'))
  writeFileSync(join(dir, 'case.zip'), bytes)
  writeFileSync(join(dir, 'trust.json'), JSON.stringify(trusted))
  const argv = ['verify.mjs', 'case.zip', '--trust', 'trust.json', ...options]
  try {
    const said = execFileSync(process.execPath, argv, {
      cwd: dir,
      env: {},
      encoding: 'utf8',
      stdio: 'pipe',
    })
    return { code: 0, said }
  } catch (thrown) {
    // Sound: execFileSync throws what it knows of the process that failed.
    const { status, stdout, stderr } = thrown as Failed
    return { code: status, said: `${stdout}${stderr}` }
  }
}

describe('buildPackage', () => {
  it('makes the same bytes of the same evidence', async () => {
    const signer = parseSkey(exporterKey.skey)
    expect(buildPackage(await evidence(), signer)).toEqual(buildPackage(await evidence(), signer))
  })

  it('verifies offline, by plain Node, in an empty directory', async () => {
    const { code, said } = verify(buildPackage(await evidence(), parseSkey(exporterKey.skey)))
    expect(said).toContain('OK ')
    expect(said).toContain('5 records')
    expect(said).toContain('WITNESSED')
    expect(said).toContain('DECIDED AGAIN')
    expect(code).toBe(0)
  })

  it('says what it is not: unwitnessed, stale, by a stranger, of a log nobody trusts', async () => {
    const bytes = buildPackage(await evidence(), parseSkey(exporterKey.skey))
    expect(verify(bytes, { ...trust, witnesses: [], quorum: 0 }).said).toContain('UNWITNESSED')
    expect(verify(bytes, { ...trust, witnesses: [] }).code).toBe(10)
    expect(verify(bytes, trust, '--fresh-within', '0').code).toBe(20)
    expect(verify(bytes, { ...trust, exporters: [logKey.vkey] }).code).toBe(40)
    const other = generateNoteKey(origin, 'note').vkey
    expect(verify(bytes, { ...trust, logs: [{ vkey: other, from_size: 0 }] }).code).toBe(40)
    expect(verify(Buffer.from('PK')).code).not.toBe(0)
  })

  it('fails for any evidence that does not hold, signed though it is', async () => {
    const whole = await evidence()
    const signer = parseSkey(exporterKey.skey)
    const [prompt, call] = whole.records
    const other = Buffer.from(call?.form ?? [])
    other.writeUInt8(other.readUInt8(other.length - 1) ^ 1, other.indexOf('update'))
    const altered: readonly [string, Partial<Evidence>, number][] = [
      ['a record', { records: [{ form: other, proof: call?.proof ?? '' }] }, 40],
      ['a proof', { records: [{ form: prompt?.form ?? other, proof: call?.proof ?? '' }] }, 40],
      ['a text', { contents: whole.contents.map((one) => ({ ...one, text: 'do not' })) }, 40],
      [
        'the answer',
        {
          answer: {
            ...whole.answer,
            prompt: null,
            chain: [],
            action: { ...whole.answer.action, verb: 'read' },
          } as WhoDidAnswer,
        },
        40,
      ],
      ['a quote', { records: whole.records.slice(0, 1) }, 40],
      [
        'a checkpoint',
        { logs: whole.logs.map((log) => ({ ...log, checkpoints: log.checkpoints.slice(0, 1) })) },
        30,
      ],
      [
        'consistency',
        {
          logs: whole.logs.map((log) => ({
            ...log,
            checkpoints: log.checkpoints.map((one) => ({ ...one, consistency: [] })),
          })),
        },
        30,
      ],
    ]
    for (const [what, change, code] of altered)
      expect({ what, ...verify(buildPackage({ ...whole, ...change }, signer)) }).toMatchObject({
        what,
        code,
      })
  })

  it('takes no part of a text for salt, and none of a salt for text', async () => {
    const whole = await evidence()
    const [content] = whole.contents
    const said = Buffer.from('do it\u202e')
    const forged = {
      salt: `${salt.toString('hex')}01${said.toString('hex')}`,
      text: ' now',
    }
    const contents = content === undefined ? [] : [{ ...content, ...forged }]
    const bytes = buildPackage({ ...whole, contents }, parseSkey(exporterKey.skey))
    expect(verify(bytes)).toMatchObject({
      code: 40,
      said: expect.stringContaining('is not the text that the record committed to') as string,
    })
  })

  it('fails for any byte that is changed, and says where', async () => {
    const bytes = buildPackage(await evidence(), parseSkey(exporterKey.skey))
    // Sound: the module exports what the next line takes from it.
    const module = (await import(verifier.href)) as Verifier
    const check = (changed: Buffer): unknown => module.verifyPackage(module.readZip(changed), trust)
    expect(() => check(bytes)).not.toThrow()
    let flips = 0
    let seed = 1
    for (let at = 0; at < bytes.length; at += 1 + (seed % 400)) {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
      const changed = Buffer.from(bytes)
      changed[at] = (changed[at] ?? 0) ^ (1 << (seed % 8))
      expect(() => check(changed), `byte ${at}`).toThrow(/: /u)
      flips += 1
    }
    expect(flips).toBeGreaterThan(1_000)
  })
})

describe('a package with a meta-log', () => {
  const metaKey = generateNoteKey('meta.example/all', 'note')
  const recorded = { ...trust, meta_logs: [metaKey.vkey] }

  /** The evidence, its log's checkpoint `nth` an entry of a meta-log that holds `leaf` in its place. */
  async function inMetaLog(nth: number, leaf?: string): Promise<Evidence> {
    const whole = await evidence()
    const entry = whole.logs[0]?.checkpoints[nth]?.note ?? ''
    const { edge } = appendLeaves(emptyEdge, [leafHash(Buffer.from(leaf ?? entry))])
    const text = formatCheckpoint({ origin: 'meta.example/all', size: 1, root: rootOf(edge) })
    const checkpoint = signNote(text, [parseSkey(metaKey.skey)])
    const log = 'meta.example/all'
    const tlogProof = formatTlogProof({ index: 0, proof: [], checkpoint })
    const metaLog = { state: 'included', log, entry, tlog_proof: tlogProof } as const
    return { ...whole, logs: whole.logs.map((one) => ({ ...one, metaLog })) }
  }

  const signer = parseSkey(exporterKey.skey)

  it('says whether the log is in it, and fails by name where it is not shown to be', async () => {
    const bytes = buildPackage(await inMetaLog(1), signer)
    expect(verify(bytes, recorded)).toMatchObject({
      code: 0,
      said: expect.stringContaining('RECORDED'),
    })
    expect(verify(bytes).said).toContain('META-LOG NOT CHECKED')
    const without = buildPackage(await evidence(), signer)
    expect(verify(without).said).toContain('NO META-LOG')
    expect(verify(without, recorded)).toMatchObject({
      code: 10,
      said: expect.stringContaining('FAILED unrecorded: meta-log/c1.json: is missing'),
    })
    const away = await evidence()
    const metaLog = { state: 'unreachable', why: 'nobody answered' } as const
    const logs = away.logs.map((log) => ({ ...log, metaLog }))
    expect(verify(buildPackage({ ...away, logs }, signer), recorded)).toMatchObject({
      code: 10,
      said: expect.stringContaining('unreachable: nobody answered'),
    })
  })

  it('fails for an entry that does not hold, signed though it is', async () => {
    const early = await inMetaLog(0)
    expect(verify(buildPackage(early, signer), recorded)).toMatchObject({
      code: 10,
      said: expect.stringContaining('not record 4'),
    })
    const other = await inMetaLog(1, 'another entry')
    expect(verify(buildPackage(other, signer), recorded)).toMatchObject({
      code: 40,
      said: expect.stringContaining('is not entry 0 of the meta-log'),
    })
    const stranger = generateNoteKey('meta.example/all', 'note').vkey
    const sound = await inMetaLog(1)
    expect(verify(buildPackage(sound, signer), { ...trust, meta_logs: [stranger] }).code).toBe(40)
    const [log] = sound.logs
    const [earlier, last] = log?.checkpoints ?? []
    // The log signed it, and it is in the meta-log: and it is of another history than the one that is shown.
    const text = formatCheckpoint({ origin, size: 7, root: Buffer.alloc(32, 1) })
    const fork = signNote(text, [parseSkey(logKey.skey)])
    const { edge } = appendLeaves(emptyEdge, [leafHash(Buffer.from(fork))])
    const metaText = formatCheckpoint({ origin: 'meta.example/all', size: 1, root: rootOf(edge) })
    const checkpoint = signNote(metaText, [parseSkey(metaKey.skey)])
    const metaLog = {
      state: 'included',
      log: 'meta.example/all',
      entry: fork,
      tlog_proof: formatTlogProof({ index: 0, proof: [], checkpoint }),
    } as const
    const logs = [{ ...log!, checkpoints: [earlier!, last!], metaLog }]
    expect(verify(buildPackage({ ...sound, logs }, signer), recorded)).toMatchObject({
      code: 40,
      said: expect.stringContaining('no checkpoint of the history'),
    })
  })
})

interface Verifier {
  readonly headFields: unknown
  readonly bodyFields: unknown
  readonly restFields: unknown
  readonly readZip: (bytes: Buffer) => Map<string, Buffer>
  readonly verifyPackage: (files: Map<string, Buffer>, trusted: unknown) => string[]
  readonly decodeRecord: (form: Buffer) => unknown
}

describe('verify.mjs', () => {
  it('is made of its sources as they are: npm run bundle makes it again', async () => {
    const bundler = new URL('../../../scripts/bundle-verifier.mjs', import.meta.url)
    // Sound: the script exports it.
    const { bundleVerifier } = (await import(bundler.href)) as {
      bundleVerifier: () => Promise<string>
    }
    expect(readFileSync(verifier, 'utf8') === (await bundleVerifier())).toBe(true)
  })

  it.each([
    ['--fresh-within', 'soon'],
    ['--fresh-within', ''],
    ['--fresh-within', '-1'],
    ['--fresh-within', '1e3'],
    ['--fresh-within', '0x10'],
    ['--fresh-within', 'NaN'],
    ['--fresh-within=1', '1'],
    ['--quorum', '2'],
    ['--Fresh-Within', '1'],
    ['-f', '1'],
    ['another.zip', 'third.zip'],
  ])('refuses %s %s, and quotes it', async (name, value) => {
    const bytes = buildPackage(await evidence(), parseSkey(exporterKey.skey))
    const { code, said } = verify(bytes, trust, name, value)
    expect(code).toBe(2)
    expect(said).toContain(
      `"${name === '--fresh-within' ? value : name}`.replace('"another', 'another'),
    )
  })

  it('refuses an option twice or without its value, and a trust file that demands nothing understood', async () => {
    const bytes = buildPackage(await evidence(), parseSkey(exporterKey.skey))
    expect(verify(bytes, trust, '--fresh-within').code).toBe(2)
    expect(verify(bytes, trust, '--trust', 'trust.json').code).toBe(2)
    for (const wrong of [
      { quorum: '2' },
      { quorum: -1 },
      { quorum: null },
      { witnesses: 'all' },
      { logs: [{ vkey: logKey.vkey, from_size: 'none', to_size: null }] },
      { statements: 'yes' },
    ])
      expect(verify(bytes, { ...trust, ...wrong }), JSON.stringify(wrong)).toMatchObject({
        code: 50,
        said: expect.stringContaining('FAILED malformed: trust: '),
      })
    expect(verify(bytes, { ...trust, statements: true })).toMatchObject({
      code: 40,
      said: expect.stringContaining('statement.bin: is missing'),
    })
  })

  it('reads the fields that are hashed, in their order, as this package does', async () => {
    // Sound: the module exports what is taken from it.
    const { decodeRecord, ...theirs } = (await import(verifier.href)) as Verifier
    const short = new Map<string, string>([
      ['uint32', 'u32'],
      ['uint64', 'u64'],
    ])
    const kindOf = (field: RecordField): string =>
      field.kind === 'fixed' ? String(field.bytes) : (short.get(field.kind) ?? field.kind)
    const shapeOf = (field: RecordField): unknown => ({ column: field.column, kind: kindOf(field) })
    expect(theirs.headFields).toEqual(headFields.map(shapeOf))
    expect(theirs.bodyFields).toEqual(bodyFields.map(shapeOf))
    expect(theirs.restFields).toEqual(
      restFields.map(({ name, key, kind }) => ({ column: name, key, kind })),
    )
    for (const { form } of (await evidence()).records)
      expect(decodeRecord(form)).toEqual(recordRow(form))
    expect(readFileSync(verifier, 'utf8')).not.toMatch(/from '(?!node:)/u)
  })
})
