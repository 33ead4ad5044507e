import { foreignAct, foreignSpan } from '../foreign-span.ts'
import { humanAct } from '../lone-act.ts'
import { onBehalfOf } from '../run-options.ts'
import type { RunOptions } from '../run-options.ts'
import { Run } from '../run.ts'
import type { Scene } from '../scene.ts'
import type { SimSpan } from '../sim-span.ts'
import type { Situation } from '../situation.ts'

const hourMs = 3_600_000

function workedRun(scene: Scene, options: Partial<RunOptions> = {}) {
  const run = new Run(scene, { delegator: onBehalfOf(scene.human()), ...options })
  const prompt = run.prompt('Update what has changed')
  run.plan('1. update')
  const act = run.call({ resource: scene.sharedResource() })
  return { run, prompt, act }
}

/** A leaf that says nothing of who acts, under an agent's call. */
function withLeaf(scene: Scene, options: Partial<RunOptions> = {}) {
  const { run, act } = workedRun(scene, options)
  const between = foreignSpan(scene, act.span, { form: 'server' })
  const leaf = foreignSpan(scene, between, { form: 'database' })
  return {
    run,
    act,
    between,
    leaf,
    leafAct: foreignAct(scene, leaf, { source: act, between: [between] }),
  }
}

/** Arrived an hour after the rest. */
const late: Situation = {
  name: 'late',
  title: 'late by an hour',
  variations: [
    (scene) => {
      const { act } = workedRun(scene)
      scene.delay(scene.sent, hourMs)
      scene.ask(act, 'resource', 'span')
    },
    (scene) => {
      const { act, prompt } = workedRun(scene)
      scene.delay([prompt], hourMs)
      scene.ask(act, 'resource', 'span')
    },
    (scene) => {
      const { act } = workedRun(scene)
      scene.delay([act.span], hourMs)
      scene.ask(act, 'resource', 'action')
    },
    (scene) => {
      // It happened before the agent's act, and arrived long after it.
      const resource = scene.ownResource()
      const human = humanAct(scene, { who: scene.human(), resource, atMs: 10 })
      scene.delay([human.span], hourMs)
      const run = new Run(scene, { delegator: onBehalfOf(scene.human()), afterMs: 2_000 })
      run.prompt('Change it again')
      const act = run.call({ resource })
      scene.ask(human, 'resource')
      scene.ask(act, 'resource', 'span')
    },
    (scene) => {
      const { act, between, leafAct } = withLeaf(scene)
      scene.delay([act.span, between], hourMs)
      scene.ask(leafAct, 'span', 'resource')
    },
    (scene) => {
      const { run } = workedRun(scene)
      const early = scene.sent
      const sub = run.startSub({ sameTrace: false })
      sub.prompt('The other half')
      const act = sub.call({ resource: scene.sharedResource() })
      scene.delay(early, hourMs)
      scene.ask(act, 'resource', 'span')
    },
  ],
}

/** Arrived in another order than they happened. */
const outOfOrder: Situation = {
  name: 'out-of-order',
  title: 'out of order',
  variations: [
    (scene) => {
      const { act } = workedRun(scene)
      backwards(scene, scene.sent)
      scene.ask(act, 'resource', 'span')
    },
    (scene) => {
      const { leafAct, act } = withLeaf(scene)
      backwards(scene, scene.sent)
      scene.ask(leafAct, 'span', 'resource')
      scene.ask(act, 'resource')
    },
    (scene) => {
      const { act, run } = workedRun(scene)
      scene.delay([run.session], 50_000)
      scene.ask(act, 'resource', 'trace')
    },
    (scene) => {
      const { run } = workedRun(scene)
      const parents = scene.sent
      const sub = run.startSub()
      sub.prompt('The other half')
      const act = sub.call({ resource: scene.sharedResource() })
      scene.delay(parents, 70_000)
      scene.ask(act, 'resource', 'span')
    },
    (scene) => {
      // The outcome overtakes the intent.
      const { act } = workedRun(scene)
      scene.delay(
        scene.sent.filter(({ name }) => name.startsWith('intent')),
        40_000,
      )
      scene.ask(act, 'action', 'resource')
    },
    (scene) => {
      const resource = scene.ownResource()
      const acts = [0, 1, 2].map((index) =>
        humanAct(scene, { who: scene.human(), resource, atMs: index * 4_000 }),
      )
      backwards(
        scene,
        acts.map(({ span }) => span),
      )
      for (const act of acts) scene.ask(act, 'resource')
    },
  ],
}

