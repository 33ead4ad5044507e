import { humanAct } from '../lone-act.ts'
import { onBehalfOf } from '../run-options.ts'
import type { RunOptions } from '../run-options.ts'
import { Run } from '../run.ts'
import type { Scene } from '../scene.ts'
import { milliseconds } from '../sim-span.ts'
import type { Situation } from '../situation.ts'

/** Two runs that have been asked something and have not acted yet. */
function twoRuns(scene: Scene, of: Partial<RunOptions> = {}): [Run, Run] {
  const template = scene.template()
  const delegator = onBehalfOf(scene.human())
  const runs = [1, 2].map((number) => {
    const run = new Run(scene, { template, delegator, afterMs: number * 10, ...of })
    run.prompt(`Part ${number} of the work`)
    return run
  })
  // Two were made.
  return runs as [Run, Run]
}

/** Both instances act on one resource, the second so much later. */
function bothAct(scene: Scene, gapMs: number, runs: readonly [Run, Run]) {
  const resource = scene.ownResource()
  const startNs = scene.startNs + milliseconds(4_000)
  const first = runs[0].call({ resource, startNs })
  const second = runs[1].call({ resource, startNs: startNs + milliseconds(gapMs) })
  return { first, second }
}

/** Two instances of one template on one resource within a second. */
const twoInstances: Situation = {
  name: 'two-instances-one-second',
  title: 'two instances of one template on one resource within a second',
  variations: [
    ...[1, 20, 300, 900].map((gapMs) => (scene: Scene) => {
      const { first, second } = bothAct(scene, gapMs, twoRuns(scene))
      // One microsecond behind the first, the second has not begun.
      scene.ask(first, 'resource', 'span', 'instance')
      scene.ask(second, 'resource', 'action', 'instance')
    }),
    (scene) => {
      const [one, other] = twoRuns(scene)
      const { first, second } = bothAct(scene, 450, [other, one])
      scene.ask(first, 'resource', 'span')
      scene.ask(second, 'resource', 'trace')
    },
    (scene) => {
      // One correlation: two workers of one request.
      const { first, second } = bothAct(
        scene,
        150,
        twoRuns(scene, { correlation: scene.chance.uuid() }),
      )
      scene.ask(first, 'span', 'resource')
      scene.ask(second, 'resource', 'correlation')
    },
    (scene) => {
      // To the nanosecond at once, as clocks of milliseconds have it: which was the newest, nobody can tell.
      const { first, second } = bothAct(scene, 0, twoRuns(scene))
      const verdict = 'two instances acted at the same nanosecond of the record'
      scene.ask(first, 'span')
      scene.ask(second, 'span')
      scene.askTied([first, second], 'resource', verdict)
    },
  ],
}

/** Two people's agents on one resource. */
const twoHumans: Situation = {
  name: 'two-humans-one-resource',
  title: "two humans' agents on one resource",
  variations: [
    ...[2_000, 60_000, 600].map((gapMs) => (scene: Scene) => {
      const { first, second } = forTwo(scene, gapMs)
      scene.ask(first, 'resource', 'span', 'delegator')
      scene.ask(second, 'resource', 'span', 'delegator')
    }),
    (scene) => {
      const template = scene.template()
      const { first, second } = forTwo(scene, 5_000, { template })
      scene.ask(first, 'resource', 'trace')
      scene.ask(second, 'resource', 'trace')
    },
    (scene) => {
      // One conversation of both, hence one correlation.
      const { first, second } = forTwo(scene, 3_000, { correlation: scene.chance.uuid() })
      scene.ask(first, 'resource', 'span')
      scene.ask(second, 'resource', 'span', 'correlation')
    },
    (scene) => {
      // The second person acts without an agent.
      const [one, other] = scene.twoHumans()
      const resource = scene.ownResource()
      const run = new Run(scene, { delegator: onBehalfOf(one) })
      run.prompt('Update the record')
      const first = run.call({ resource })
      const second = humanAct(scene, { who: other, resource, atMs: 20_000 })
      scene.ask(first, 'resource', 'span')
      scene.ask(second, 'resource', 'delegator')
    },
  ],
}

