import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { whoDidAnswerSchema } from '@whodid/model/answers'
import type { WhoDidAnswer } from '@whodid/model'
import { startEmitterLedger } from '../harness/emitter-ledger.ts'
import type { EmitterLedger, OtlpBody } from '../harness/emitter-ledger.ts'
import { logBody, spanBody } from '../harness/span-body.ts'

interface Case {
  readonly handle: string
  readonly requests: readonly OtlpBody[]
}

let world: EmitterLedger

beforeAll(async () => {
  world = await startEmitterLedger([
    { name: 'stranger', templates: ['greeter'] },
    { name: 'payers', templates: ['payer'] },
  ])
})

afterAll(() => world.stop())

async function readCase(name: string): Promise<Case> {
  const path = fileURLToPath(new URL(`../vectors/cases/${name}.json`, import.meta.url))
  // Our own vectors; a file of another shape fails where it is sent.
  return JSON.parse(await readFile(path, 'utf8')) as Case
}

async function ask(handle: string): Promise<WhoDidAnswer> {
  const answer = await world.ask(handle)
  expect(whoDidAnswerSchema.safeParse(answer).error).toBeUndefined()
  return answer
}

const gapsOf = ({ gaps }: WhoDidAnswer): string[] => gaps.map(({ code }) => code)
const reasonsOf = ({ reasons }: WhoDidAnswer): string[] => reasons.map(({ code }) => code)

/** What of a case is told; null where nothing says it. */
interface Told {
  readonly name: string
  readonly template: string
  readonly delegator: string | null
  readonly tool: string
  readonly prompt: string | null
}

const refund = { delegator: null, tool: 'refund_order', prompt: 'Refund order A-1' }
const told: readonly Told[] = [
  {
    ...refund,
    name: 'real-sk-uuid-template',
    template: 'RefundAgent',
    tool: 'P-refund_order',
    prompt: null,
  },
  {
    name: 'handoff-target-named',
    template: 'front-desk',
    delegator: 'lena@club.example',
    tool: 'transfer_to_cancellations',
    prompt: 'Cancel my gym plan',
  },
  { ...refund, name: 'real-crewai-openinference', template: 'Refund clerk' },
  { ...refund, name: 'real-llamaindex-openinference', template: 'refunder' },
  {
    ...refund,
    name: 'real-voltagent',
    template: 'refund-agent',
    delegator: 'zoe@shop.example',
  },
  { ...refund, name: 'real-openai-agents-prompt', template: 'Refunds' },
  {
    name: 'hitl-interrupt-resume',
    template: 'payer',
    delegator: 'mia@books.example',
    tool: 'pay_invoice',
    prompt: 'Pay invoice 31',
  },
]

