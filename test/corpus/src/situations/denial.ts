import type { Act } from '../act.ts'
import { onBehalfOf } from '../run-options.ts'
import type { RunOptions } from '../run-options.ts'
import { readInput, readThroughTool } from '../read-input.ts'
import { Run } from '../run.ts'
import type { Scene } from '../scene.ts'
import { spanRefOf } from '../sim-span.ts'
import type { Attributes } from '../sim-span.ts'
import type { Situation } from '../situation.ts'
import { deed, strangerSpan } from '../stranger-span.ts'
import type { StrangerOptions } from '../stranger-span.ts'
import { reusedAction } from './reused-action.ts'

function askedRun(scene: Scene, options: Partial<RunOptions> = {}): Run {
  const run = new Run(scene, { delegator: onBehalfOf(scene.human()), ...options })
  run.prompt('Change the order')
  return run
}

function ownRun(scene: Scene, options: Partial<RunOptions> = {}): Run {
  return new Run(scene, { template: 'ci-bot', delegator: null, by: 'ci-bot', ...options })
}

function resend(scene: Scene, options: (act: Act) => Omit<StrangerOptions, 'as'>): void {
  const act = askedRun(scene).call({ resource: scene.ownResource() })
  strangerSpan(scene, { atMs: 0, ...options(act), as: act.span })
  scene.ask(act, 'span', 'resource', 'action')
}

const unnamed = { 'whodid.actor.type': 'agent' }
const forEve = { 'whodid.delegator.id': 'eve@partner.example', 'whodid.delegator.type': 'human' }
const itself = { ...unnamed, 'gen_ai.agent.id': 'ci-bot' }

/** Somebody else's span ID, with less in it, or something else. */
const resent: Situation = {
  name: 'resent-in-part',
  title: 'a span resent by another sender with a partial claim, with none, or with its own',
  variations: [
    (scene) => resend(scene, () => ({ attributes: unnamed, arrivesAfterMs: 12_000 })),
    (scene) => resend(scene, () => ({ attributes: { ...unnamed, ...forEve } })),
    // Before the span's own sender has sent it.
    (scene) => resend(scene, () => ({ attributes: { ...unnamed, ...forEve }, arrivesAfterMs: 1 })),
    (scene) => resend(scene, () => ({ arrivesAfterMs: 1 })),
    (scene) => resend(scene, () => ({ arrivesAfterMs: 30_000 })),
    (scene) =>
      resend(scene, () => ({
        attributes: { 'whodid.action.outcome': 'failure', 'whodid.record.kind': 'tool_call' },
        arrivesAfterMs: 30_000,
      })),
    (scene) => resend(scene, () => ({ attributes: itself, arrivesAfterMs: 30_000 })),
    (scene) => resend(scene, () => ({ by: 'gateway', attributes: { ...itself, ...forEve } })),
  ],
}

function humanPromptOf(scene: Scene, extra: Attributes): Attributes {
  return {
    ...itself,
    'whodid.agent.instance.id': scene.chance.uuid(),
    'whodid.record.kind': 'prompt',
    'whodid.prompt.origin': 'human',
    'gen_ai.operation.name': 'invoke_agent',
    ...extra,
  }
}

const notItsPrompt = 'the prompt is told by a sender that may not speak for the agent that acted'

/** An act of the stranger's own, that leans on somebody's prompt. */
function leanOn(
  scene: Scene,
  options: (victim: Run) => { correlation?: string; ref?: string },
): void {
  const victim = askedRun(scene)
  const act = victim.call({ resource: scene.ownResource() })
  const { correlation, ref } = options(victim)
  const liar = ownRun(scene, correlation === undefined ? {} : { correlation })
  const own = liar.call({
    resource: scene.ownResource(),
    ...(ref === undefined ? {} : { extra: { 'whodid.prompt.ref': ref } }),
  })
  own.lacking = { prompt: notItsPrompt, chain: { arguable: notItsPrompt } }
  scene.ask(own, 'span', 'resource')
  scene.ask(act, 'span', 'resource')
}

/** A prompt for an act that lost its own, or has one. */
function offerPrompt(scene: Scene, isLost: boolean, by: 'ci-bot' | 'gateway' = 'ci-bot'): void {
  const run = new Run(scene, { delegator: onBehalfOf(scene.human()) })
  const prompt = run.prompt('Do it')
  const act = run.call({ resource: scene.ownResource() })
  const extra = { 'whodid.correlation.id': run.correlation }
  strangerSpan(scene, { by, attributes: humanPromptOf(scene, extra), atMs: 10 })
  if (isLost) {
    scene.lose(prompt)
    act.lacking = { prompt: notItsPrompt, chain: notItsPrompt }
  }
  scene.ask(act, 'span', 'resource')
}

