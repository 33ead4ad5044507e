import { foreignAct, foreignSpan } from '../foreign-span.ts'
import { humanAct } from '../lone-act.ts'
import { onBehalfOf } from '../run-options.ts'
import type { RunOptions } from '../run-options.ts'
import { Run } from '../run.ts'
import type { Scene } from '../scene.ts'
import { milliseconds } from '../sim-span.ts'
import type { Situation } from '../situation.ts'
import { unsaidOutcomeSituations } from './unsaid-outcomes.ts'

function askedRun(scene: Scene, options: Partial<RunOptions> = {}): Run {
  const run = new Run(scene, { delegator: onBehalfOf(scene.human()), ...options })
  run.prompt('Change the order')
  return run
}

/** An agent was refused, and a person did it then. */
const deniedThenHuman: Situation = {
  name: 'denied-then-human',
  title: 'a denied call followed by a human doing it',
  variations: [
    (scene) => {
      const resource = scene.ownResource()
      const denied = askedRun(scene).call({ resource, outcome: 'denied', intent: false })
      const human = humanAct(scene, { who: scene.human(), resource, atMs: 60_000 })
      scene.ask(human, 'resource', 'span')
      scene.ask(denied, 'action', 'span')
    },
    (scene) => {
      // Nobody did it.
      const resource = scene.ownResource()
      const denied = askedRun(scene).call({ resource, outcome: 'denied', intent: false })
      scene.askNothing(`resource:${resource}`)
      scene.ask(denied, 'action')
    },
    (scene) => {
      const resource = scene.ownResource()
      const run = askedRun(scene)
      run.note('approval', 'approval', {
        'whodid.approval.decision': 'deny',
        'whodid.approval.source': 'policy',
        'whodid.approval.reason': 'not in business hours',
      })
      const human = humanAct(scene, { who: run.delegator?.id ?? '', resource, atMs: 45_000 })
      scene.ask(human, 'resource', 'delegator')
    },
    (scene) => {
      const resource = scene.ownResource()
      askedRun(scene).call({ resource, outcome: 'denied' })
      const other = askedRun(scene, { template: 'oncall-helper', afterMs: 9_000 })
      scene.ask(other.call({ resource }), 'resource', 'instance')
    },
    (scene) => {
      // With the same token, minutes later.
      const resource = scene.ownResource()
      const run = askedRun(scene)
      const owner = run.delegator?.id ?? ''
      const credential = { id: `pat-${scene.chance.hex(8)}`, subject: owner, borrowed: true }
      run.call({ resource, outcome: 'denied', credential, intent: false })
      const human = humanAct(scene, {
        who: owner,
        resource,
        credential: { ...credential, borrowed: false },
        atMs: 240_000,
      })
      scene.ask(human, 'credential', 'resource')
    },
    (scene) => {
      // Somebody did it then; what is recorded of it is a user ID.
      const resource = scene.ownResource()
      const denied = askedRun(scene).call({ resource, outcome: 'denied', intent: false })
      const source = humanAct(scene, { who: scene.human(), resource, atMs: 60_000 })
      scene.lose(source.span)
      const root = { traceId: scene.chance.hex(32), spanId: '', startNs: source.span.startNs }
      const leaf = foreignSpan(scene, root, { form: 'http', extra: { 'user.id': scene.human() } })
      const lacking = { verdict: 'a user ID says whose session it was, not who acted' }
      scene.ask(foreignAct(scene, leaf, { source, lacking }), 'span', 'resource')
      scene.ask(denied, 'span')
    },
    (scene) => {
      // The person was first: the agent's attempt changed nothing.
      const resource = scene.ownResource()
      const human = humanAct(scene, { who: scene.human(), resource, atMs: 10 })
      const denied = askedRun(scene, { afterMs: 4_000 }).call({ resource, outcome: 'denied' })
      scene.askFor(
        { ...human, span: { ...human.span, startNs: denied.span.startNs } },
        `resource:${resource}`,
      )
    },
  ],
}

