import type { Act } from '../act.ts'
import { foreignAct, foreignSpan } from '../foreign-span.ts'
import { humanAct } from '../lone-act.ts'
import { onBehalfOf } from '../run-options.ts'
import { Run } from '../run.ts'
import type { Scene } from '../scene.ts'
import { milliseconds, spanRefOf } from '../sim-span.ts'
import type { Attributes, SimSpan } from '../sim-span.ts'
import type { Situation } from '../situation.ts'

/** An agent under its first prompt. */
interface Asked {
  readonly run: Run
  readonly prompt: SimSpan
}

function asked(scene: Scene, afterMs = 0): Asked {
  const run = new Run(scene, { delegator: onBehalfOf(scene.human()), afterMs })
  return { run, prompt: run.prompt('Change the order') }
}

/** A call by another instrumentation in the agent's own process: it carries the agent's names, and no outcome. */
interface ForeignCall {
  readonly attributes?: Attributes
  readonly resource?: string
  readonly kind?: number
  readonly status?: number
  readonly scope?: string
  readonly outcome?: Act['outcome']
  readonly afterMs?: number
}

const standardTool = { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'write_order' }

function foreignCall(scene: Scene, { run, prompt }: Asked, call: ForeignCall = {}): Act {
  const { resource, status = 0, kind = 1 } = call
  const attributes: Attributes = call.attributes ?? standardTool
  run.wait(call.afterMs ?? 100)
  const named = resource === undefined ? {} : { 'whodid.resource.id': resource }
  const noted = run.note('tool_call', 'execute_tool write_order', { ...attributes, ...named })
  scene.lose(noted)
  const said = Object.entries(noted.attributes).filter(([key]) => key !== 'whodid.record.kind')
  const span: SimSpan = {
    ...noted,
    kind,
    status,
    endNs: noted.startNs + milliseconds(40),
    scope: call.scope ?? 'acme.instrumentation',
    attributes: Object.fromEntries(said),
  }
  scene.emit(span, run.by)
  const url = attributes['url.full']
  return scene.act({
    span,
    subjects: [spanRefOf(span)],
    names: {
      resource: resource ?? (typeof url === 'string' ? url : undefined),
      instance: run.instance,
      template: run.template,
      delegator: run.delegator?.id,
      correlation: run.correlation,
    },
    verb: 'execute',
    outcome: call.outcome ?? 'success',
    truth: {
      verdict: 'agent',
      who: null,
      instance: run.instance,
      template: run.template,
      delegator: run.delegator,
      prompt: spanRefOf(prompt),
      chain: run.chainTo(span),
      beside: [spanRefOf(run.session)],
    },
    lacking: {},
  })
}

/** Asks for an act as the newest at a later time. */
function askLater(scene: Scene, act: Act, after: Act): void {
  const span = { ...act.span, startNs: after.span.startNs }
  scene.askFor({ ...act, span }, `resource:${act.names.resource ?? ''}`)
}

