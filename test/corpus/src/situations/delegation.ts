import type { Act } from '../act.ts'
import { onBehalfOf } from '../run-options.ts'
import type { RunOptions } from '../run-options.ts'
import { Run } from '../run.ts'
import type { Scene } from '../scene.ts'
import type { Situation } from '../situation.ts'
import type { Lacking } from '../truth.ts'

/** Three instances, one started by the other, each asked by the one before. */
function threeRuns(scene: Scene, sub: Partial<RunOptions> = {}): [Run, Run, Run] {
  const first = new Run(scene, {
    template: 'oncall-helper',
    delegator: onBehalfOf(scene.human()),
    ...(sub.unsaid?.includes('correlation') === true ? { unsaid: ['correlation'] as const } : {}),
  })
  first.prompt('Something is wrong with the orders, sort it out')
  first.plan('1. look 2. hand over')
  const second = first.startSub({ template: 'repo-triage', ...sub })
  second.prompt('Find the broken change')
  const third = second.startSub({ template: 'db-fixer', ...sub })
  third.prompt('Repair the rows')
  return [first, second, third]
}

/** Three hops within one trace. */
const threeHopsOneTrace: Situation = {
  name: 'three-hops-one-trace',
  title: 'three-hop delegation within one trace',
  variations: [
    (scene) => {
      const [, , third] = threeRuns(scene)
      const act = third.call({ verb: 'delete', resource: scene.sharedResource() })
      scene.ask(act, 'resource', 'span', 'instance')
    },
    (scene) => {
      const [, , third] = threeRuns(scene, { unsaid: ['chain'] })
      scene.ask(third.call({ resource: scene.sharedResource() }), 'resource', 'trace')
    },
    (scene) => {
      const [, , third] = threeRuns(scene, { unsaid: ['refs', 'chain'] })
      scene.ask(third.call({ resource: scene.sharedResource() }), 'resource', 'action')
    },
    (scene) => {
      // The sub-agents do not say for whom: the records that they stand under do.
      const [, , third] = threeRuns(scene, { unsaid: ['delegator', 'chain'] })
      scene.ask(third.call({ resource: scene.sharedResource() }), 'resource', 'span')
    },
    (scene) => {
      const [first, second, third] = threeRuns(scene)
      const acts = [third, second, first].map((run, index) =>
        run.wait(index * 3_000).call({ resource: scene.sharedResource() }),
      )
      for (const act of acts) scene.ask(act, 'resource', 'span', 'instance')
    },
    (scene) => {
      const [, , third] = threeRuns(scene, { by: 'fleet' })
      scene.ask(third.call({ resource: scene.ownResource() }), 'resource', 'correlation', 'trace')
    },
  ],
}

const apart = { sameTrace: false } as const

/** Three hops, each in its trace, and only the correlation in common. */
const threeHopsByCorrelation: Situation = {
  name: 'three-hops-by-correlation',
  title: 'three-hop delegation across traces, joined by correlation only',
  variations: [
    (scene) => scene.ask(byCorrelation(scene), 'resource', 'span', 'instance'),
    (scene) => scene.ask(byCorrelation(scene, ['delegator']), 'resource', 'span'),
    (scene) => scene.ask(byCorrelation(scene, ['seq']), 'action', 'correlation', 'trace'),
    (scene) => {
      // The person asked twice within one correlation: which of the two led here, nothing tells.
      const act = byCorrelation(scene, [], (first) => first.prompt('And look at the invoices too'))
      act.lacking = { prompt: twoPrompts, chain: twoPrompts }
      scene.ask(act, 'resource', 'span')
    },
    (scene) => {
      // Two people's agents share the correlation, and the one that acted names nobody.
      const act = byCorrelation(scene, ['delegator'], (first) => {
        const other = new Run(scene, {
          delegator: onBehalfOf('guest@partner.example'),
          correlation: first.correlation,
        })
        other.prompt('Do me a favour in the same thread')
      })
      act.lacking = { delegator: twoPeople, prompt: twoPeople, chain: twoPeople }
      scene.ask(act, 'resource', 'span')
    },
    (scene) => {
      // The one that acted has another sender, which nothing shows to speak for the first.
      const act = byCorrelation(scene, [], () => undefined, 'fleet')
      act.lacking = { prompt: otherSender, chain: otherSender }
      scene.ask(act, 'resource', 'delegator')
    },
  ],
}

