import { foreignAct, foreignSpan } from '../foreign-span.ts'
import { onBehalfOf } from '../run-options.ts'
import { Run } from '../run.ts'
import type { Scene } from '../scene.ts'
import type { Situation } from '../situation.ts'

function someRun(scene: Scene): Run {
  return new Run(scene, { delegator: onBehalfOf(scene.human()) })
}

const promptLost = { prompt: 'the prompt never arrived' }
const parentLost = {
  verdict: 'its parent never arrived, and a person may have been between as well as an agent',
}

/** Records between the root and the act that never arrived. */
const missingMiddle: Situation = {
  name: 'missing-middle',
  title: 'spans missing in the middle',
  variations: [
    (scene) => {
      const run = someRun(scene)
      const prompt = run.prompt('Merge it')
      const act = run.call({ resource: scene.sharedResource(), lacking: promptLost })
      scene.lose(prompt)
      scene.ask(act, 'resource', 'span')
    },
    (scene) => {
      const run = someRun(scene)
      run.prompt('Merge it')
      const plan = run.plan('1. merge')
      const act = run.call({ resource: scene.sharedResource() })
      scene.lose(plan)
      scene.ask(act, 'resource', 'action')
    },
    (scene) => {
      // The call between the agent and the query is lost. The trace holds this one agent; a person may be in it unseen.
      const run = someRun(scene)
      run.prompt('Fix the rows')
      const source = run.call({ resource: scene.ownResource() })
      const leaf = foreignSpan(scene, source.span, { form: 'database' })
      for (const span of scene.sent)
        if (span.parentId === source.span.spanId && span !== leaf) scene.lose(span)
      scene.lose(source.span)
      scene.ask(foreignAct(scene, leaf, { source, lacking: parentLost }), 'span', 'resource')
    },
    (scene) => {
      const run = someRun(scene)
      run.prompt('Fix the rows')
      const source = run.call({ resource: scene.sharedResource() })
      const between = foreignSpan(scene, source.span, { form: 'server' })
      const leaf = foreignSpan(scene, between, { form: 'database' })
      scene.lose(between)
      scene.ask(source, 'resource')
      scene.ask(foreignAct(scene, leaf, { source, lacking: parentLost }), 'span', 'resource')
    },
    (scene) => {
      // The delegation is lost; the sub-agent's own records say what it said.
      const run = someRun(scene)
      run.prompt('Repair the shop')
      const sub = run.startSub({ template: 'db-fixer' })
      sub.prompt('Delete the duplicates')
      const act = sub.call({ verb: 'delete', resource: scene.sharedResource() })
      for (const span of scene.sent) if (span.name === 'delegate') scene.lose(span)
      scene.ask(act, 'resource', 'span')
    },
    (scene) => {
      // Calls beside the act are lost: their numbers are missing, and the act is as clear as before.
      const run = someRun(scene)
      run.prompt('Update all of them')
      const lost = [1, 2, 3].map(() => run.call({ verb: 'read', resource: scene.ownResource() }))
      const act = run.call({ resource: scene.sharedResource() })
      for (const { span } of lost) scene.lose(span)
      scene.ask(act, 'resource', 'span')
    },
    (scene) => {
      // Everything between the request and the act: nothing but the act's own words is left.
      const run = someRun(scene)
      run.prompt('Update it')
      run.plan('1. update')
      const act = run.call({ resource: scene.sharedResource(), lacking: promptLost })
      for (const span of scene.sent) if (span.name !== 'execute_tool update') scene.lose(span)
      scene.ask(act, 'resource', 'instance')
    },
  ],
}

/** The beginning never arrived. */
const missingRoot: Situation = {
  name: 'missing-root',
  title: 'missing root',
  variations: [
    (scene) => {
      const run = someRun(scene)
      run.prompt('Merge it')
      const act = run.call({ resource: scene.sharedResource() })
      scene.lose(run.session)
      scene.ask(act, 'resource', 'span')
    },
    (scene) => {
      const run = someRun(scene)
      run.prompt('Fix the rows')
      const source = run.call({ resource: scene.sharedResource() })
      const leaf = foreignSpan(scene, source.span, { form: 'http' })
      scene.lose(run.session)
      scene.ask(foreignAct(scene, leaf, { source }), 'span', 'resource')
    },
    (scene) => {
      const run = someRun(scene)
      const prompt = run.prompt('Fix the rows')
      const act = run.call({ resource: scene.sharedResource(), lacking: promptLost })
      scene.lose(run.session)
      scene.lose(prompt)
      scene.ask(act, 'resource', 'trace')
    },
    (scene) => {
      // Straight under the session, and the session is lost.
      const run = someRun(scene)
      const source = run.call({ resource: scene.ownResource() })
      scene.lose(source.span)
      const leaf = foreignSpan(scene, run.session, { form: 'http', afterMs: 900 })
      scene.lose(run.session)
      scene.ask(foreignAct(scene, leaf, { source, lacking: parentLost }), 'span', 'resource')
    },
    (scene) => {
      const run = someRun(scene)
      run.prompt('Repair the shop')
      const sub = run.startSub({ template: 'db-fixer' })
      sub.prompt('Delete the duplicates')
      const act = sub.call({ verb: 'delete', resource: scene.sharedResource() })
      scene.lose(run.session)
      scene.lose(sub.session)
      scene.ask(act, 'resource', 'span')
    },
    (scene) => {
      // All of the first instance is lost; the second says of itself whose it is.
      const run = someRun(scene)
      run.prompt('Repair the shop')
      const before = scene.sent
      const sub = run.startSub({ template: 'db-fixer' })
      sub.prompt('Delete the duplicates')
      const act = sub.call({
        verb: 'delete',
        resource: scene.sharedResource(),
        lacking: promptLost,
      })
      for (const span of before) scene.lose(span)
      scene.ask(act, 'resource', 'instance')
    },
  ],
}

/** Records that never arrived. */
export const missingSituations: readonly Situation[] = [missingMiddle, missingRoot]