/** A prompt under a correlation ID that is shared, or only copied. */
const anothersPrompt: Situation = {
  name: 'anothers-prompt',
  title: 'another’s prompt, cited or offered under a shared correlation ID',
  variations: [
    (scene) => leanOn(scene, ({ correlation }) => ({ correlation })),
    (scene) => leanOn(scene, ({ session }) => ({ ref: spanRefOf(session) })),
    (scene) =>
      leanOn(scene, ({ correlation, session }) => ({ correlation, ref: spanRefOf(session) })),
    (scene) => offerPrompt(scene, true),
    (scene) => offerPrompt(scene, false),
    (scene) => offerPrompt(scene, true, 'gateway'),
  ],
}

/** Inputs that bury others; an answer has room for two hundred. */
const buryingCount = 203

function bury(run: Run, count: number): void {
  for (let index = 0; index < count; index += 1)
    readInput(run, `https://wiki.acme.example/pages/${index}`, 'trusted')
}

function buried(scene: Scene, read: (run: Run) => void, before = 0): void {
  const run = askedRun(scene)
  bury(run, before)
  read(run)
  bury(run, buryingCount - before)
  scene.ask(run.call({ resource: scene.ownResource() }), 'span', 'resource')
}

const forum = 'https://forum.example/thread/81'

/** The one input that explains it, under many that do not. */
const buriedInput: Situation = {
  name: 'buried-input',
  title: 'one untrusted input under two hundred trusted ones',
  variations: [
    (scene) => buried(scene, (run) => readInput(run, forum)),
    (scene) => buried(scene, (run) => readThroughTool(run, forum)),
    (scene) => buried(scene, (run) => readInput(run, forum), 100),
    (scene) => buried(scene, (run) => readInput(run, forum), buryingCount),
    (scene) =>
      buried(scene, (run) => {
        readInput(run, forum)
        readInput(run, 'mail:stranger@partner.example', 'unknown')
        readInput(run, 'https://tickets.example/4711')
      }),
    (scene) => {
      // What the one above has read, under what its helper read since.
      const first = askedRun(scene)
      readInput(first, forum)
      const sub = first.startSub()
      sub.prompt('Do the half of it')
      bury(sub, buryingCount)
      scene.ask(sub.call({ resource: scene.ownResource() }), 'span', 'resource')
    },
  ],
}

const atOnce = 'instances of one template acted at the same nanosecond of the record'

/** Invents instances of its own template beside its own act. */
function invent(scene: Scene, run: Run, ...names: readonly (string | undefined)[]): void {
  const resource = scene.sharedResource()
  const act = run.call({ resource, intent: false })
  const others = names.map((name) => {
    const attributes = {
      ...unnamed,
      'gen_ai.agent.id': run.template,
      ...(name === undefined ? {} : { 'whodid.agent.instance.id': name }),
    }
    const span = strangerSpan(scene, {
      by: run.by,
      attributes: deed(resource, attributes),
      startNs: act.span.startNs,
    })
    return { ...act, span, subjects: [spanRefOf(span)] }
  })
  scene.ask(act, 'span')
  scene.askTied([act, ...others], 'resource', atOnce)
}

/** Its own act, under names that it made up. */
const invented: Situation = {
  name: 'invented-instances',
  title: 'two invented instances of one’s own template at the same nanosecond as one’s own act',
  variations: [
    (scene) => invent(scene, ownRun(scene), scene.chance.uuid(), scene.chance.uuid()),
    (scene) => invent(scene, ownRun(scene), scene.chance.uuid()),
    (scene) => invent(scene, ownRun(scene), 'a', 'b', 'c'),
    (scene) => invent(scene, askedRun(scene), scene.chance.uuid(), scene.chance.uuid()),
    (scene) => {
      const run = ownRun(scene, { delegator: onBehalfOf(scene.human()) })
      invent(scene, run, scene.chance.uuid())
    },
    (scene) => {
      // Under one span ID: two instances of one template, and none is believed.
      const run = ownRun(scene)
      const act = run.call({ resource: scene.ownResource() })
      const attributes = {
        ...act.span.attributes,
        'whodid.agent.instance.id': scene.chance.uuid(),
      }
      scene.emit({ ...act.span, attributes }, 'ci-bot', 9_000)
      act.lacking = { instance: 'its own sender names two instances of one span' }
      scene.ask(act, 'span', 'resource')
    },
  ],
}

/** Attempts to make an act, somebody else's or one's own, nobody's. */
export const denialSituations: readonly Situation[] = [
  resent,
  anothersPrompt,
  buriedInput,
  invented,
  reusedAction,
]