const otherSender = { arguable: 'the prompt is told by a sender of another template' }
const twoPrompts = 'two human prompts stand under the correlation, and nothing ties the act to one'
const twoPeople = 'two people stand under the correlation, and nothing ties the act to one'

function byCorrelation(
  scene: Scene,
  ...given: [
    unsaid?: RunOptions['unsaid'],
    between?: (first: Run) => unknown,
    by?: 'fleet' | 'agents',
  ]
): Act {
  const [more = [], between = () => undefined, by = 'agents'] = given
  const unsaid = ['parent', 'grant', 'chain', ...more] as const
  const first = new Run(scene, { template: 'oncall-helper', delegator: onBehalfOf(scene.human()) })
  first.prompt('Sort out the orders')
  const handed = { run: first, delegation: first.note('delegation', 'enqueue', {}) }
  between(first)
  // What crosses is the correlation alone: no reference to a prompt of another trace.
  const second = new Run(scene, {
    delegator: first.delegator,
    parent: handed,
    unsaid,
    by,
    ...apart,
  })
  const asked = second.nowNs
  const onward = { run: second, delegation: second.note('delegation', 'enqueue', {}) }
  const third = new Run(scene, { delegator: first.delegator, parent: onward, unsaid, by, ...apart })
  const prompt = third.promptAlone('Repair the rows')
  const act = third.call({ resource: scene.sharedResource() })
  // Whether the second stood between, or beside, the correlation does not say.
  const root = act.truth.prompt ?? ''
  const own = [root, `${prompt.traceId}-${prompt.spanId}`, act.subjects[0] ?? '']
  const beside = [...act.truth.beside, ...act.truth.chain, ...scene.refsSince(asked)]
  return scene.replace(act, { ...act, truth: { ...act.truth, chain: own, beside } })
}

/** Three hops, each in its trace, joined by what is said of the delegation. */
const threeHopsByDelegation: Situation = {
  name: 'three-hops-by-delegation',
  title: 'three-hop delegation across traces, joined by delegation only',
  variations: [
    (scene) => scene.ask(byDelegation(scene, ['refs']), 'resource', 'span', 'instance'),
    (scene) => scene.ask(byDelegation(scene, ['refs', 'chain']), 'resource', 'span'),
    (scene) => {
      // Only the parent instance is named.
      const act = byDelegation(scene, ['refs', 'chain', 'grant'])
      scene.ask(act, 'resource', 'action')
    },
    (scene) => {
      // Only the grants are named.
      const act = byDelegation(scene, ['refs', 'chain', 'parent'])
      scene.ask(act, 'resource', 'span')
    },
    (scene) => {
      // For whom, only the first of the three says.
      const act = byDelegation(scene, ['refs', 'chain', 'delegator'])
      scene.ask(act, 'resource', 'span')
    },
    (scene) => {
      // References cross the traces, as the SDK's carriers have them.
      scene.ask(byDelegation(scene, []), 'resource', 'trace', 'span')
    },
    (scene) => {
      // Nothing of the one in the middle ever arrived; only its grant still ties the third to the first.
      const lost = { arguable: 'the instance that stood between never reached the ledger' }
      const act = byDelegation(scene, ['refs', 'chain'], { prompt: lost, chain: lost }, true)
      scene.ask(act, 'resource', 'span')
    },
  ],
}

function byDelegation(
  scene: Scene,
  more: NonNullable<RunOptions['unsaid']>,
  ...given: [lacking?: Lacking, loseSecond?: boolean]
): Act {
  const [lacking = {}, loseSecond = false] = given
  const sub = { ...apart, unsaid: ['correlation', ...more] as const }
  const [, second, third] = threeRuns(scene, sub)
  const act = third.call({ resource: scene.sharedResource(), lacking })
  if (loseSecond)
    for (const span of scene.sent) if (span.traceId === second.traceId) scene.lose(span)
  return act
}

/** Work that is handed on. */
export const delegationSituations: readonly Situation[] = [
  threeHopsOneTrace,
  threeHopsByCorrelation,
  threeHopsByDelegation,
]
