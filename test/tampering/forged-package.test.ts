import { createHash, sign } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decisionCode, decodeRecord, readZip, writeZip } from '../../packages/evidence/verify.mjs'
import { startEvidenceService } from './evidence-service.ts'
import type { EvidenceService } from './evidence-service.ts'

// Somebody has the key that signs evidence packages, and nothing else: not the log's key. Whatever they write into a package and sign
// again, the answer in it must follow from the records that the log sealed.

const resource = 'db:row:shop/orders/42'
const agent = {
  'whodid.actor.type': 'agent',
  'gen_ai.agent.id': 'refunds',
  'whodid.agent.instance.id': 'run-1',
  'whodid.delegator.id': 'mallory@acme.example',
  'whodid.delegator.type': 'human',
}
const act = {
  'whodid.record.kind': 'tool_call',
  'whodid.action.verb': 'delete',
  'whodid.action.outcome': 'success',
  'whodid.resource.id': resource,
}

type Json = Record<string, unknown>
type Files = Map<string, Buffer>

let service: EvidenceService
/** One that puts nothing on record. */
let unstated: EvidenceService
let honest: Buffer

beforeAll(async () => {
  unstated = await startEvidenceService(false)
  // With letters that are written differently by whoever writes JSON.
  const odd = {
    'whodid.correlation.id': 'ü\u0000"\\/\u2028\u{1f600}\u202e',
    'gen_ai.tool.name': '<b>\t',
  }
  await unstated.send([{ id: 'a2', attributes: { ...agent, ...act, ...odd } }])
  service = await startEvidenceService()
  await service.send([
    {
      id: 'a1',
      attributes: {
        ...agent,
        'whodid.record.kind': 'prompt',
        'whodid.prompt.origin': 'human',
        'gen_ai.input.messages': 'Refund order 42',
      },
    },
    // Says nothing of who acts: its agent stands in the record above it.
    { id: 'a2', parent: 'a1', startUnixNs: '1700000000000000500', attributes: act },
    {
      id: 'a3',
      trace: 'ef',
      startUnixNs: '1700000000000000100',
      attributes: { ...act, 'whodid.actor.type': 'human', 'user.id': 'jane@acme.example' },
    },
  ])
  honest = await service.exported(resource)
})

afterAll(async () => {
  await Promise.all([service.stop(), unstated.stop()])
})

/** Changes files of the package, and signs what came out. */
function forge(
  change: (files: Files) => void,
  from: Buffer = honest,
  { signer }: EvidenceService = service,
): Buffer {
  const files = new Map([...readZip(from)].map(([name, bytes]) => [name, Buffer.from(bytes)]))
  change(files)
  const envelope = JSON.parse(textOf(files, 'manifest.dsse.json')) as { payload: string }
  const statement = JSON.parse(Buffer.from(envelope.payload, 'base64').toString()) as Json
  const answer = JSON.parse(textOf(files, 'answer.json')) as Json
  files.delete('manifest.dsse.json')
  statement['subject'] = [...files].map(([name, bytes]) => ({
    name,
    digest: { sha256: createHash('sha256').update(bytes).digest('hex') },
  }))
  statement['predicate'] = { ...(statement['predicate'] as Json), verdict: answer['verdict'] }
  const payload = Buffer.from(JSON.stringify(statement))
  const type = 'application/vnd.in-toto+json'
  const head = Buffer.from(`DSSEv1 ${type.length} ${type} ${payload.length} `)
  const sig = sign(null, Buffer.concat([head, payload]), signer.privateKey)
  const signatures = [{ keyid: signer.verifier.vkey, sig: sig.toString('base64') }]
  const signed = { payloadType: type, payload: payload.toString('base64'), signatures }
  files.set('manifest.dsse.json', Buffer.from(`${JSON.stringify(signed)}\n`))
  return writeZip(files)
}

function editJson(name: string, edit: (value: Json) => void): (files: Files) => void {
  return (files) => {
    const value = JSON.parse(textOf(files, name)) as Json
    const before = JSON.stringify(value)
    edit(value)
    expect(JSON.stringify(value), 'the forgery changes something').not.toBe(before)
    files.set(name, Buffer.from(`${JSON.stringify(value, null, 2)}\n`))
  }
}

