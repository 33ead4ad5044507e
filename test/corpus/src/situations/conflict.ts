import type { Act } from '../act.ts'
import type { ExporterName } from '../corpus-exporter.ts'
import { foreignAct, foreignSpan } from '../foreign-span.ts'
import type { ForeignOptions } from '../foreign-span.ts'
import { onBehalfOf } from '../run-options.ts'
import { Run } from '../run.ts'
import type { Scene } from '../scene.ts'
import type { Attributes } from '../sim-span.ts'
import type { Situation } from '../situation.ts'
import type { Lacking } from '../truth.ts'

function calledBy(scene: Scene, by: ExporterName = 'agents'): Act {
  const run = new Run(scene, { delegator: onBehalfOf(scene.human()), by })
  run.prompt('Change the order')
  return run.call({ resource: scene.ownResource() })
}

function overwritten(
  scene: Scene,
  extra: Attributes,
  ...given: [lacking?: Lacking, form?: Partial<ForeignOptions>]
): void {
  const [lacking = {}, form = {}] = given
  const source = calledBy(scene)
  const leaf = foreignSpan(scene, source.span, { form: 'http', extra, ...form })
  scene.ask(source, 'resource', 'span')
  scene.ask(foreignAct(scene, leaf, { source, lacking }), 'span', 'resource')
}

/** An instrumentation further down puts its own identity over the agent's. */
const identityOverwritten: Situation = {
  name: 'identity-overwritten',
  title: 'identity attributes overwritten by a third-party instrumentation further down',
  variations: [
    (scene) => overwritten(scene, { 'user.id': 'svc-checkout', 'enduser.id': 'svc-checkout' }),
    (scene) => overwritten(scene, { 'session.id': scene.chance.hex(24) }),
    (scene) => {
      // A framework inside the agent names its own role and a session; a sub-agent elsewhere would look the same.
      const extra = {
        'openinference.span.kind': 'TOOL',
        'gen_ai.agent.name': 'researcher',
        'session.id': scene.chance.hex(24),
      }
      const why = { arguable: 'the role may be the same instance, or one that it called' }
      const lacking = { instance: why, delegator: why, prompt: why, chain: why }
      overwritten(scene, extra, lacking, { by: 'fleet' })
    },
    (scene) => overwritten(scene, { 'gen_ai.agent.id': 'checkout-service' }),
    (scene) => {
      const extra = { 'whodid.agent.instance.id': scene.chance.uuid() }
      const why = { arguable: 'a sender bound to no agent names another instance than the caller' }
      overwritten(scene, extra, { verdict: why })
    },
    (scene) => {
      const extra = { 'whodid.delegator.id': 'svc-checkout', 'whodid.delegator.type': 'service' }
      overwritten(scene, extra, {
        delegator: { arguable: 'a sender bound to no agent names another delegator' },
      })
    },
    (scene) => overwritten(scene, { 'whodid.correlation.id': scene.chance.uuid() }),
    (scene) => {
      // A gateway writes its own template over the agent's, and sends the same span again.
      const act = calledBy(scene)
      const attributes = { ...act.span.attributes, 'gen_ai.agent.id': 'edge-gateway' }
      scene.emit({ ...act.span, attributes }, 'gateway', 12_000)
      act.lacking = { verdict: { arguable: 'a weaker sender says another template of the span' } }
      scene.ask(act, 'span', 'resource')
    },
  ],
}

const forged = (claim: string): Lacking => ({ verdict: `its sender may not speak for ${claim}` })

/** An act by the exporter of another agent, which says that somebody else did it. */
function forgery(
  scene: Scene,
  ...given: [
    by: ExporterName,
    said: (victim: Act) => Attributes,
    claim: string,
    form?: {
      readonly under?: boolean
      readonly afterMs?: number
      readonly ofVictim?: Lacking
      readonly ofForger?: Lacking
    },
  ]
): void {
  const [by, said, claim, { under = false, afterMs, ofVictim = {}, ofForger } = {}] = given
  const victim = calledBy(scene)
  victim.lacking = ofVictim
  const forger = new Run(scene, { template: 'ci-bot', delegator: null, by: 'ci-bot' })
  const source = forger.call({ resource: scene.ownResource(), intent: false })
  scene.lose(source.span)
  const claims = said(victim)
  const span = {
    ...source.span,
    traceId: under ? victim.span.traceId : source.span.traceId,
    parentId: under ? victim.span.spanId : '',
    attributes: { ...plainCall(source), ...claims },
  }
  scene.emit(span, by, afterMs)
  const subjects = [`${span.traceId}-${span.spanId}`]
  const instance = claims['whodid.agent.instance.id']
  const names = { action: source.names.action, resource: source.names.resource }
  const act = scene.replace(source, {
    ...source,
    span,
    subjects,
    lacking: ofForger ?? forged(claim),
    names: typeof instance === 'string' ? { ...names, instance } : names,
  })
  scene.ask(act, 'span', 'resource')
  // What its sender may not say hides nothing: the instance's newest act is the victim's, unless the forger speaks for itself.
  // The question is of a time when both are on record.
  const bothNs = [victim.span.startNs, act.span.startNs].reduce((a, b) => (a > b ? a : b))
  const later = { ...victim, span: { ...victim.span, startNs: bothNs } }
  scene.ask(ofForger === undefined ? later : act, 'instance')
  scene.ask(victim, 'span', 'resource')
}

