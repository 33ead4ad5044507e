import type { Act } from '../act.ts'
import { foreignAct, foreignSpan } from '../foreign-span.ts'
import { humanAct, serviceAct } from '../lone-act.ts'
import { onBehalfOf } from '../run-options.ts'
import { Run } from '../run.ts'
import type { Scene } from '../scene.ts'
import { spanRefOf } from '../sim-span.ts'
import type { SimSpan } from '../sim-span.ts'
import type { Situation } from '../situation.ts'
import { deed, strangerSpan } from '../stranger-span.ts'
import type { StrangerOptions } from '../stranger-span.ts'
import type { Lacking } from '../truth.ts'

function victimOf(scene: Scene): Act {
  const run = new Run(scene, { delegator: onBehalfOf(scene.human()) })
  run.prompt('Change the order')
  return run.call({ resource: scene.ownResource() })
}

/** Something that an agent did whose sender would rather have somebody else named. */
function done(
  scene: Scene,
  ...given: [options: StrangerOptions, lacking: Lacking, template?: string]
): Act {
  const [options, lacking, template = 'ci-bot'] = given
  const resource = scene.ownResource()
  const span = strangerSpan(scene, { ...options, attributes: deed(resource, options.attributes) })
  const act: Act = {
    span,
    subjects: [spanRefOf(span)],
    names: { resource },
    verb: 'update',
    outcome: 'success',
    truth: {
      verdict: 'agent',
      who: null,
      instance: null,
      template,
      delegator: null,
      prompt: null,
      chain: [spanRefOf(span)],
      beside: options.under === undefined ? [] : [refOf(options.under)],
    },
    lacking,
  }
  return scene.act(act)
}

function refOf({ traceId, spanId }: Pick<SimSpan, 'traceId' | 'spanId'>): string {
  return `${traceId}-${spanId}`
}

const notItsOwn = { verdict: 'its sender may not speak for whoever stands above' }

function putOn(scene: Scene, innocent: Act, options: StrangerOptions = {}): void {
  scene.ask(done(scene, { under: innocent.span, ...options }, notItsOwn), 'span', 'resource')
  scene.ask(innocent, 'span', 'resource')
}

const person = (scene: Scene): Act =>
  humanAct(scene, { who: scene.human(), resource: scene.ownResource() })

/** A record that names nobody, under the span of somebody who has nothing to do with it. */
const innocents: Situation = {
  name: 'put-on-an-innocent',
  title: 'an act that names nobody, put under the span of an innocent human, agent or service',
  variations: [
    (scene) => putOn(scene, person(scene)),
    (scene) => putOn(scene, person(scene), { by: 'legacy' }),
    (scene) => putOn(scene, person(scene), { by: 'gateway' }),
    (scene) => putOn(scene, victimOf(scene)),
    (scene) => {
      const job = serviceAct(scene, { who: 'nightly-billing', resource: scene.ownResource() })
      putOn(scene, job)
    },
    (scene) => {
      // An agent's record that names no agent.
      const attributes = { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'write' }
      putOn(scene, victimOf(scene), { attributes })
    },
    (scene) => {
      // Through what stands in between for good reason.
      const innocent = person(scene)
      const request = foreignSpan(scene, innocent.span, { form: 'http' })
      scene.ask(done(scene, { under: request }, notItsOwn), 'span', 'resource')
      scene.ask(foreignAct(scene, request, { source: innocent }), 'span', 'resource')
    },
  ],
}

const onlyAHint = {
  verdict: 'a service’s name is a hint, and its sender may not speak for that one',
}
const noRun = {
  instance: 'no record names an instance',
  delegator: 'no record says for whom',
  prompt: 'no record names a prompt',
}
const ofAgent = { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'write_row' }

