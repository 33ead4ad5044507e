import { foreignAct, foreignSpan } from '../foreign-span.ts'
import { humanAct, serviceAct } from '../lone-act.ts'
import { onBehalfOf } from '../run-options.ts'
import { Run } from '../run.ts'
import type { Scene } from '../scene.ts'
import { spanRefOf } from '../sim-span.ts'
import type { Situation } from '../situation.ts'
import { weakNameSituations } from './weak-names.ts'

function callOf(scene: Scene, sub = false) {
  const run = new Run(scene, { delegator: onBehalfOf(scene.human()) })
  run.prompt('Update the order')
  if (!sub) return run.call({ resource: scene.ownResource() })
  const other = run.startSub({ template: 'db-fixer' })
  other.prompt('Write it')
  return other.call({ resource: scene.ownResource() })
}

/** Spans without any attribute of ours, under spans that have some. */
const thirdParty: Situation = {
  name: 'third-party-descendants',
  title: 'third-party spans with no Whodid attribute at all, whose ancestors have some',
  variations: [
    (scene) => {
      const source = callOf(scene)
      const leaf = foreignSpan(scene, source.span, { form: 'database' })
      scene.ask(foreignAct(scene, leaf, { source }), 'span', 'resource')
    },
    (scene) => {
      // A request, the server that took it, and the server's own query.
      const source = callOf(scene)
      const request = foreignSpan(scene, source.span, { form: 'http' })
      const server = foreignSpan(scene, request, { form: 'server' })
      const leaf = foreignSpan(scene, server, { form: 'database' })
      scene.ask(foreignAct(scene, request, { source }), 'span', 'resource')
      scene.ask(foreignAct(scene, leaf, { source, between: [request, server] }), 'span', 'resource')
    },
    (scene) => {
      const source = callOf(scene)
      const between = [1, 2, 3, 4, 5].reduce<ReturnType<typeof foreignSpan>[]>(
        (made) => [
          ...made,
          foreignSpan(scene, made.at(-1) ?? source.span, {
            form: 'framework',
            by: 'agents',
            service: 'agent-runner',
          }),
        ],
        [],
      )
      const leaf = foreignSpan(scene, between.at(-1) ?? source.span, { form: 'http' })
      const lacking = { instance: { arguable: 'frameworks between may be agents of their own' } }
      scene.ask(foreignAct(scene, leaf, { source, between, lacking }), 'span', 'resource')
    },
    (scene) => {
      const source = callOf(scene, true)
      const leaf = foreignSpan(scene, source.span, { form: 'database', by: 'fleet' })
      scene.ask(foreignAct(scene, leaf, { source }), 'span', 'resource')
    },
    (scene) => {
      const source = humanAct(scene, { who: scene.human(), resource: scene.ownResource() })
      const leaf = foreignSpan(scene, source.span, { form: 'database' })
      scene.ask(foreignAct(scene, leaf, { source }), 'span', 'resource')
    },
    (scene) => {
      // Its ancestors say no more than it does.
      const source = callOf(scene)
      const root = { traceId: scene.chance.hex(32), spanId: '', startNs: scene.startNs }
      const server = foreignSpan(scene, root, { form: 'server' })
      const leaf = foreignSpan(scene, server, { form: 'database' })
      const lacking = { verdict: 'no record above it says who acts' }
      scene.ask(foreignAct(scene, leaf, { source, lacking }), 'span', 'resource')
    },
    (scene) => {
      // An agent that speaks the standard names alone: which one of its runs it was, nothing says.
      const root = { traceId: scene.chance.hex(32), spanId: '', startNs: scene.startNs }
      const extra = {
        'gen_ai.operation.name': 'invoke_agent',
        'gen_ai.agent.id': 'legacy-assistant',
      }
      const agent = foreignSpan(scene, root, {
        form: 'framework',
        by: 'legacy',
        extra,
        scope: 'legacy',
      })
      const leaf = foreignSpan(scene, agent, { form: 'http', by: 'mesh' })
      const ghost = new Run(scene, {
        template: 'legacy-assistant',
        delegator: onBehalfOf(scene.human()),
      })
      const act = ghost.call({ resource: scene.ownResource() })
      for (const span of scene.sent) if (span.traceId === ghost.traceId) scene.lose(span)
      const asked = spanRefOf(agent)
      const source = { ...act, truth: { ...act.truth, prompt: asked, chain: [asked], beside: [] } }
      const why = 'no record names an instance or a person'
      const lacking = { instance: why, delegator: why }
      scene.ask(foreignAct(scene, leaf, { source, lacking }), 'span', 'resource')
    },
  ],
}