function forTwo(scene: Scene, gapMs: number, of: Partial<RunOptions> = {}) {
  const [one, other] = scene.twoHumans()
  const runs = [one, other].map((human, index) => {
    const run = new Run(scene, { delegator: onBehalfOf(human), afterMs: index * 30, ...of })
    run.prompt('Change the record')
    return run
  })
  // Two were made.
  return bothAct(scene, gapMs, runs as [Run, Run])
}

/** An agent with a person's own credential. */
const borrowedCredential: Situation = {
  name: 'borrowed-credential',
  title: "an agent with a human's borrowed credential",
  variations: [
    (scene) => {
      const owner = scene.human()
      const act = withCredential(scene, owner, owner)
      scene.ask(act, 'credential', 'resource', 'span')
    },
    (scene) => {
      // For one person, with the token of another.
      const [asker, owner] = scene.twoHumans()
      scene.ask(withCredential(scene, asker, owner), 'credential', 'resource', 'delegator')
    },
    (scene) => {
      const owner = scene.human()
      const credential = { id: `pat-${scene.chance.hex(8)}`, subject: owner, borrowed: true }
      const agent = withCredential(scene, owner, owner, credential)
      const human = humanAct(scene, {
        who: owner,
        resource: scene.ownResource(),
        credential: { ...credential, borrowed: false },
        atMs: 30_000,
      })
      scene.ask(agent, 'credential', 'span')
      scene.ask(human, 'credential', 'span')
    },
    (scene) => {
      const owner = scene.human()
      const credential = { id: `pat-${scene.chance.hex(8)}`, subject: owner, borrowed: true }
      const human = humanAct(scene, {
        who: owner,
        resource: scene.sharedResource(),
        credential: { ...credential, borrowed: false },
        atMs: 10,
      })
      const agent = withCredential(scene, owner, owner, credential)
      scene.ask(human, 'credential')
      scene.ask(agent, 'credential', 'resource')
    },
    (scene) => {
      const owner = scene.human()
      const run = new Run(scene, { delegator: onBehalfOf(owner) })
      run.prompt('Fix the data')
      const sub = run.startSub({ template: 'db-fixer' })
      sub.prompt('Delete the duplicates')
      const credential = { id: `pat-${scene.chance.hex(8)}`, subject: owner, borrowed: true }
      const act = sub.call({ verb: 'delete', resource: scene.sharedResource(), credential })
      scene.ask(act, 'credential', 'resource', 'span')
    },
    (scene) => {
      // Nothing marks the token as borrowed.
      const owner = scene.human()
      const credential = { id: `pat-${scene.chance.hex(8)}`, subject: owner, borrowed: false }
      scene.ask(withCredential(scene, owner, owner, credential), 'credential', 'action')
    },
    (scene) => {
      // It acts for nobody: the owner of the token is not its delegator.
      const owner = scene.human()
      const credential = { id: `pat-${scene.chance.hex(8)}`, subject: owner, borrowed: true }
      const run = new Run(scene, { delegator: null })
      run.prompt('Keep the cache warm', 'system')
      scene.ask(run.call({ resource: scene.sharedResource(), credential }), 'credential', 'span')
    },
  ],
}

function withCredential(
  scene: Scene,
  asker: string,
  ...[owner, given]: [string, { id: string; subject: string; borrowed: boolean }?]
) {
  const credential = given ?? {
    id: `pat-${scene.chance.hex(8)}`,
    subject: owner,
    borrowed: true,
  }
  const run = new Run(scene, { delegator: onBehalfOf(asker) })
  run.prompt('Merge the fix')
  return run.call({ resource: scene.sharedResource(), credential, afterMs: 500 })
}

/** Several actors on one thing, or with one credential. */
export const sideBySideSituations: readonly Situation[] = [
  twoInstances,
  twoHumans,
  borrowedCredential,
]
