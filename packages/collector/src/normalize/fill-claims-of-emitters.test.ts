import { blankRecord } from '@whodid/model'
import type { LedgerRecord } from '@whodid/model'
import { describe, expect, it } from 'vitest'
import type { Telemetry } from './conventions/telemetry.ts'
import { fillClaims } from './fill-claims.ts'

type Texts = Readonly<Record<string, string>>

interface Sent extends Partial<Omit<Telemetry, 'attributes' | 'resource'>> {
  readonly attributes: Texts
  readonly resource?: Texts
}

/** What a record comes to of what was sent. */
function claimed({ attributes, resource, ...more }: Sent): LedgerRecord {
  const record = blankRecord()
  fillClaims(record, {
    signal: 'span',
    name: 'op',
    kind: 1,
    isRoot: false,
    statusCode: 0,
    scopeName: 'app',
    events: [],
    body: null,
    ...more,
    attributes: new Map(Object.entries(attributes)),
    resource: new Map(Object.entries({ 'service.name': 'shop', ...resource })),
  })
  return record
}

const uuid = 'd92dd225-5e9d-4640-86ec-0dfd32d70f0a'
const invoke = { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'Refunds' }

describe('an agent’s ID', () => {
  it.each([uuid, uuid.replaceAll('-', ''), `Refunds_${uuid}`, `Refunds_${uuid}/${uuid}`])(
    '%s beside its name is an instance, and the name the template',
    (id) => {
      expect(claimed({ attributes: { ...invoke, 'gen_ai.agent.id': id } })).toMatchObject({
        templateId: 'Refunds',
        templateRule: 'gen_ai.agent_name',
        instanceId: id,
        instanceRule: 'gen_ai.agent_object_id',
      })
    },
  )

  it.each([
    ['of what was deployed', { ...invoke, 'gen_ai.agent.id': 'refund-agent' }, 'refund-agent'],
    ['of an assistant', { ...invoke, 'gen_ai.agent.id': 'asst_5j66UpCpwteG' }, 'asst_5j66UpCpwteG'],
    ['without a name', { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.id': uuid }, uuid],
    [
      'in Whodid’s own names',
      { ...invoke, 'gen_ai.agent.id': uuid, 'whodid.actor.type': 'agent' },
      uuid,
    ],
  ])('%s is the template', (_, attributes, templateId) => {
    expect(claimed({ attributes })).toMatchObject({
      templateId,
      templateRule: '',
      instanceId: '',
    })
  })

  it('of an object gives way to the template that its launcher named', () => {
    const attributes = { ...invoke, 'gen_ai.agent.id': uuid }
    const resource = { 'gen_ai.agent.id': 'repo-triage' }
    expect(claimed({ attributes, resource })).toMatchObject({
      templateId: 'repo-triage',
      templateRule: '',
      instanceId: uuid,
    })
  })
})

const tool = (name: string): Texts => ({
  'gen_ai.operation.name': 'execute_tool',
  'gen_ai.tool.name': name,
})

describe('a hand-over', () => {
  it.each<[string, Sent, string, string]>([
    [
      'by its interaction',
      {
        attributes: {
          ...tool('transfer_to_billing'),
          'gen_ai.agent.interaction.type': 'handoff',
          'gen_ai.agent.name': 'billing',
        },
      },
      'billing',
      'shop',
    ],
    [
      'by the names of the tool and the agent',
      { attributes: { ...tool('transfer_to_billing_desk'), 'gen_ai.agent.name': 'Billing Desk' } },
      'Billing Desk',
      'shop',
    ],
    [
      'by its operation',
      { attributes: { 'gen_ai.operation.name': 'handoff', 'gen_ai.agent.name': 'billing' } },
      'billing',
      'shop',
    ],
    [
      'by a target of its own, beside who hands over',
      {
        attributes: {
          ...tool('transfer_to_billing'),
          'gen_ai.agent.name': 'desk',
          'gen_ai.agent.handoff.source.name': 'desk',
          'gen_ai.agent.handoff.target.name': 'billing',
        },
      },
      'billing',
      'desk',
    ],
    [
      'of OpenAI’s Agents under OpenInference',
      {
        name: 'handoff to billing',
        attributes: {
          'openinference.span.kind': 'TOOL',
          'input.value': 'desk',
          'output.value': 'billing',
        },
      },
      'billing',
      'desk',
    ],
    [
      'of OpenAI’s Agents under OpenLLMetry',
      {
        name: 'desk → billing.handoff',
        attributes: {
          'traceloop.span.kind': 'handoff',
          'gen_ai.operation.name': 'handoff',
          'gen_ai.agent.name': 'desk',
          'gen_ai.handoff.from_agent': 'desk',
          'gen_ai.handoff.to_agent': 'billing',
        },
      },
      'billing',
      'desk',
    ],
    [
      'of Google ADK',
      {
        scopeName: 'gcp.vertex.agent',
        attributes: {
          ...tool('transfer_to_agent'),
          'gcp.vertex.agent.tool_call_args': '{"agent_name":"billing"}',
        },
      },
      'billing',
      'shop',
    ],
    [
      'of VoltAgent',
      {
        scopeName: '@voltagent/core',
        attributes: {
          'span.type': 'tool',
          'tool.name': 'delegate_task',
          'tool.call.id': 'c1',
          'entity.id': 'desk',
          'entity.type': 'agent',
          input: '{"task":"Cancel","targetAgents":["billing"]}',
        },
      },
      'billing',
      'desk',
    ],
    [
      'of Microsoft Agent Framework',
      { attributes: { ...tool('handoff_to_billing'), 'gen_ai.tool.call.id': 'c1' } },
      'billing',
      'shop',
    ],
  ])('%s is a delegation to its target', (_, sent, target, actor) => {
    const record = claimed(sent)
    expect(record).toMatchObject({
      recordKind: 'delegation',
      actorType: 'agent',
      resourceId: `agent:template:${target}`,
      resourceType: 'agent.template',
      verb: 'delegate',
      templateId: actor,
    })
    // An agent is named by who hands over alone; else what stands above it names it.
    if (actor === 'shop') expect(record.templateRule).toBe('resource.service_name')
  })

  it.each<[string, Texts]>([
    ['that may move money', tool('transfer_to_savings')],
    [
      'that its caller names itself on',
      { ...tool('transfer_to_savings'), 'gen_ai.agent.name': 'bank' },
    ],
    ['of another word', { ...tool('handoffs'), 'gen_ai.agent.name': 'desk' }],
    [
      'in Whodid’s own names',
      {
        ...tool('transfer_to_billing'),
        'gen_ai.agent.name': 'billing',
        'whodid.actor.type': 'agent',
      },
    ],
  ])('is not a tool %s', (_, attributes) => {
    expect(claimed({ attributes }).recordKind).toBe('tool_call')
  })

  it('does not make the run of its target one', () => {
    const attributes = { ...invoke, 'gen_ai.agent.interaction.type': 'handoff' }
    expect(claimed({ attributes })).toMatchObject({ recordKind: 'prompt', templateId: 'Refunds' })
  })
})

const agent = { 'openinference.span.kind': 'AGENT' }
const made = { ...agent, 'graph.node.id': uuid }

describe('an agent under OpenInference', () => {
  it.each<[string, Sent, string]>([
    [
      'CrewAI',
      { name: 'x._execute_core', attributes: { ...agent, 'graph.node.id': 'Refund clerk' } },
      'Refund clerk',
    ],
    [
      'AutoGen',
      { name: 'clerk.on_messages_stream', attributes: { ...agent, 'graph.node.id': 'clerk' } },
      'clerk',
    ],
    ['Agno', { name: 'clerk.run', attributes: { ...made, 'agent.name': 'clerk' } }, 'clerk'],
    ['a node with a name', { attributes: { ...made, 'graph.node.name': 'clerk' } }, 'clerk'],
    ['smolagents', { name: 'clerk.run', attributes: agent }, 'clerk'],
    [
      'DSPy',
      {
        name: 'RefundClerk.forward',
        isRoot: true,
        scopeName: 'openinference.instrumentation.dspy',
        attributes: { 'openinference.span.kind': 'CHAIN' },
      },
      'RefundClerk',
    ],
    [
      'LlamaIndex, in a step',
      {
        scopeName: 'openinference.instrumentation.llama_index',
        attributes: {
          'openinference.span.kind': 'CHAIN',
          'input.value': `{"ev": "AgentSetup(input=[], current_agent_name='clerk')"}`,
        },
      },
      'clerk',
    ],
    ['smolagents, without a name', { name: 'CodeAgent.run', attributes: agent }, 'shop'],
    ['Agno, without a name', { name: 'Agent.run', attributes: made }, 'shop'],
  ])('%s is called %s', (_, sent, templateId) => {
    expect(claimed(sent).templateId).toBe(templateId)
  })

  it.each([
    [
      'CrewAI’s crew, by its tasks',
      {
        'input.value': '{"who":"zoe"}',
        crew_tasks: '[{"description":"Refund A-1"},{"description":"Tell zoe"}]',
      },
      'Refund A-1\n\nTell zoe',
    ],
    [
      'CrewAI’s agent, by what came of its task',
      {
        task_id: 't',
        'input.value': '{"agent":{"role":"Clerk"},"tools":[]}',
        'output.value': '{"description":"Refund A-1"}',
      },
      'Refund A-1',
    ],
    [
      'smolagents',
      { 'smolagents.task': 'Refund A-1', 'input.value': '{"stream":false}' },
      'Refund A-1',
    ],
    ['DSPy', { 'input.value': '{"args":[],"kwargs":{"question":"Refund A-1"}}' }, 'Refund A-1'],
    [
      'AutoGen',
      {
        'input.value':
          '{"messages":[{"source":"user","content":"Refund A-1","type":"TextMessage"}]}',
      },
      'Refund A-1',
    ],
  ])('%s is asked the task', (_, attributes, content) => {
    expect(claimed({ attributes: { ...agent, ...attributes } }).content).toBe(content)
  })
})

describe('VoltAgent', () => {
  const common = {
    'entity.id': 'refund-agent',
    'entity.type': 'agent',
    'entity.name': 'RefundAgent',
    'operation.id': 'op-1',
    'user.id': 'zoe@shop.example',
    'conversation.id': 'conv-1',
  }
  const volt = (attributes: Texts): LedgerRecord =>
    claimed({ scopeName: '@voltagent/core', attributes: { ...common, ...attributes } })

  it('names the agent, its run, the person and the conversation on every span', () => {
    expect(volt({ 'span.type': 'memory' })).toMatchObject({
      recordKind: 'other',
      actorType: 'agent',
      templateId: 'refund-agent',
      templateName: 'RefundAgent',
      instanceId: 'op-1',
      delegatorId: 'zoe@shop.example',
      conversationId: 'conv-1',
    })
  })

  it.each([
    ['a run', { 'agent.state': 'completed', input: 'Refund A-1' }, 'prompt', 'Refund A-1'],
    [
      'a tool',
      { 'span.type': 'tool', 'tool.name': 'refund', 'tool.call.id': 'c1', input: '{"id":"A-1"}' },
      'tool_call',
      '{"id":"A-1"}',
    ],
    [
      'a model',
      { 'span.type': 'llm', 'llm.messages': '[{"role":"user","content":"Refund A-1"}]' },
      'model_call',
      'Refund A-1',
    ],
  ] as const)('tells %s by its type', (_, attributes, recordKind, content) => {
    expect(volt(attributes)).toMatchObject({ recordKind, content })
  })

  it('names a sub-agent and not the one above it', () => {
    const attributes = { 'subagent.id': 'mailer', 'subagent.name': 'Mailer', 'span.type': 'tool' }
    expect(volt(attributes)).toMatchObject({ templateId: 'mailer', templateName: 'Mailer' })
  })
})

describe('a tool call in no known vocabulary', () => {
  it.each([
    ['with a tool and a call', { 'x.toolName': 'refund', 'x.toolCallId': 'c' }, 'tool_call'],
    ['with a tool alone', { tool_name: 'refund' }, 'other'],
    ['with a call alone', { call_id: 'c' }, 'other'],
    [
      'in one of many messages',
      { 'messages.0.tool_name': 'refund', 'messages.0.call_id': 'c' },
      'other',
    ],
    [
      'of an operation that nobody knows',
      { 'gen_ai.operation.name': 'act', 'gen_ai.tool.name': 'refund', 'gen_ai.tool.call.id': 'c' },
      'tool_call',
    ],
    [
      'beside a request',
      { 'http.request.method': 'POST', tool_name: 'refund', call_id: 'c' },
      'action',
    ],
    [
      'that sums up others',
      {
        'gcp.vertex.agent.event_id': 'e',
        'gen_ai.tool.name': 'refund',
        'gen_ai.tool.call.id': 'c',
      },
      'tool_call',
    ],
  ])('%s', (_, attributes, kind) => {
    expect(claimed({ attributes, kind: 3 }).recordKind).toBe(kind)
  })

  it('is no agent’s where a server saw it', () => {
    const attributes = { tool_name: 'refund', call_id: 'c' }
    expect(claimed({ attributes, kind: 2 })).toMatchObject({
      recordKind: 'tool_call',
      actorType: '',
    })
  })
})
