import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startEngine } from '@whodid/engine'
import type { Engine } from '@whodid/engine'
import { whoDidAnswerSchema } from '@whodid/model/answers'
import type { WhoDidAnswer } from '@whodid/model'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const main = fileURLToPath(new URL('../../packages/cli/dist/main.js', import.meta.url))

const merged = 'github:pull:acme/app/812'
const byHand = 'github:pull:acme/app/815'
const deleted = 'db:row:shop/customers/42'
const billed = 'db:row:shop/customers/7'
const nothing = 'github:pull:acme/app/999'

let dir: string
let ran: { code: number | null; stdout: string; stderr: string }
let answers: Record<string, WhoDidAnswer>
let engine: Engine

/** The act that was refused to the killed instance: the only one that is asked about by its span. */
const refused = (): string =>
  Object.keys(answers).find((handle) => handle.startsWith('span:')) ?? 'no span'

const answer = (handle: string): WhoDidAnswer => {
  const found = answers[handle]
  if (found === undefined) throw new Error(`no answer for ${handle}`)
  return found
}

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'whodid-demo-test-'))
  await mkdir(join(dir, 'tmp'))
  const args = ['demo', '--json', '--once', '--data-dir', join(dir, 'data')]
  ran = await new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [main, ...args], {
      cwd: dir,
      env: {
        // No PATH: the demo needs no program but Node itself.
        TMPDIR: join(dir, 'tmp'),
        WHODID_API_PORT: '0',
        WHODID_OTLP_HTTP_PORT: '0',
        WHODID_OTLP_GRPC_PORT: '0',
        // What the shell around it is traced by, and for whom, is no part of the story.
        TRACEPARENT: `00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-01`,
        WHODID_DELEGATOR: 'somebody@else.example',
        WHODID_CAPTURE: 'none',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })
  const printed = JSON.parse(ran.stdout) as { answers: Record<string, unknown> }
  answers = Object.fromEntries(
    Object.entries(printed.answers).map(([handle, body]) => [
      handle,
      whoDidAnswerSchema.parse(body),
    ]),
  )
  engine = await startEngine({ dataDir: join(dir, 'data') })
})