/** Takes a record out, its line and its proof with it. */
function dropRecord(isDropped: (row: Json) => boolean): (files: Files) => void {
  return (files) => {
    const lines = textOf(files, 'records.jsonl').split('\n').slice(0, -1)
    const whole = files.get('records.bin') ?? Buffer.alloc(0)
    const kept: { line: string; form: Buffer }[] = []
    let at = 0
    for (const line of lines) {
      const length = whole.readUInt32BE(at)
      const form = whole.subarray(at, at + 4 + length)
      at += 4 + length
      const row = JSON.parse(line) as Json
      if (isDropped(row)) files.delete(`proofs/log/${String(row['log_index'])}.tlog-proof`)
      else kept.push({ line, form })
    }
    expect(kept.length).toBeLessThan(lines.length)
    files.set('records.jsonl', Buffer.from(kept.map(({ line }) => `${line}\n`).join('')))
    files.set('records.bin', Buffer.concat(kept.map(({ form }) => form)))
  }
}

function textOf(files: Files, name: string): string {
  return (files.get(name) ?? Buffer.alloc(0)).toString()
}

describe('a package that was forged with the exporter’s key', () => {
  it('verifies as long as nothing is forged, also when it is signed again', async () => {
    const first = await service.verify(honest)
    expect(first.stdout).toContain('DECIDED AGAIN')
    expect(first.stdout).toContain('NOT DECIDED AGAIN')
    expect(first.stdout).toMatch(/^BOUND/mu)
    expect(first.code).toBe(0)
    expect(await service.verify(forge(() => undefined))).toMatchObject({ code: 0 })
  })

  const human = { type: 'human', id: 'jane@acme.example', grade: 'channel' }
  const answers: readonly (readonly [string, (answer: Json) => void])[] = [
    ['another verdict', (a) => Object.assign(a, { verdict: 'human' })],
    [
      'a human instead of the agent',
      (a) =>
        Object.assign(a, {
          verdict: 'human',
          actor: human,
          agent: null,
          delegator: null,
          delegation_chain: [],
        }),
    ],
    ['nobody', (a) => Object.assign(a, { verdict: 'undetermined', actor: null, agent: null })],
    ['another actor', (a) => Object.assign(a['actor'] as Json, { id: 'run-2' })],
    [
      'another template',
      (a) => Object.assign((a['agent'] as Json)['template'] as Json, { id: 'billing' }),
    ],
    [
      'another instance',
      (a) => Object.assign((a['agent'] as Json)['instance'] as Json, { id: '' }),
    ],
    [
      'another delegator',
      (a) => Object.assign(a['delegator'] as Json, { id: 'jane@acme.example' }),
    ],
    ['no delegator', (a) => Object.assign(a, { delegator: null })],
    ['a shorter chain of delegation', (a) => Object.assign(a, { delegation_chain: [] })],
    [
      'another summary',
      (a) => Object.assign(a, { summary: 'A human, jane@acme.example, did it.' }),
    ],
    ['another grade', (a) => Object.assign(a, { grade: 'channel' })],
    ['other reasons', (a) => Object.assign(a, { reasons: [] })],
    ['other gaps', (a) => Object.assign(a, { gaps: [] })],
    ['no prompt', (a) => Object.assign(a, { prompt: null })],
    ['no other acts', (a) => Object.assign(a, { alternatives: [] })],
    ['a field of its own', (a) => Object.assign(a, { verdict_by_hand: 'human' })],
    [
      'another question',
      (a) => Object.assign(a['question'] as Json, { of: 'db:row:shop/orders/1' }),
    ],
  ]
  it.each(answers)('is refused: the answer has %s', async (_, edit) => {
    const { code, stdout } = await service.verify(forge(editJson('answer.json', edit)))
    expect(stdout).toContain('FAILED tampered: answer.json')
    expect(code).toBe(40)
  })

  it('is refused: a row of the evidence is another record, is left out, or is of no record', async () => {
    const rowsOf = (value: Json): Json[] => value['rows'] as Json[]
    const edits: readonly ((value: Json) => void)[] = [
      (value) => Object.assign(rowsOf(value)[0] ?? {}, { index: 2 }),
      (value) => Object.assign(value, { rows: rowsOf(value).filter(({ role }) => role !== 'kin') }),
      (value) => Object.assign(value, { rows: [] }),
      (value) => Object.assign(rowsOf(value).at(-1) ?? {}, { index: 99 }),
      (value) => Object.assign(rowsOf(value).at(-1) ?? {}, { role: 'text_block' }),
      (value) => Object.assign(value, { texts: [] }),
      (value) => Object.assign(value, { rows: 'none' }),
      (value) => Object.assign(value, { question: { of: 'db:row:shop/orders/1' } }),
    ]
    for (const edit of edits) {
      const { code, stdout } = await service.verify(forge(editJson('evidence.json', edit)))
      expect(stdout, String(edit)).toContain('FAILED')
      expect(code, String(edit)).toBeGreaterThanOrEqual(40)
    }
  })

  it('is refused: a record that the answer was decided from is dropped', async () => {
    const drops: readonly ((row: Json) => boolean)[] = [
      ({ record_kind: kind }) => kind === 'prompt',
      ({ span_id: span }) => span === 'a2'.repeat(8),
      ({ span_id: span }) => span === 'a3'.repeat(8),
    ]
    for (const drop of drops)
      expect(await service.verify(forge(dropRecord(drop)))).toMatchObject({ code: 40 })
  })

  it('is refused: the evidence names other decision code, so that a difference might be its', async () => {
    const other = editJson('evidence.json', (value) => Object.assign(value, { decided_with: 'ab' }))
    const whole = await unstated.exported(resource)
    expect(await unstated.verify(forge(other, whole, unstated))).toMatchObject({ code: 0 })
    const forged = (files: Files): void => {
      other(files)
      editJson('answer.json', (a) => Object.assign(a, { delegator: null }))(files)
    }
    const { code, stdout } = await unstated.verify(forge(forged, whole, unstated))
    expect(stdout).toContain('FAILED undecided: ')
    expect(code).toBe(10)
  })

  // What is left to whoever has the key: to leave records out, and to write what the others come to.
  const omissions: readonly (readonly [string, (rows: readonly Json[]) => Json[]])[] = [
    ['the record above the act', (rows) => rows.filter(({ role }) => role !== 'kin')],
    [
      'the newest act',
      (rows) => rows.slice(-1).flatMap((row) => [{ ...row, role: 'subject' }, row]),
    ],
  ]
  it.each(omissions)('is refused: %s is left out, and the answer fits', async (_, omit) => {
    const omitted = (files: Files): void => {
      const index = JSON.parse(textOf(files, 'evidence.json')) as Json
      const answer = JSON.parse(textOf(files, 'answer.json')) as Json
      const rows = omit(index['rows'] as Json[])
      const { answer: decided } = decisionCode.decideOffline(
        { ...index, rows },
        { record: (_log, place) => sealedIn(files, place), text: () => undefined },
        answer,
      )
      const { integrity, cost } = answer
      const told = Buffer.from(`${JSON.stringify({ ...decided, integrity, cost })}\n`)
      const sha256 = createHash('sha256').update(told).digest('hex')
      files.set('answer.json', told)
      const written = JSON.stringify({ ...index, rows, answer_sha256: sha256 })
      files.set('evidence.json', Buffer.from(written))
    }
    const kept = await service.verify(forge(omitted))
    expect(kept.stdout).toContain(
      'FAILED tampered: evidence.json: is not what the log has on record',
    )
    expect(kept.code).toBe(40)
    const stripped = forge((files) => {
      omitted(files)
      files.delete('statement.bin')
    })
    expect(await service.verify(stripped)).toMatchObject({ code: 40 })
    const own = await unstated.verify(await unstated.exported(resource))
    expect(own.stdout).toMatch(/^NOT BOUND/mu)
    expect(own.code).toBe(0)
  })
})

/** A record of the package, by its place. */
function sealedIn(files: Files, place: number): { columns: unknown; leaf: string } | undefined {
  const whole = files.get('records.bin') ?? Buffer.alloc(0)
  for (let at = 0; at < whole.length; at += 4 + whole.readUInt32BE(at)) {
    const columns = decodeRecord(whole.subarray(at + 4, at + 4 + whole.readUInt32BE(at))) as Json
    if (columns['log_index'] === place) return { columns, leaf: '' }
  }
  return undefined
}