/** OpenTelemetry leaves the status of what succeeded unset, and so do those who follow it. */
const statusUnset: Situation = {
  name: 'status-unset',
  title: 'an act that ended, and whose status nobody set',
  variations: [
    (scene) => {
      const act = foreignCall(scene, asked(scene), { resource: scene.ownResource() })
      scene.ask(act, 'resource', 'span', 'instance', 'trace')
    },
    (scene) => {
      const attributes = {
        'http.request.method': 'PUT',
        'url.full': `https://api.acme.example/orders/${scene.chance.hex(8)}`,
      }
      scene.ask(foreignCall(scene, asked(scene), { attributes, kind: 3 }), 'resource', 'span')
    },
    (scene) => {
      // By a driver that knows nothing of agents.
      const { run } = asked(scene)
      const source = run.call({ resource: scene.ownResource() })
      const leaf = foreignSpan(scene, source.span, { form: 'database', status: 0 })
      scene.ask(foreignAct(scene, leaf, { source }), 'span', 'resource')
    },
    (scene) => {
      const topic = `orders-${scene.chance.hex(6)}`
      const attributes = {
        'messaging.system': 'kafka',
        'messaging.operation.type': 'send',
        'messaging.destination.name': topic,
      }
      const act = foreignCall(scene, asked(scene), { attributes, kind: 4 })
      const resource = `messaging:destination:kafka/${topic}`
      scene.ask({ ...act, names: { ...act.names, resource } }, 'resource', 'trace')
    },
    (scene) => {
      const attributes = {
        'rpc.system': 'grpc',
        'rpc.service': 'shop.Orders',
        'rpc.method': 'CancelOrder',
      }
      scene.ask(foreignCall(scene, asked(scene), { attributes, kind: 3 }), 'instance', 'trace')
    },
    (scene) => {
      // Somebody else had changed it before.
      const resource = scene.ownResource()
      const before = asked(scene).run.call({ resource })
      const attributes = { 'openinference.span.kind': 'TOOL', 'tool.name': 'write_order' }
      const act = foreignCall(scene, asked(scene, 9_000), { attributes, resource })
      scene.ask(act, 'resource')
      scene.ask(before, 'resource', 'action')
    },
    (scene) => {
      // Two calls at once under one call ID: what became of one says nothing of the other.
      const here = asked(scene)
      const attributes = { ...standardTool, 'gen_ai.tool.call.id': 'task-5' }
      const [one, other] = [scene.ownResource(), scene.ownResource()]
      const moved = foreignCall(scene, here, { attributes, resource: one })
      const failed = { attributes, resource: other, status: 2, outcome: 'failure' as const }
      scene.ask(foreignCall(scene, here, { ...failed, afterMs: 5 }), 'span')
      scene.ask(moved, 'resource', 'span')
      scene.askNothing(`resource:${other}`)
    },
    (scene) => {
      // It came through, and nothing says whose it was.
      const { run } = asked(scene)
      const source = run.call({ resource: scene.ownResource() })
      const root = { traceId: scene.chance.hex(32), spanId: '', startNs: source.span.startNs }
      const leaf = foreignSpan(scene, root, { form: 'database', status: 0 })
      const lacking = { verdict: 'no record says who acts' }
      scene.ask(foreignAct(scene, leaf, { source, lacking }), 'span', 'resource')
    },
  ],
}

const mcpError = '{"content":[{"type":"text","text":"no such order"}],"isError":true}'

/** What has the form of a success, and says that it failed or was refused. */
const failureBeatsForm: Situation = {
  name: 'failure-beats-form',
  title: 'a failure or a refusal in the form of a success',
  variations: [
    (scene) => askFailed(scene, { 'tool.status': 'error' }, 1),
    (scene) => askFailed(scene, { 'gen_ai.tool.call.result': mcpError }, 0),
    (scene) => askFailed(scene, { 'mcp.tool.result.is_error': true }, 1),
    (scene) => askFailed(scene, { success: false, 'gen_ai.tool.call.result': 'sorry' }, 0),
    (scene) => askFailed(scene, { 'error.type': 'KeyError' }, 1),
    (scene) => {
      // Somebody else had succeeded before.
      const resource = scene.ownResource()
      const before = asked(scene).run.call({ resource })
      const attributes = {
        ...standardTool,
        'gen_ai.tool.call.result': JSON.stringify(mcpError),
      }
      const failed = { attributes, resource, status: 1, outcome: 'failure' as const }
      const after = foreignCall(scene, asked(scene, 9_000), failed)
      askLater(scene, before, after)
      scene.ask(after, 'span')
    },
    (scene) => {
      // Another instance tried again, and came through.
      const resource = scene.ownResource()
      const result = '{"type":"tool","content":"Error: x","tool_call_id":"call_1","status":"error"}'
      const attributes = { ...standardTool, 'gen_ai.tool.call.result': result }
      const failed = { attributes, resource, status: 1, outcome: 'failure' as const }
      scene.ask(foreignCall(scene, asked(scene), failed), 'span')
      scene.ask(foreignCall(scene, asked(scene, 9_000), { resource }), 'resource', 'span')
    },
    (scene) => {
      // It was refused, and a person did it then.
      const resource = scene.ownResource()
      const attributes = { ...standardTool, 'tool.approval.decision': 'rejected' }
      const refused = { attributes, resource, status: 1, outcome: 'denied' as const }
      scene.ask(foreignCall(scene, asked(scene), refused), 'span')
      const human = humanAct(scene, { who: scene.human(), resource, atMs: 60_000 })
      scene.ask(human, 'resource', 'span')
    },
  ],
}

/** Nobody did it: the call alone has an answer. */
function askFailed(scene: Scene, statement: Attributes, status: number): void {
  const resource = scene.ownResource()
  const attributes = { ...standardTool, ...statement }
  const call = { attributes, resource, status, outcome: 'failure' as const }
  scene.ask(foreignCall(scene, asked(scene), call), 'span')
  scene.askNothing(`resource:${resource}`)
}

/** Acts whose record says in no attribute of ours how they ended. */
export const unsaidOutcomeSituations: readonly Situation[] = [statusUnset, failureBeatsForm]