/** A name that only goes with the claim that the sender may not make. */
const hints: Situation = {
  name: 'hint-for-a-claim',
  title: 'another agent named by a hint, such as a service’s name, in place of a claim',
  variations: [
    ...(['repo-triage', 'db-fixer', 'legacy-assistant'] as const).map(
      (service) => (scene: Scene) => {
        const act = done(scene, { service, attributes: ofAgent }, onlyAHint)
        scene.ask(act, 'span', 'resource')
      },
    ),
    (scene) => {
      const attributes = { ...ofAgent, 'session.id': scene.chance.hex(24) }
      scene.ask(done(scene, { service: 'repo-triage', attributes }, onlyAHint), 'span', 'resource')
    },
    (scene) => {
      const attributes = { 'whodid.actor.type': 'agent' }
      const options = { service: 'db-fixer', by: 'legacy', attributes } as const
      scene.ask(done(scene, options, onlyAHint, 'legacy-assistant'), 'span', 'resource')
    },
    (scene) => {
      // The hint is the sender's own template: that it may say.
      const act = done(scene, { service: 'ci-bot', attributes: ofAgent }, noRun)
      scene.ask(act, 'span', 'resource')
    },
    (scene) => {
      // Its own run above names it, and the hint goes before nothing.
      const run = new Run(scene, { template: 'ci-bot', delegator: null, by: 'ci-bot' })
      const { span, ...own } = run.call({ resource: scene.ownResource() })
      const options = { under: span, service: 'repo-triage', attributes: ofAgent }
      const act = done(scene, options, {})
      const chain = [...own.truth.chain, spanRefOf(act.span)]
      const truth = { ...own.truth, chain }
      scene.ask(scene.replace(act, { ...act, truth }), 'span', 'resource')
    },
  ],
}

/** A run whose prompt is lost, and whose own records leave open what only that one said. */
function orphan(scene: Scene, unsaid: readonly ('delegator' | 'chain')[] = ['delegator', 'chain']) {
  const run = new Run(scene, { delegator: onBehalfOf(scene.human()), unsaid })
  const prompt = run.prompt('Do it')
  const act = run.call({ resource: scene.ownResource() })
  scene.lose(prompt)
  scene.lose(run.session)
  return { run, act, prompt }
}

const suppliedWhy = 'the parent is on record by a sender that may not speak for the actor'

function supply(
  scene: Scene,
  options: Omit<StrangerOptions, 'as'>,
  given: { readonly saysWhom?: boolean } = {},
): void {
  const { act, prompt } = orphan(scene, given.saysWhom === true ? [] : undefined)
  strangerSpan(scene, { ...options, as: prompt, atMs: 0 })
  act.lacking = {
    prompt: suppliedWhy,
    chain: suppliedWhy,
    ...(given.saysWhom === true ? {} : { delegator: suppliedWhy }),
  }
  scene.ask(act, 'span', 'resource')
}

const itself = { 'whodid.actor.type': 'agent', 'gen_ai.agent.id': 'ci-bot' }
const asPrompt = { 'whodid.record.kind': 'prompt', 'whodid.prompt.origin': 'human' }
const forSomebody = {
  'whodid.delegator.id': 'eve@partner.example',
  'whodid.delegator.type': 'human',
}

/** The missing parent of another's span. */
const suppliedParent: Situation = {
  name: 'supplied-parent',
  title: 'the missing parent of another’s span, supplied with a delegator or a prompt',
  variations: [
    (scene) => supply(scene, { attributes: { ...itself, ...forSomebody } }),
    (scene) => supply(scene, { attributes: { ...itself, ...asPrompt, ...forSomebody } }),
    (scene) => supply(scene, { attributes: { ...asPrompt, ...forSomebody } }),
    (scene) => supply(scene, { attributes: { 'whodid.actor.type': 'agent', ...forSomebody } }),
    (scene) => supply(scene, { by: 'gateway', attributes: { ...itself, ...forSomebody } }),
    (scene) => {
      const attributes = { ...itself, 'whodid.agent.instance.id': scene.chance.uuid() }
      supply(
        scene,
        { attributes: { ...attributes, ...forSomebody, ...asPrompt } },
        { saysWhom: true },
      )
    },
    (scene) => {
      const attributes = { 'whodid.actor.type': 'human', 'user.id': 'eve@partner.example' }
      supply(scene, { by: 'people', attributes }, { saysWhom: true })
    },
  ],
}

/** How far a sender's word reaches: to what it may speak for. */
export const reachSituations: readonly Situation[] = [innocents, hints, suppliedParent]
