import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { WhoDidAnswer } from '@whodid/model'
import { startEmitterLedger } from '../harness/emitter-ledger.ts'
import type { EmitterLedger, OtlpBody } from '../harness/emitter-ledger.ts'

interface Case {
  readonly handle: string
  readonly requests: readonly OtlpBody[]
}

let world: EmitterLedger

beforeAll(async () => {
  world = await startEmitterLedger()
})

afterAll(() => world.stop())

async function send(name: string): Promise<Case> {
  const path = new URL(`../vectors/cases/${name}.json`, import.meta.url)
  // Our own vectors; a file of another shape fails where it is sent.
  const read = JSON.parse(await readFile(path, 'utf8')) as Case
  await world.send(read.requests)
  return read
}

const codes = ({ reasons }: WhoDidAnswer): string[] => reasons.map(({ code }) => code)

describe('a handle finds what the answer names', () => {
  test.each([
    ['handle-of-inherited-identity', 'instance:e-701', 'order_stock'],
    ['handle-of-inherited-identity', 'template:stocker', 'order_stock'],
    ['handle-of-inherited-identity', 'delegator:kim@depot.example', 'order_stock'],
    ['strong-template-lost-to-service-name', 'template:billing-bot', 'credit'],
    ['unset-status-means-ok', 'template:mailer', 'send_invoice'],
    ['real-sk-uuid-template', 'template:RefundAgent', 'P-refund_order'],
  ])('%s: %s', async (name, of, tool) => {
    await send(name)
    const answer = await world.ask(of)
    expect(answer).toMatchObject({ verdict: 'agent', action: { tool, outcome: 'success' } })
    const asked = await world.ask(`span:${answer.action?.span ?? ''}`)
    expect(answer.agent?.template?.id).toBe(asked.agent?.template?.id)
    expect(answer.agent?.instance?.id).toBe(asked.agent?.instance?.id)
  })
})

test('two acts under one span ID are each found by what they touched', async () => {
  const { handle } = await send('same-span-id-two-acts')
  expect(handle).toBe('db:table:shop/orders')
  const answer = await world.ask(handle)
  expect(answer).toMatchObject({
    verdict: 'agent',
    agent: { template: { id: 'forker' } },
    action: { tool: 'drop_table', verb: 'delete', resource: { id: handle } },
  })
  expect(codes(answer)).toContain('shared_span_id')
  expect((await world.ask('db:table:shop/carts')).action?.tool).toBe('delete_rows')
  const shared = await world.ask(`span:${answer.action?.span ?? ''}`)
  expect(codes(shared)).toContain('shared_span_id')
})

test('an integer past 64 bits costs its attribute, and the record is there', async () => {
  // The harness takes any word of the collector for a failure; here it says what was left out, and no span was.
  await expect(send('real-otel-js-integer-past-int64')).rejects.toThrow(
    '200: {"partialSuccess":{"rejectedSpans":"0","errorMessage":"1 attributes',
  )
  await send('same-span-id-two-acts')
  const answer = await world.ask('template:bigone')
  expect(answer).toMatchObject({
    verdict: 'agent',
    agent: { template: { id: 'bigone' } },
    action: { tool: 'other', outcome: 'success' },
    alternatives: [{ verb: 'execute', actor: 'bigone' }],
  })
  expect(answer.gaps.map(({ code }) => code)).toContain('dropped_attributes')
})