describe('what real emitters sent', () => {
  test.each(told)('$name', async ({ name, template, delegator, tool, prompt }) => {
    const { handle, requests } = await readCase(name)
    await world.send(requests)
    const answer = await ask(handle)
    expect(answer.verdict).toBe('agent')
    expect(answer.agent?.template?.id ?? null).toBe(template)
    expect(answer.delegator?.id ?? null).toBe(delegator)
    expect(answer.action?.tool).toBe(tool)
    expect(answer.prompt?.text ?? null).toBe(prompt)
    expect(gapsOf(answer).includes('content_withheld')).toBe(prompt === null)
  })

  test('an object’s ID is an instance at most, and stays for whom it is asked', async () => {
    const { handle, requests } = await readCase('real-sk-uuid-template')
    await world.send(requests)
    const { agent } = await ask(handle)
    expect(agent).toMatchObject({
      template: { id: 'RefundAgent' },
      instance: { id: 'd92dd225-5e9d-4640-86ec-0dfd32d70f0a' },
      grade: 'inferred',
    })
  })

  test('a hand-over is a delegation to the agent that it names, who then acts', async () => {
    const { handle, requests } = await readCase('handoff-target-named')
    await world.send(requests)
    expect((await ask(handle)).action).toMatchObject({
      record_kind: 'delegation',
      verb: 'delegate',
      resource: { id: 'agent:template:cancellations' },
    })
    const trace = handle.slice('span:'.length).split('-')[0] ?? ''
    expect(await ask(`span:${trace}-948aabf505af4df5`)).toMatchObject({
      agent: { template: { id: 'cancellations' } },
      delegator: { id: 'lena@club.example' },
      action: { tool: 'cancel_plan' },
    })
  })

  test('the prompt of a resumed run is found through its link, and the chain says so', async () => {
    const { handle, requests } = await readCase('hitl-interrupt-resume')
    await world.send(requests)
    const answer = await ask(handle)
    expect(answer.chain.map(({ joined_by: join }) => join)).toEqual(['link', 'parent', 'subject'])
    expect(reasonsOf(answer)).toContain('joined_by_link')
    expect(answer.delegator?.grade).toBe('inferred')
  })

  test('what was told in a log record that names the span is the span’s', async () => {
    const { requests } = await readCase('events-as-logs')
    await world.send(requests)
    const answer = await ask('span:4023fe97764152fa66a221f6f0a63241-b0fda8abf8c2eef8')
    expect(answer.prompt?.text).toBe('Write down 7')
    expect(answer.chain.map(({ joined_by: join }) => join)).toContain('prompt_text')
  })

  test('Google ADK tells what was asked on its model call alone', async () => {
    const { handle, requests } = await readCase('handle-of-inherited-identity')
    await world.send(requests)
    expect((await ask(handle)).prompt?.text).toBe('Order 20 pallets')
  })

  test('a call that names no tool is told by its span’s name, never by its ID', async () => {
    const { requests } = await readCase('real-fastmcp')
    await world.send(requests)
    const answer = await ask('span:1fccc3212f095ca4908c1fefba863efc-74c240e837bf3f02')
    expect(answer.action?.tool).toBe('refund_order')
    expect(answer.summary).toContain('executed refund_order at')
  })
})

const nested = { 'gen_ai.operation.name': 'invoke_agent' }
const userText = (text: string): string => JSON.stringify([{ role: 'user', content: text }])

describe('what a run was asked', () => {
  test.each([
    ['in the event of a message', 'gen_ai.user.message', {}, { content: 'Write down 7' }],
    ['in its own words', 'gen_ai.user.message', {}, 'Write down 7'],
    [
      'in a call told in full',
      'gen_ai.client.inference.operation.details',
      { 'gen_ai.operation.name': 'chat', 'gen_ai.input.messages': userText('Write down 7') },
      '',
    ],
    [
      'in a call of no told operation',
      'gen_ai.client.inference.operation.details',
      { 'gen_ai.input.messages': userText('Write down 7') },
      '',
    ],
  ])('is read in a log record under its model call: %s', async (name, event, attributes, body) => {
    const spans = spanBody(name, [
      {
        id: 1,
        name: 'invoke_agent scribe',
        attributes: { ...nested, 'gen_ai.agent.name': 'scribe' },
      },
      { id: 2, under: 1, name: 'chat', attributes: { 'gen_ai.operation.name': 'chat' } },
      {
        id: 3,
        under: 1,
        name: 'execute_tool note',
        attributes: { 'gen_ai.operation.name': 'execute_tool' },
      },
    ])
    await world.send([spans.body, logBody(spans.traceId, 2, { event, attributes, body })])
    const answer = await ask(spans.handle(3))
    expect(answer.action?.tool).toBe('note')
    expect(answer.prompt?.text).toBe('Write down 7')
    expect(gapsOf(answer)).not.toContain('content_withheld')
  })

  test('is not what it asked of another agent', async () => {
    const { body, handle } = spanBody('chief-and-worker', [
      {
        id: 1,
        name: 'invoke_agent chief',
        attributes: { ...nested, 'gen_ai.agent.name': 'chief' },
      },
      {
        id: 2,
        under: 1,
        name: 'invoke_agent worker',
        attributes: { ...nested, 'gen_ai.agent.name': 'worker' },
      },
      {
        id: 3,
        under: 2,
        name: 'chat',
        attributes: {
          'gen_ai.operation.name': 'chat',
          'gen_ai.input.messages': userText('Print it'),
        },
      },
      {
        id: 4,
        under: 2,
        name: 'execute_tool print',
        attributes: { 'gen_ai.operation.name': 'execute_tool' },
      },
    ])
    await world.send([body])
    const answer = await ask(handle(4))
    expect(answer.prompt?.text).toBeNull()
    expect(answer.nearest_prompt?.text).toBe('Print it')
    expect(gapsOf(answer)).toContain('content_withheld')
  })
})

