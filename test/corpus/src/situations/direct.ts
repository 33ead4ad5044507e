import { foreignAct, foreignSpan } from '../foreign-span.ts'
import { humanAct } from '../lone-act.ts'
import { onBehalfOf } from '../run-options.ts'
import { Run } from '../run.ts'
import { spanRefOf } from '../sim-span.ts'
import type { Situation } from '../situation.ts'
import type { Scene } from '../scene.ts'
import type { Principal } from '../truth.ts'

/** A person acts, and no agent is in between. */
const humanDirect: Situation = {
  name: 'human-direct',
  title: 'a human acts directly',
  variations: [
    (scene) => {
      const act = humanAct(scene, { who: scene.human(), resource: scene.sharedResource() })
      scene.ask(act, 'resource', 'span', 'action')
    },
    (scene) => {
      const who = scene.human()
      const credential = { id: `pat-${who}`, subject: who, borrowed: false }
      const act = humanAct(scene, {
        who,
        verb: 'delete',
        resource: scene.ownResource(),
        credential,
      })
      scene.ask(act, 'credential', 'correlation', 'delegator')
    },
    (scene) => {
      const resource = scene.sharedResource()
      const act = humanAct(scene, { who: scene.human(), resource, by: 'fleet' })
      scene.ask(act, 'resource', 'trace')
    },
    (scene) => {
      // Under a web server's span that says nothing of who acts.
      const root = { traceId: scene.chance.hex(32), spanId: '', startNs: scene.startNs }
      const under = foreignSpan(scene, root, { form: 'server' })
      const act = humanAct(scene, { who: scene.human(), resource: scene.sharedResource(), under })
      scene.ask(act, 'span', 'resource', 'trace')
    },
    (scene) => {
      // An agent waits for a person's approval: the approval stands in the agent's trace, and is the person's.
      const [asked, approver] = scene.twoHumans()
      const run = new Run(scene, { delegator: onBehalfOf(asked) })
      const under = run.prompt('Ship it once somebody approves')
      const alone = humanAct(scene, {
        who: approver,
        verb: 'approve',
        resource: scene.ownResource(),
        under,
        atMs: 900,
      })
      const way = [run.session, under].map(spanRefOf)
      const approval = scene.replace(alone, {
        ...alone,
        truth: { ...alone.truth, prompt: spanRefOf(under), beside: way },
        lacking: { prompt: { arguable: 'the prompt was the agent’s, and led to the approval' } },
      })
      const merge = run.wait(1_500).call({ resource: scene.sharedResource() })
      scene.ask(approval, 'action', 'span', 'resource')
      scene.ask(merge, 'span', 'resource')
    },
    (scene) => {
      const act = humanAct(scene, {
        who: scene.human(),
        resource: scene.ownResource(),
        extra: { 'user.id': '', 'whodid.delegation.chain': [] },
        lacking: { verdict: 'the record says that it was a person, and not which one' },
      })
      scene.ask(act, 'span', 'resource')
    },
    (scene) => {
      // A user ID alone: whoever held the session, the person or an agent with the person's cookie, looks like this.
      const root = { traceId: scene.chance.hex(32), spanId: '', startNs: scene.startNs }
      const source = humanAct(scene, { who: scene.human(), resource: scene.ownResource() })
      scene.lose(source.span)
      const extra = { 'user.id': scene.human() }
      const leaf = foreignSpan(scene, root, { form: 'http', extra, service: 'web-app' })
      const lacking = { verdict: 'a user ID says whose session it was, not who acted' }
      scene.ask(foreignAct(scene, leaf, { source, lacking }), 'span', 'resource')
    },
  ],
}

/** One instance of an agent acts for one person. */
const agentForHuman: Situation = {
  name: 'agent-for-human',
  title: 'an agent acts for a human',
  variations: [
    (scene) => {
      const run = new Run(scene, { delegator: onBehalfOf(scene.human()) })
      run.prompt('Triage the open issues')
      scene.ask(run.call({ resource: scene.sharedResource() }), 'resource', 'span', 'instance')
    },
    (scene) => {
      const run = new Run(scene, { delegator: onBehalfOf(scene.human()) })
      run.prompt('Clean up the customers')
      run.plan('1. find duplicates 2. delete them')
      const act = run.call({ verb: 'delete', resource: scene.sharedResource() })
      scene.ask(act, 'resource', 'action', 'correlation')
    },
    (scene) => {
      // Two tasks for one instance: each act belongs to its own prompt.
      const run = new Run(scene, { delegator: onBehalfOf(scene.human()) })
      run.prompt('Label the issues')
      run.plan('1. label')
      const first = run.call({ verb: 'update', resource: scene.sharedResource() })
      run.prompt('Now merge what is green')
      const second = run.call({ verb: 'update', resource: scene.sharedResource() })
      scene.ask(first, 'span', 'resource')
      scene.ask(second, 'span', 'resource', 'trace')
    },
    (scene) => {
      const run = new Run(scene, { delegator: onBehalfOf(scene.human()) })
      run.prompt('Update the changelog')
      run.call({ verb: 'read', resource: scene.sharedResource() })
      const acts = [1, 2, 3, 4].map(() => run.call({ resource: scene.sharedResource() }))
      for (const act of acts) scene.ask(act, 'span')
      for (const act of acts.slice(1, 2)) scene.ask(act, 'resource', 'instance')
    },
    (scene) => {
      const run = new Run(scene, { delegator: onBehalfOf(scene.human()), by: 'fleet' })
      run.prompt('Rotate the keys')
      const act = run.call({ verb: 'execute', resource: scene.ownResource() })
      scene.ask(act, 'resource', 'trace', 'delegator')
    },
    (scene) => {
      const run = new Run(scene, { delegator: onBehalfOf(scene.human()) })
      run.prompt('Answer the customer')
      const act = run.call({ verb: 'send', resource: `mail:message:${scene.chance.hex(8)}` })
      run.call({ verb: 'read', resource: scene.sharedResource() })
      scene.ask(act, 'resource', 'instance', 'trace', 'correlation')
    },
    (scene) => {
      // No references and no chain: the way is that of the parents.
      const unsaid = ['refs', 'chain', 'seq'] as const
      const run = new Run(scene, { delegator: onBehalfOf(scene.human()), unsaid })
      run.prompt('Tidy the wiki')
      scene.ask(run.call({ resource: scene.sharedResource() }), 'resource', 'span')
    },
  ],
}

