import type { Act } from '../act.ts'
import type { CallOptions } from '../call-options.ts'
import { onBehalfOf } from '../run-options.ts'
import { Run } from '../run.ts'
import type { Scene } from '../scene.ts'
import type { Attributes } from '../sim-span.ts'
import type { Situation } from '../situation.ts'
import { deed, strangerSpan } from '../stranger-span.ts'
import type { StrangerOptions } from '../stranger-span.ts'

/** The act whose action ID another sender writes on a record of its own. */
function askedAct(scene: Scene, call: Partial<CallOptions> = {}): Act {
  const run = new Run(scene, { delegator: onBehalfOf(scene.human()) })
  run.prompt('Change the order')
  return run.call({ resource: scene.ownResource(), ...call })
}

/** The same, received long after whatever is sent from here on. */
function lateAct(scene: Scene): Act {
  const act = askedAct(scene)
  scene.delay(scene.sent, aMinute)
  return act
}

const aMinute = 60_000

function idOf({ names }: Act): Attributes {
  return { 'whodid.action.id': names.action ?? '' }
}

/** What the stranger's own agent did, under that ID. */
function ownAct(scene: Scene, act: Act, call: Partial<CallOptions> = {}): Act {
  const run = new Run(scene, { template: 'ci-bot', delegator: null, by: 'ci-bot' })
  const resource = scene.ownResource()
  return run.call({ resource, afterMs: aMinute, intent: false, ...call, extra: idOf(act) })
}

/** A record of the stranger under that ID, and the questions that it could turn. */
function reuse(scene: Scene, act: Act, options: StrangerOptions): void {
  const attributes = deed(scene.ownResource(), { ...options.attributes, ...idOf(act) })
  strangerSpan(scene, { ...options, attributes })
  askEach(scene, act)
}

function askEach(scene: Scene, act: Act): void {
  scene.ask(act, 'action', 'span', 'resource')
}

const itself = { 'whodid.actor.type': 'agent', 'gen_ai.agent.id': 'ci-bot' }
const forEve = { 'whodid.delegator.id': 'eve@partner.example', 'whodid.delegator.type': 'human' }
const failed = { 'whodid.action.outcome': 'failure' }
const onSame = ({ names }: Act): Attributes => ({ 'whodid.resource.id': names.resource ?? '' })

/** More records than a question looks at under one ID. */
const floodCount = 70

/**
 * The ID is the act's of which the first record was received, among those whose senders may speak for their actors. What
 * another sender writes under it is an act of its own and settles nothing of that one.
 */
export const reusedAction: Situation = {
  name: 'reused-action-id',
  title: 'the action ID of another’s act, reused with another outcome or on another resource',
  variations: [
    (scene) => {
      const act = askedAct(scene)
      const { resource = '' } = act.names
      scene.ask(ownAct(scene, act, { resource, outcome: 'failure' }), 'span')
      askEach(scene, act)
    },
    (scene) => {
      const act = askedAct(scene)
      scene.ask(ownAct(scene, act), 'span', 'resource')
      askEach(scene, act)
    },
    (scene) => {
      // Below the call, as if it were a part of it.
      const act = askedAct(scene)
      const place = { under: act.span, arrivesAfterMs: aMinute }
      reuse(scene, act, { ...place, attributes: { ...itself, ...failed, ...onSame(act) } })
    },
    (scene) => {
      const act = askedAct(scene)
      const place = { as: act.span, atMs: 0, arrivesAfterMs: aMinute }
      reuse(scene, act, { ...place, attributes: itself })
    },
    (scene) => {
      // The outcome never came: what is on record of the act is its announcement.
      const act = askedAct(scene, { outcome: 'unknown' })
      const under = { traceId: act.span.traceId, spanId: act.span.parentId }
      const place = { under, arrivesAfterMs: aMinute }
      reuse(scene, act, { ...place, attributes: { ...itself, ...failed, ...onSame(act) } })
    },
    (scene) => {
      const act = askedAct(scene, { outcome: 'unknown' })
      const place = { under: act.span, arrivesAfterMs: aMinute }
      reuse(scene, act, { ...place, attributes: { ...failed, ...onSame(act) } })
    },
    // Received first: it names nobody, or somebody for whom its sender may not speak.
    (scene) => reuse(scene, lateAct(scene), { attributes: failed }),
    (scene) => {
      const act = lateAct(scene)
      const asVictim = { ...itself, 'gen_ai.agent.id': act.truth.template ?? '' }
      reuse(scene, act, { attributes: { ...asVictim, ...forEve } })
    },
    (scene) =>
      reuse(scene, lateAct(scene), { by: 'gateway', attributes: { ...itself, ...forEve } }),
    (scene) => {
      // Received first, by a sender that may speak for its actor: nothing on record tells which of the two was meant.
      const act = lateAct(scene)
      const first = ownAct(scene, act, { afterMs: 10 })
      scene.ask({ ...first, names: act.names }, 'action')
      scene.ask(first, 'span', 'resource')
      scene.ask(act, 'span', 'resource')
    },
    (scene) => {
      // So many later ones that the newest are all the stranger's.
      const act = askedAct(scene)
      for (let index = 0; index < floodCount; index += 1) ownAct(scene, act)
      askEach(scene, act)
    },
    (scene) => {
      // The same, received before it and stamped later, of records that name nobody.
      const act = lateAct(scene)
      const place = { atMs: 9_000, arrivesAfterMs: 1 }
      for (let index = 1; index < floodCount; index += 1)
        strangerSpan(scene, { ...place, attributes: deed(scene.ownResource(), idOf(act)) })
      reuse(scene, act, { ...place, attributes: failed })
    },
  ],
}