/** What a call says beside who made it. */
function plainCall(source: Act): Attributes {
  const kept = Object.entries(source.span.attributes).filter(
    ([key]) => !/^whodid\.(?:actor|agent|delegat|correlation|seq)|agent\.id$/u.test(key),
  )
  return Object.fromEntries(kept)
}

const asVictim = ({ truth }: Act): Attributes => ({
  'whodid.actor.type': 'agent',
  'gen_ai.agent.id': truth.template ?? '',
  'whodid.agent.instance.id': truth.instance ?? '',
  'whodid.delegator.id': truth.delegator?.id ?? '',
  'whodid.delegator.type': 'human',
})

const asOwnTemplate = ({ truth }: Act): Attributes => ({
  'whodid.actor.type': 'agent',
  'gen_ai.agent.id': 'ci-bot',
  'whodid.agent.instance.id': truth.instance ?? '',
})
const onRecordAsAnother = 'an instance that is on record as another template'
/** Its template is its own; the instance is the victim's. */
const itself: Lacking = { instance: `its sender may not speak for ${onRecordAsAnother}` }

/** An instance ID that its sender may not speak for. */
const forgedInstance: Situation = {
  name: 'forged-instance',
  title: 'a forged instance ID, sent with a token that may not speak for it',
  variations: [
    (scene) => forgery(scene, 'ci-bot', asVictim, 'that template'),
    (scene) => forgery(scene, 'ci-bot', asVictim, 'that template', { under: true }),
    (scene) => {
      // Its own template, which it may speak for, and another's instance: an instance is of one template.
      // Whose it is, nothing tells: each sender may speak for the template it names, and they came within minutes.
      const ofVictim = {
        instance: { arguable: 'two senders, each entitled, claim the instance for two templates' },
      }
      forgery(scene, 'ci-bot', asOwnTemplate, onRecordAsAnother, { ofVictim, ofForger: itself })
    },
    // The same, when the victim has been on record alone for more than a day.
    (scene) => {
      const afterMs = 26 * 3_600_000
      forgery(scene, 'ci-bot', asOwnTemplate, onRecordAsAnother, { afterMs, ofForger: itself })
    },
    (scene) => {
      const said = () => ({ 'whodid.actor.type': 'human', 'user.id': scene.human() })
      forgery(scene, 'agents', said, 'people')
    },
    (scene) => forgery(scene, 'people', asVictim, 'agents'),
    (scene) => {
      const said = () => ({ 'whodid.actor.type': 'service', 'service.name': 'nightly-billing' })
      forgery(scene, 'ci-bot', said, 'services')
    },
    (scene) => {
      const said = (victim: Act) => ({
        'whodid.actor.type': 'agent',
        'whodid.agent.instance.id': victim.truth.instance ?? '',
      })
      forgery(scene, 'ci-bot', said, 'an instance without its template')
    },
  ],
}

function claimTwice(
  scene: Scene,
  ...given: [by: ExporterName, change: Attributes, lacking: Lacking, afterMs?: number]
): Act {
  const [by, change, lacking, afterMs = 7_000] = given
  const act = calledBy(scene)
  scene.emit({ ...act.span, attributes: { ...act.span.attributes, ...change } }, by, afterMs)
  act.lacking = lacking
  return act
}

const bothMay = { instance: 'two senders, each entitled, name two instances of one template' }

/** One span, of which two exporters say who did it. */
const twoExporters: Situation = {
  name: 'two-exporters-one-span',
  title: 'two exporters claiming the same span',
  variations: [
    (scene) => {
      const change = { 'whodid.agent.instance.id': scene.chance.uuid() }
      scene.ask(claimTwice(scene, 'fleet', change, bothMay), 'span', 'resource')
    },
    (scene) => {
      const change = { 'whodid.actor.type': 'human', 'user.id': scene.human() }
      const lacking = { verdict: { arguable: 'two senders, each entitled, the first stands' } }
      scene.ask(claimTwice(scene, 'fleet', change, lacking, 20_000), 'span', 'resource')
    },
    (scene) => {
      const change = { 'whodid.agent.instance.id': scene.chance.uuid() }
      const lacking = { verdict: { arguable: 'the second sender may not speak for the template' } }
      scene.ask(claimTwice(scene, 'ci-bot', change, lacking), 'span', 'resource')
    },
    (scene) => {
      const act = claimTwice(scene, 'fleet', { 'gen_ai.tool.call.id': 'call_7' }, {})
      scene.ask(act, 'span', 'resource', 'action')
    },
    (scene) => {
      const [one] = scene.twoHumans()
      const change = { 'whodid.delegator.id': `${one}.invalid` }
      const why = 'two senders, each entitled, name two delegators'
      const act = claimTwice(scene, 'fleet', change, {
        verdict: { arguable: why },
        delegator: why,
      })
      scene.ask(act, 'span', 'resource')
    },
    (scene) => {
      const change = { 'whodid.agent.instance.id': scene.chance.uuid() }
      scene.ask(claimTwice(scene, 'fleet', change, bothMay, 3_600_000), 'span', 'resource')
    },
    (scene) => {
      // The conflict is about the call above: what stands under it inherits from nobody.
      const change = { 'whodid.agent.instance.id': scene.chance.uuid() }
      const source = claimTwice(scene, 'fleet', change, bothMay)
      const leaf = foreignSpan(scene, source.span, { form: 'database' })
      scene.ask(foreignAct(scene, leaf, { source, lacking: bothMay }), 'span', 'resource')
    },
  ],
}

/** Records that contradict each other, or their sender. */
export const conflictSituations: readonly Situation[] = [
  identityOverwritten,
  forgedInstance,
  twoExporters,
]