/** What was never recorded. */
const nothingRecorded: Situation = {
  name: 'nothing-recorded',
  title: 'nothing recorded',
  variations: [
    (scene) => scene.askNothing(`resource:${scene.ownResource()}`),
    (scene) => scene.askNothing(`trace:${scene.chance.hex(32)}`),
    (scene) => scene.askNothing(`span:${scene.chance.hex(32)}-${scene.chance.hex(16)}`),
    (scene) => {
      scene.askNothing(`action:${scene.chance.uuid()}`)
      scene.askNothing(`instance:${scene.chance.uuid()}`)
    },
    (scene) => {
      scene.askNothing(`correlation:${scene.chance.uuid()}`)
      scene.askNothing(`credential:pat-${scene.chance.hex(8)}`)
    },
    (scene) => {
      // A name that begins as a recorded one does.
      const run = new Run(scene, { delegator: onBehalfOf(scene.human()) })
      run.prompt('Update it')
      const act = run.call({ resource: scene.ownResource() })
      scene.askNothing(`resource:${act.names.resource ?? ''}0`)
      scene.ask(act, 'resource')
    },
    (scene) => {
      // Long before anything happened to it.
      const run = new Run(scene, { delegator: onBehalfOf(scene.human()) })
      run.prompt('Update it')
      const act = run.call({ resource: scene.ownResource() })
      scene.askNothing(`resource:${act.names.resource ?? ''}`, act.span.startNs - 1_000_000_000n)
    },
  ],
}

/** A job that is no agent. */
const serviceJob: Situation = {
  name: 'service-job',
  title: 'a service that is no agent acts',
  variations: [
    (scene) => {
      const act = serviceAct(scene, { who: 'nightly-billing', resource: scene.sharedResource() })
      scene.ask(act, 'resource', 'span')
    },
    (scene) => {
      const credential = { id: 'svc-backup', subject: 'svc-backup', borrowed: false }
      const act = serviceAct(scene, { who: 'backup', resource: scene.ownResource(), credential })
      scene.ask(act, 'credential', 'action')
    },
    (scene) => {
      const resource = scene.ownResource()
      const run = new Run(scene, { delegator: onBehalfOf(scene.human()) })
      run.prompt('Fix the order')
      const agent = run.call({ resource })
      const job = serviceAct(scene, { who: 'reconciler', resource, atMs: 9_000 })
      scene.ask(agent, 'resource')
      scene.ask(job, 'resource', 'trace')
    },
    (scene) => {
      const root = { traceId: scene.chance.hex(32), spanId: '', startNs: scene.startNs }
      const under = foreignSpan(scene, root, { form: 'server', service: 'scheduler' })
      const act = serviceAct(scene, { who: 'indexer', resource: scene.ownResource(), under })
      scene.ask(act, 'span', 'trace')
    },
    (scene) => {
      const act = serviceAct(scene, {
        who: 'retention',
        verb: 'delete',
        resource: scene.sharedResource(),
        by: 'fleet',
      })
      scene.ask(act, 'resource', 'correlation')
    },
    (scene) => {
      const source = serviceAct(scene, { who: 'importer', resource: scene.ownResource() })
      const leaf = foreignSpan(scene, source.span, { form: 'database', service: 'importer' })
      scene.ask(foreignAct(scene, leaf, { source }), 'span', 'resource')
    },
  ],
}

/** No agent, nothing said, no record at all, and the names of others. */
export const thirdPartySituations: readonly Situation[] = [
  serviceJob,
  thirdParty,
  nothingRecorded,
  ...weakNameSituations,
]
