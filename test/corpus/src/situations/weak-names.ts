import { called, EmittedRun, invoked, said } from '../emitted-run.ts'
import type { EmittedSpan } from '../emitted-run.ts'
import type { Scene } from '../scene.ts'
import type { Attributes, SimSpan } from '../sim-span.ts'
import type { Situation } from '../situation.ts'

/** An ID that a framework makes up for an agent's object, beside the agent's name. */
function objectId(makeId: (scene: Scene) => string): (scene: Scene) => void {
  return (scene) => {
    const run = new EmittedRun(scene)
    const person = scene.human()
    const id = makeId(scene)
    const agent = run.emit(
      invoked('RefundAgent', { 'gen_ai.agent.id': id, 'user.id': person, ...said('Refund A-1') }),
    )
    const tool = run.emit({ ...called('refund_order'), under: agent })
    const instance = { arguable: 'an object may live as long as its process' }
    const act = run.act(tool, {
      template: 'RefundAgent',
      instance: id,
      for: person,
      prompt: agent,
      way: [agent],
      lacking: { instance },
    })
    scene.ask(act, 'span', 'trace')
  }
}

const objectIds: Situation = {
  name: 'object-ids',
  title: 'an agent’s ID is that of an object of its process, and its name the template',
  variations: [
    objectId((scene) => scene.chance.uuid()),
    objectId((scene) => scene.chance.uuid().replaceAll('-', '')),
    objectId((scene) => `RefundAgent_${scene.chance.uuid()}`),
    objectId((scene) => `RefundAgent_${scene.chance.uuid()}/${scene.chance.uuid()}`),
    objectId((scene) => `{${scene.chance.uuid()}}`),
    objectId((scene) => `refund-agent-a1${scene.chance.hex(8)}`),
    objectId((scene) => `0xa7${scene.chance.hex(10)}`),
  ],
}

/** A hand-over that names its target, and what the target does then. */
function handingOver(told: EmittedSpan, tells: { readonly name: boolean }): (scene: Scene) => void {
  return (scene) => {
    const run = new EmittedRun(scene)
    const person = scene.human()
    const desk = run.emit(invoked('front-desk', { 'user.id': person, ...said('Cancel my plan') }))
    const over = run.emit({ ...told, under: desk })
    const target = run.emit({ ...invoked('cancellations'), under: over })
    const cancel = run.emit({ ...called('cancel_plan'), under: target })
    const of = { for: person, prompt: desk }
    scene.ask(
      run.act(over, { ...of, template: 'front-desk', way: [desk], verb: 'delegate' }),
      ...(tells.name ? (['span'] as const) : []),
    )
    const way = [desk, over, target]
    scene.ask(run.act(cancel, { ...of, template: 'cancellations', way }), 'span', 'trace')
  }
}

const toCancellations = 'transfer_to_cancellations'

const handOvers: Situation = {
  name: 'hand-overs',
  title: 'a span hands over to another agent and names that one',
  variations: [
    handingOver(
      called(toCancellations, {
        'gen_ai.agent.interaction.type': 'handoff',
        'gen_ai.agent.name': 'cancellations',
      }),
      { name: true },
    ),
    handingOver(called(toCancellations, { 'gen_ai.agent.name': 'Cancellations Agent' }), {
      name: true,
    }),
    handingOver(
      {
        name: 'handoff to cancellations',
        attributes: {
          'openinference.span.kind': 'TOOL',
          'input.value': 'front-desk',
          'output.value': 'cancellations',
        },
      },
      { name: true },
    ),
    handingOver(
      {
        name: 'front-desk → cancellations.handoff',
        attributes: {
          'traceloop.span.kind': 'handoff',
          'gen_ai.operation.name': 'handoff',
          'gen_ai.agent.name': 'front-desk',
          'gen_ai.handoff.from_agent': 'front-desk',
          'gen_ai.handoff.to_agent': 'cancellations',
        },
      },
      { name: true },
    ),
    handingOver(
      called('transfer_to_agent', {
        'gen_ai.tool.call.arguments': '{"agent_name":"cancellations"}',
      }),
      { name: true },
    ),
    handingOver(
      called('handoff_to_cancellations', {
        'gen_ai.agent.id': '0d2c5a3e-8f0b-4b53-9c0a-4f4bd8a2c111',
        'gen_ai.agent.name': 'cancellations',
      }),
      { name: true },
    ),
    handingOver(
      called('transfer_to_cancellations', {
        'gen_ai.agent.handoff.source.name': 'front-desk',
        'gen_ai.agent.handoff.target.name': 'cancellations',
        'gen_ai.agent.name': 'front-desk',
      }),
      { name: true },
    ),
  ],
}