const schedule: Principal = { id: 'cron:nightly-billing', type: 'schedule' }

function scheduledRun(scene: Scene, delegator: Principal = schedule): Run {
  const run = new Run(scene, { template: 'invoice-clerk', delegator })
  run.prompt('Bill what was delivered', 'schedule')
  return run
}

/** An agent that a schedule starts. */
const scheduledAgent: Situation = {
  name: 'scheduled-agent',
  title: 'an autonomous agent on a schedule',
  variations: [
    (scene) => {
      const act = scheduledRun(scene).call({ resource: scene.sharedResource() })
      scene.ask(act, 'resource', 'span', 'instance')
    },
    (scene) => {
      const run = scheduledRun(scene)
      run.plan('1. bill 2. mail')
      scene.ask(
        run.call({ verb: 'send', resource: `mail:message:${scene.chance.hex(8)}` }),
        'resource',
      )
    },
    (scene) => {
      const sub = scheduledRun(scene).startSub({ template: 'db-fixer' })
      sub.prompt('Write the invoices')
      scene.ask(
        sub.call({ verb: 'create', resource: scene.ownResource() }),
        'resource',
        'span',
        'trace',
      )
    },
    (scene) => {
      const owner = scene.human()
      const credential = { id: `pat-${scene.chance.hex(8)}`, subject: owner, borrowed: true }
      const act = scheduledRun(scene).call({ resource: scene.sharedResource(), credential })
      scene.ask(act, 'credential', 'resource')
    },
    (scene) => {
      const run = scheduledRun(scene, { id: 'billing-service', type: 'service' })
      scene.ask(run.call({ resource: scene.sharedResource() }), 'resource', 'correlation')
    },
    (scene) => {
      const resource = scene.ownResource()
      const act = scheduledRun(scene).call({ resource })
      const human = humanAct(scene, { who: scene.human(), resource, atMs: 30_000 })
      scene.ask(act, 'resource', 'delegator')
      scene.ask(human, 'resource')
    },
  ],
}

/** An agent behind which nobody stands, or nobody says who does. */
const noDelegator: Situation = {
  name: 'no-delegator',
  title: 'an agent with no delegator',
  variations: [
    (scene) => {
      const run = new Run(scene, { delegator: null })
      run.prompt('Watch the queue', 'system')
      scene.ask(run.call({ resource: scene.sharedResource() }), 'resource', 'span')
    },
    (scene) => {
      const run = new Run(scene, { delegator: null })
      scene.ask(run.call({ resource: scene.sharedResource() }), 'resource', 'instance')
    },
    (scene) => {
      // Somebody asked; no record says who.
      const run = new Run(scene, {
        delegator: onBehalfOf(scene.human()),
        unsaid: ['delegator', 'chain'],
      })
      run.prompt('Watch the queue')
      const lacking = { delegator: 'no record says for whom it acted' }
      scene.ask(run.call({ resource: scene.sharedResource(), lacking }), 'resource', 'span')
    },
    (scene) => {
      const sub = new Run(scene, { delegator: null }).startSub({ template: 'db-fixer' })
      sub.prompt('Compact the tables')
      scene.ask(sub.call({ resource: scene.sharedResource() }), 'resource', 'trace')
    },
    (scene) => {
      // A user ID on a leaf is the user of the service, not the agent's delegator.
      const run = new Run(scene, { delegator: null })
      run.prompt('Watch the queue', 'system')
      const source = run.call({ resource: scene.sharedResource() })
      const extra = { 'user.id': 'svc-orders', 'enduser.id': 'svc-orders' }
      const leaf = foreignSpan(scene, source.span, { form: 'http', extra })
      scene.ask(source, 'resource')
      scene.ask(foreignAct(scene, leaf, { source }), 'span')
    },
    (scene) => {
      const resource = scene.ownResource()
      const run = new Run(scene, { delegator: null })
      run.prompt('Keep the index fresh', 'system')
      const human = humanAct(scene, { who: scene.human(), resource, atMs: 10 })
      const act = run.wait(5_000).call({ resource })
      scene.ask(human, 'resource')
      scene.ask(act, 'resource', 'action')
    },
  ],
}

/** One actor, and whoever stands behind it. */
export const directSituations: readonly Situation[] = [
  humanDirect,
  agentForHuman,

  scheduledAgent,
  noDelegator,
]