/** A call failed, and another instance tried again. */
const failedThenRetried: Situation = {
  name: 'failed-then-retried',
  title: 'a failed call retried by another instance',
  variations: [
    (scene) => {
      const { failed, retried } = failThenRetry(scene, 5_000)
      scene.ask(retried, 'resource', 'span', 'instance')
      scene.ask(failed, 'action', 'span')
    },
    (scene) => {
      const { failed, retried } = failThenRetry(scene, 300)
      scene.ask(retried, 'resource', 'action')
      scene.ask(failed, 'span')
    },
    (scene) => {
      const resource = scene.ownResource()
      const run = askedRun(scene)
      run.call({ resource, outcome: 'failure' })
      scene.ask(run.call({ resource }), 'resource', 'instance', 'trace')
    },
    (scene) => {
      const resource = scene.ownResource()
      const runs = [askedRun(scene), askedRun(scene, { afterMs: 3_000 })]
      for (const run of runs) run.call({ resource, outcome: 'failure' })
      scene.askNothing(`resource:${resource}`)
    },
    (scene) => {
      // The first died between its intent and its outcome; the second came through.
      const resource = scene.ownResource()
      const died = askedRun(scene).call({ resource, outcome: 'unknown' })
      scene.lose(died.span)
      const retried = askedRun(scene, { afterMs: 8_000 }).call({ resource })
      scene.ask(retried, 'resource', 'span')
      scene.ask(died, 'action')
    },
    (scene) => {
      // It worked, and somebody else failed at it afterwards.
      const resource = scene.ownResource()
      const worked = askedRun(scene).call({ resource })
      const failed = askedRun(scene, { afterMs: 9_000 }).call({ resource, outcome: 'failure' })
      const later = { ...worked, span: { ...worked.span, startNs: failed.span.startNs } }
      scene.askFor(later, `resource:${resource}`)
      scene.ask(failed, 'span')
    },
    (scene) => {
      // An intent and no more: who announced it is known, and not whether it happened.
      const resource = scene.ownResource()
      const died = askedRun(scene).call({ resource, outcome: 'unknown' })
      scene.lose(died.span)
      scene.ask(died, 'action')
      // The intent starts within the call: before the call's end, and after its start.
      const announced = { ...died, span: { ...died.span, startNs: died.span.endNs } }
      scene.askFor(announced, `resource:${resource}`)
    },
  ],
}

function failThenRetry(scene: Scene, gapMs: number) {
  const resource = scene.ownResource()
  const template = scene.template()
  const [first, second] = [askedRun(scene, { template }), askedRun(scene, { template })]
  const startNs = scene.startNs + milliseconds(6_000)
  const failed = first.call({ resource, outcome: 'failure', startNs, lengthMs: 10_000 })
  const retried = second.call({ resource, startNs: startNs + milliseconds(gapMs) })
  return { failed, retried }
}

/** Somebody only looked. */
const readNotWrite: Situation = {
  name: 'read-not-write',
  title: 'a read mistaken for a write',
  variations: [
    (scene) => {
      const { wrote, read } = writtenThenRead(scene)
      scene.askFor(
        { ...wrote, span: { ...wrote.span, startNs: read.span.startNs } },
        `resource:${wrote.names.resource ?? ''}`,
      )
      scene.ask(read, 'span')
    },
    (scene) => {
      // Nobody ever changed it.
      const resource = scene.ownResource()
      const read = askedRun(scene).call({ verb: 'read', resource })
      scene.askNothing(`resource:${resource}`)
      scene.ask(read, 'span', 'action')
    },
    (scene) => {
      const { read } = writtenThenRead(scene)
      scene.askFor(read, `resource:${read.names.resource ?? ''}`, 'read')
    },
    (scene) => {
      // The tool's name sounds like a change.
      const { wrote, read } = writtenThenRead(scene, { 'gen_ai.tool.name': 'update_check' })
      scene.askFor(
        { ...wrote, span: { ...wrote.span, startNs: read.span.startNs } },
        `resource:${wrote.names.resource ?? ''}`,
      )
    },
    (scene) => {
      const resource = scene.ownResource()
      const wrote = askedRun(scene).call({ resource })
      const human = humanAct(scene, { who: scene.human(), verb: 'read', resource, atMs: 30_000 })
      scene.askFor(
        { ...wrote, span: { ...wrote.span, startNs: human.span.startNs } },
        `resource:${resource}`,
      )
      scene.askFor(human, `resource:${resource}`, 'read')
    },
    (scene) => {
      // One instance changes it and looks at it again.
      const resource = scene.ownResource()
      const run = askedRun(scene)
      const wrote = run.call({ resource })
      const read = run.call({ verb: 'read', resource })
      const later = { ...wrote, span: { ...wrote.span, startNs: read.span.startNs } }
      for (const kind of ['resource', 'instance', 'correlation'] as const)
        scene.askFor(later, `${kind}:${wrote.names[kind] ?? ''}`)
    },
    (scene) => {
      // A GET of the page that an agent wrote.
      const source = askedRun(scene).call({
        resource: `https://wiki.acme.example/p/${scene.chance.hex(6)}`,
      })
      const url = source.names.resource ?? ''
      const root = { traceId: scene.chance.hex(32), spanId: '', startNs: source.span.endNs }
      const extra = { 'http.request.method': 'GET', 'url.full': url }
      const leaf = foreignSpan(scene, root, { form: 'http', afterMs: 2_000, extra })
      scene.askFor(
        { ...source, span: { ...source.span, startNs: leaf.startNs } },
        `resource:${url}`,
      )
    },
  ],
}

function writtenThenRead(scene: Scene, extra: Readonly<Record<string, string>> = {}) {
  const resource = scene.ownResource()
  const wrote = askedRun(scene).call({ resource })
  const read = askedRun(scene, { afterMs: 9_000 }).call({ verb: 'read', resource, extra })
  return { wrote, read }
}

/** Acts that did not change anything, and those that did. */
export const outcomeSituations: readonly Situation[] = [
  deniedThenHuman,
  failedThenRetried,
  readNotWrite,
  ...unsaidOutcomeSituations,
]