/** A run that does not tell what it was asked, and a model call within it that does. */
function toldByModel(
  run: (run: EmittedRun, person: string) => { agent: SimSpan; way: SimSpan[]; beside: SimSpan[] },
): (scene: Scene) => void {
  return (scene) => {
    const emitted = new EmittedRun(scene)
    const person = scene.human()
    const { agent, way, beside } = run(emitted, person)
    const tool = emitted.emit({ ...called('order_stock'), under: way.at(-1) ?? agent })
    const act = emitted.act(tool, {
      template: 'stocker',
      for: person,
      prompt: agent,
      way,
      beside,
    })
    scene.ask(act, 'span', 'trace')
  }
}

const chat = (text: string): Pick<EmittedSpan, 'name' | 'attributes'> => ({
  name: 'chat some-model',
  attributes: { 'gen_ai.operation.name': 'chat', ...said(text) },
})

function oneRun(ask: (agent: SimSpan) => EmittedSpan): (scene: Scene) => void {
  return toldByModel((run, person) => {
    const agent = run.emit(invoked('stocker', { 'user.id': person }))
    const model = run.emit(ask(agent))
    return { agent, way: [agent], beside: [model] }
  })
}

const promptElsewhere: Situation = {
  name: 'prompt-told-by-model-call',
  title: 'only a model call of the run tells what the run was asked',
  variations: [
    oneRun((under) => ({ ...chat('Order 20 pallets'), under })),
    oneRun((under) => ({
      name: 'call_llm',
      scope: 'gcp.vertex.agent',
      attributes: {
        'gcp.vertex.agent.llm_request': JSON.stringify({
          contents: [{ role: 'user', parts: [{ text: 'Order 20 pallets' }] }],
        }),
      },
      under,
    })),
    oneRun((under) => ({
      name: 'response',
      attributes: {
        'openinference.span.kind': 'LLM',
        'llm.input_messages.0.message.role': 'user',
        'llm.input_messages.0.message.content': 'Order 20 pallets',
      },
      under,
    })),
    toldByModel((run, person) => {
      // The run's own outside, which names no agent.
      const agent = run.emit({
        name: 'Agent workflow',
        attributes: { 'openinference.span.kind': 'AGENT', 'user.id': person },
      })
      const inner = run.emit({
        name: 'stocker',
        attributes: { 'openinference.span.kind': 'AGENT', 'agent.name': 'stocker' },
        under: agent,
      })
      const model = run.emit({ ...chat('Order 20 pallets'), under: inner })
      return { agent, way: [agent, inner], beside: [model] }
    }),
    toldByModel((run, person) => {
      const agent = run.emit(invoked('stocker', { 'user.id': person }))
      const model = run.emit({ ...chat('Order 20 pallets'), under: agent })
      const later = run.emit({ ...chat('And 3 more'), under: agent })
      return { agent, way: [agent], beside: [model, later] }
    }),
    toldByModel((run, person) => {
      // What it asked a helper was not what it was asked.
      const agent = run.emit(invoked('stocker', { 'user.id': person }))
      const helper = run.emit({ ...invoked('counter'), under: agent })
      run.emit({ ...chat('Count the pallets'), under: helper })
      return { agent, way: [agent], beside: [] }
    }),
  ],
}

/** A run that resumes another: what each tells beside its name. */
function resumed(
  first: Attributes,
  second: Attributes,
  more: { readonly call?: string; readonly other?: boolean } = {},
): (scene: Scene) => void {
  return (scene) => {
    const run = new EmittedRun(scene)
    const person = scene.human()
    const call: Attributes = more.call === undefined ? {} : { 'gen_ai.tool.call.id': more.call }
    const before = run.emit(
      invoked(more.other === true ? 'greeter' : 'payer', {
        ...said('Pay invoice 31'),
        'user.id': person,
        ...first,
      }),
    )
    run.emit({ ...called('ask_first', call), under: before })
    const agent = run.emit({ ...invoked('payer', second), links: [before], newTrace: true })
    const tool = run.emit({ ...called('pay_invoice', call), under: agent })
    const isOther = more.other === true
    const act = run.act(tool, {
      template: 'payer',
      ...(isOther ? {} : { for: person }),
      prompt: isOther ? agent : before,
      way: isOther ? [agent] : [before, agent],
    })
    scene.ask(act, 'span', 'trace')
  }
}

const conversation = { 'gen_ai.conversation.id': 'thread-approve-1' }
const yes = said('yes')

const resumedRuns: Situation = {
  name: 'resumed-runs',
  title: 'a run that waited for a person goes on in a trace of its own, which links to the first',
  variations: [
    resumed(conversation, conversation),
    resumed({}, {}),
    resumed({}, {}, { call: 'call_pay' }),
    resumed(conversation, conversation, { call: 'call_pay' }),
    resumed({}, yes, { call: 'call_pay' }),
    // Another conversation's run, or another agent's, is not what this one resumes.
    resumed({ 'gen_ai.conversation.id': 'thread-of-others' }, conversation, { other: true }),
    resumed({}, {}, { other: true }),
  ],
}

/** Weak names: what the frameworks of others tell of their agents. */
export const weakNameSituations: readonly Situation[] = [
  objectIds,
  handOvers,
  promptElsewhere,
  resumedRuns,
]