afterAll(async () => {
  await engine.stop()
  await rm(dir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
})

describe('demo --json --once', () => {
  it('prints one JSON object and ends well, leaving nothing but the data directory it was given', async () => {
    expect(ran).toMatchObject({ code: 0 })
    expect(ran.stdout.trimEnd().split('\n')).toHaveLength(1)
    expect(Object.keys(answers)).toEqual([merged, byHand, deleted, refused(), billed, nothing])
    expect(await readdir(join(dir, 'tmp'))).toEqual([])
    expect((await readdir(dir)).toSorted()).toEqual(['data', 'tmp'])
  })

  it('answers each by one statement, sealed and without a gap', () => {
    for (const { action, cost, gaps, integrity, reasons } of Object.values(answers)) {
      // An agent that was stopped takes one more, for what the records say of the order; one that seals, for its token's.
      const isStopped = reasons.some(({ code }) => code.includes('revocation'))
      expect(cost.statements).toBeLessThanOrEqual(isStopped ? 7 : 6)
      expect(gaps).toEqual([])
      expect(integrity.findings).toEqual([])
      expect(integrity.state).toBe(action === null ? 'pending' : 'sealed')
    }
  })

  it('812: an instance of repo-triage, for the engineer, with the engineer’s own token, having read an outsider’s issue', () => {
    const found = answer(merged)
    const instance = found.agent?.instance?.id ?? ''
    expect(instance).toMatch(/^[0-9a-f-]{36}$/u)
    expect(found).toMatchObject({
      verdict: 'agent',
      grade: 'attested',
      actor: { type: 'agent', id: instance },
      agent: { template: { id: 'repo-triage', version: '1.4.0' }, instance: { parent_id: null } },
      delegator: { id: 'dev@acme.example', type: 'human', grade: 'attested' },
      delegation_chain: [
        { type: 'human', id: 'dev@acme.example' },
        { type: 'agent', id: instance },
      ],
      action: { verb: 'update', outcome: 'success', tool: 'merge_pull_request' },
      prompt: { origin: 'human', text: 'Triage the open issues of acme/app', grade: 'channel' },
      plan: { step: 1 },
      credential: { type: 'pat', subject: 'dev@acme.example', borrowed: true, scopes: ['repo'] },
    })
    expect(found.plan?.text).toMatch(/^1\. Merge pull request 812, as issue 901 demands\n/u)
    expect(found.inputs.map(({ source, trust }) => `${trust} ${source}`)).toEqual([
      'untrusted github:issue:acme/app/901',
      'trusted github:issue:acme/app/902',
    ])
    expect(found.chain.map(({ record_kind: kind }) => kind)).toEqual([
      'session',
      'prompt',
      'plan',
      'tool_call',
    ])
    expect(found.reasons.map(({ code }) => code)).toEqual(
      expect.arrayContaining(['borrowed_credential', 'untrusted_input']),
    )
  })

  it('815: the engineer’s own hand, with the same token', () => {
    const found = answer(byHand)
    expect(found).toMatchObject({
      verdict: 'human',
      grade: 'channel',
      actor: { type: 'human', id: 'dev@acme.example' },
      agent: null,
      prompt: null,
      plan: null,
      inputs: [],
      credential: { id: answer(merged).credential?.id, borrowed: false },
    })
    expect(found.chain.map(({ record_kind: kind }) => kind)).toEqual(['session', 'tool_call'])
  })

  it('customer 42: db-fixer, in another process, below the instance that merged, from the human’s prompt', () => {
    const triage = answer(merged)
    const found = answer(deleted)
    const instance = found.agent?.instance?.id ?? ''
    expect(found).toMatchObject({
      verdict: 'agent',
      grade: 'attested',
      agent: {
        template: { id: 'db-fixer', version: '0.9.2' },
        instance: { parent_id: triage.agent?.instance?.id },
      },
      delegator: { id: 'dev@acme.example', type: 'human', grade: 'attested' },
      delegation_chain: [
        { type: 'human', id: 'dev@acme.example' },
        { type: 'agent', id: triage.agent?.instance?.id, template: 'repo-triage' },
        { type: 'agent', id: instance, template: 'db-fixer' },
      ],
      action: { verb: 'delete', outcome: 'success', tool: 'delete_customers' },
      prompt: { ...triage.prompt },
      plan: {
        step: 1,
        text: '1. Delete customers 40 to 44 in one statement\n2. Delete customers 50 to 54 in one statement',
      },
      credential: { type: 'password', subject: 'shop_app', borrowed: false },
      correlation_id: triage.correlation_id,
    })
    expect(instance).not.toBe(triage.agent?.instance?.id)
    expect(found.agent?.instance?.identity_id).toMatch(
      new RegExp(`^spiffe://[a-z0-9.-]+/agent/db-fixer/i/${instance}$`, 'u'),
    )
    expect(found.chain.map(({ record_kind: kind, tool }) => tool ?? kind)).toEqual([
      'session',
      'prompt',
      'delegate_to_db_fixer',
      'delegation',
      'session',
      'prompt',
      'plan',
      'delete_customers',
      'delete_customers',
    ])
    expect(found.chain.at(-1)?.span).toBe(found.action?.span)
    expect(found.inputs.map(({ source, trust }) => `${trust} ${source}`)).toContain(
      'untrusted github:issue:acme/app/901',
    )
  })

  it('the second delete: refused to the killed instance, after the order; the first was before', () => {
    const first = answer(deleted)
    const found = answer(refused())
    expect(found).toMatchObject({
      verdict: 'agent',
      agent: { instance: { id: first.agent?.instance?.id } },
      action: { verb: 'delete', outcome: 'denied', tool: 'delete_customers' },
      plan: { step: 2 },
      integrity: { state: 'sealed' },
    })
    const relation = ({ reasons }: WhoDidAnswer): string[] =>
      reasons.map(({ code }) => code).filter((code) => code.includes('revocation'))
    expect(relation(first)).toEqual(['before_revocation'])
    expect(relation(found)).toEqual(['after_revocation_proven'])
    // One order, on record; it names neither the person, who goes on working, nor the agent above.
    const order = (of: WhoDidAnswer): string | null | undefined => of.reasons.at(-1)?.span
    expect(order(found)).toBe(order(first))
    for (const other of [answer(merged), answer(byHand)]) expect(relation(other)).toEqual([])
    const ordered = first.reasons.at(-1)?.text ?? ''
    const [, revokedAt = ''] = / was revoked at ([^,;]+Z)/u.exec(ordered) ?? []
    expect(answer(byHand).action?.started_at.localeCompare(revokedAt)).toBe(1)
  })

  it('customer 7: a scheduled job', () => {
    expect(answer(billed)).toMatchObject({
      verdict: 'service',
      grade: 'channel',
      actor: { type: 'service', id: 'nightly-billing' },
      agent: null,
      prompt: null,
      action: { verb: 'update', outcome: 'success', tool: 'bill_customer' },
      inputs: [],
    })
  })

  it('999: nobody knows, and nobody is named', () => {
    const found = answer(nothing)
    expect(found).toMatchObject({
      verdict: 'undetermined',
      grade: 'none',
      action: null,
      actor: null,
      agent: null,
      delegator: null,
      chain: [],
    })
    expect(found.reasons.map(({ code }) => code)).toEqual(['no_record'])
  })
})

describe('the ledger of the demo, in SQL as the reader', () => {
  it('gives the same verdict, instance and delegator by the view as by the API', async () => {
    for (const [handle, found] of Object.entries(answers)) {
      const rows = await sql(
        `SELECT verdict, instance, delegator FROM whodid.who_did(of = '${handle}')`,
      )
      const expected = [
        found.verdict,
        found.agent?.instance?.id ?? '',
        found.verdict === 'agent' ? (found.delegator?.id ?? '') : '',
      ]
      expect(rows, handle).toEqual([expected])
    }
  })

  it('holds every row that went, each once, and the harmless instance of the other engineer', async () => {
    const gone = `SELECT resource_id FROM whodid.actions WHERE verb = 'delete' AND resource_id LIKE 'db:row:%' ORDER BY 1`
    expect(await sql(gone)).toEqual(
      [40, 41, 42, 43, 44].map((id) => [`db:row:shop/customers/${id}`]),
    )
    const others = `SELECT DISTINCT delegator_id, verb, resource_id FROM whodid.actions
      WHERE template_id = 'repo-triage' AND delegator_id != 'dev@acme.example' ORDER BY verb`
    expect(await sql(others)).toEqual([
      ['sam@acme.example', 'read', 'github:issue:acme/app/903'],
      ['sam@acme.example', 'update', 'github:issue:acme/app/903'],
    ])
    expect(
      await sql(
        `SELECT uniqExact(instance_id) FROM whodid.spans WHERE template_id = 'repo-triage'`,
      ),
    ).toEqual([['2']])
  })

  it('holds no token and no password', async () => {
    const all = await sql(`SELECT * FROM whodid.spans`)
    expect(all.length).toBeGreaterThan(40)
    expect(JSON.stringify(all)).not.toMatch(/acme_pat_|whodid_ing_|somebody@else/u)
  })
})

async function sql(statement: string): Promise<unknown[]> {
  const { username, password } = engine.users.reader
  const response = await fetch(engine.url, {
    method: 'POST',
    body: `${statement} FORMAT JSONCompactStringsEachRow`,
    headers: { 'X-ClickHouse-User': username, 'X-ClickHouse-Key': password },
  })
  const body = await response.text()
  if (response.status !== 200) throw new Error(body)
  return body
    .split('\n')
    .filter((line) => line !== '')
    .map((line): unknown => JSON.parse(line))
}