describe('a link to a run of another exporter', () => {
  const first = (name: string): ReturnType<typeof spanBody> =>
    spanBody(`${name}-first`, [
      {
        id: 1,
        name: 'invoke_agent payer',
        attributes: {
          ...nested,
          'gen_ai.agent.name': 'payer',
          'gen_ai.conversation.id': name,
          'gen_ai.input.messages': userText('Pay it all'),
          'user.id': 'eve@else.example',
        },
      },
    ])

  async function resume(name: string, exporter: string): Promise<WhoDidAnswer> {
    const before = first(name)
    const after = spanBody(`${name}-resumed`, [
      {
        id: 1,
        name: 'invoke_agent payer',
        attributes: { ...nested, 'gen_ai.agent.name': 'payer', 'gen_ai.conversation.id': name },
        links: [before.ref(1)],
      },
      {
        id: 2,
        under: 1,
        name: 'execute_tool pay',
        attributes: { 'gen_ai.operation.name': 'execute_tool' },
      },
    ])
    await world.send([before.body], exporter)
    await world.send([after.body])
    return ask(after.handle(2))
  }

  test('is followed where that exporter may speak for the agent', async () => {
    const answer = await resume('thread-of-payers', 'payers')
    expect(answer.prompt?.text).toBe('Pay it all')
    expect(answer.delegator?.id).toBe('eve@else.example')
  })

  test('is not where it may not: what is missing is said', async () => {
    const answer = await resume('thread-of-a-stranger', 'stranger')
    expect(answer.verdict).toBe('agent')
    expect(answer.delegator).toBeNull()
    expect(answer.prompt?.text).toBeNull()
    expect(gapsOf(answer)).toEqual(
      expect.arrayContaining(['missing_delegator', 'content_withheld']),
    )
  })
})

describe('records in a vocabulary that nobody knows', () => {
  const unknown = spanBody('unknown-vocabulary', [
    { id: 1, name: 'bot turn', attributes: { 'acme.bot': 'helper', 'acme.turn': '1' } },
    {
      id: 2,
      under: 1,
      name: 'acme step',
      attributes: { 'acme.step': 'refund', 'whodid.correlation.id': 'corr-of-acme' },
    },
  ])

  test.each([
    ['trace', (): string => `trace:${unknown.traceId}`],
    ['span', (): string => unknown.handle(2)],
    ['correlation', (): string => 'correlation:corr-of-acme'],
  ])('are told as such, by their %s', async (_, handle) => {
    await world.send([unknown.body])
    const answer = await ask(handle())
    expect(answer.verdict).toBe('undetermined')
    expect(reasonsOf(answer)[0]).toBe('vocabulary_not_understood')
    expect(gapsOf(answer)).toContain('vocabulary_not_understood')
  })

  test('are not told where there is nothing', async () => {
    const answer = await ask(`trace:${'e'.repeat(32)}`)
    expect(reasonsOf(answer)).toEqual(['no_record'])
    expect(answer.gaps).toEqual([])
  })

  test.each([
    ['tool_name', 'tool_call_id'],
    ['toolName', 'toolCallId'],
    ['acme.tool.name', 'acme.tool.call.id'],
    ['gen_ai.tool.name', 'gen_ai.tool.call.id'],
    ['function_name', 'call_id'],
    ['tool.name', 'tool_use_id'],
  ])('are tool calls by %s and %s', async (tool, call) => {
    const { body, handle } = spanBody(`by ${tool}`, [
      {
        id: 1,
        name: 'step',
        attributes: { [tool]: 'refund_order', [call]: 'call_7', result: 'refunded' },
      },
    ])
    await world.send([body])
    expect(await ask(handle(1))).toMatchObject({
      verdict: 'agent',
      grade: 'inferred',
      action: { record_kind: 'tool_call', tool: 'refund_order' },
    })
  })
})