function backwards(scene: Scene, spans: readonly SimSpan[]): void {
  spans.forEach((span, index) => {
    scene.delay([span], (spans.length - index) * 8_000)
  })
}

/** Arrived more than once. */
const duplicated: Situation = {
  name: 'duplicated',
  title: 'duplicated',
  variations: [
    (scene) => {
      const { act } = workedRun(scene)
      for (const span of scene.sent) scene.emit(span, 'agents', 20_000)
      scene.ask(act, 'resource', 'span')
    },
    (scene) => {
      // Once from the agent, once through a collector that forwards.
      const { act } = workedRun(scene)
      for (const span of scene.sent) scene.emit(span, 'fleet', 20_000)
      scene.ask(act, 'resource', 'action')
    },
    (scene) => {
      const { leaf, leafAct } = withLeaf(scene)
      scene.emit(leaf, 'fleet', 30_000)
      scene.emit(leaf, 'mesh', 60_000)
      scene.ask(leafAct, 'span', 'resource')
    },
    (scene) => {
      // The same act, with more detail: a snapshot while it ran, the whole at its end.
      const { act } = workedRun(scene)
      const attributes = { ...act.span.attributes, 'http.response.status_code': 200 }
      scene.emit({ ...act.span, attributes }, 'agents', 15_000)
      scene.ask(act, 'resource', 'span', 'instance')
    },
    (scene) => {
      const { act } = workedRun(scene)
      for (const afterMs of [1_000, 9_000, 18_000]) scene.emit(act.span, 'agents', afterMs)
      scene.ask(act, 'resource', 'trace')
    },
    (scene) => {
      const act = humanAct(scene, { who: scene.human(), resource: scene.sharedResource() })
      scene.emit(act.span, 'people', hourMs)
      scene.ask(act, 'resource', 'span')
    },
    (scene) => {
      // Through a gateway that is bound to nobody: the words are the same, only their backing is weaker.
      const { act } = workedRun(scene)
      scene.emit(act.span, 'gateway', 25_000)
      scene.ask(act, 'resource', 'span')
    },
  ],
}

/** Clocks that disagree by minutes. */
const clockSkew: Situation = {
  name: 'clock-skew',
  title: 'clock skew of minutes',
  variations: [
    ...[240_000, -180_000].map((skewMs) => (scene: Scene) => {
      const { act } = workedRun(scene, { skewMs })
      scene.ask(act, 'resource', 'span', 'instance')
    }),
    (scene) => {
      // The sub-agent seems to have acted before anybody asked it to.
      const { run } = workedRun(scene)
      const sub = run.startSub({ skewMs: -300_000 })
      sub.prompt('The other half')
      scene.ask(sub.call({ resource: scene.sharedResource() }), 'resource', 'span')
    },
    (scene) => {
      const { run } = workedRun(scene)
      const sub = run.startSub({ skewMs: -300_000, sameTrace: false })
      sub.prompt('The other half')
      scene.ask(sub.call({ resource: scene.sharedResource() }), 'resource', 'span')
    },
    (scene) => {
      // The database's clock is behind: the leaf began before its parents.
      const { act } = workedRun(scene)
      const between = foreignSpan(scene, act.span, { form: 'server', afterMs: -60_000 })
      const leaf = foreignSpan(scene, between, { form: 'database', afterMs: 30_000 })
      const leafAct = foreignAct(scene, leaf, { source: act, between: [between] })
      scene.ask(leafAct, 'span', 'resource')
    },
    (scene) => {
      const { leafAct, act } = withLeaf(scene, { skewMs: 200_000 })
      scene.ask(leafAct, 'span', 'resource')
      scene.ask(act, 'resource')
    },
    (scene) => {
      // The parent's clock is ahead, so its prompt seems to come after the act.
      const { run } = workedRun(scene, { skewMs: 150_000 })
      const sub = run.startSub({ sameTrace: false, unsaid: ['correlation'] })
      sub.prompt('The other half')
      scene.ask(sub.call({ resource: scene.sharedResource() }), 'resource', 'span')
    },
  ],
}

/** Records that arrive otherwise than they were made. */
export const deliverySituations: readonly Situation[] = [late, outOfOrder, duplicated, clockSkew]
