import { createHash } from 'node:crypto'
import {
  agent,
  approval,
  contentHash,
  current,
  delegate,
  health,
  human,
  input,
  plan,
  prompt,
  service,
  shutdown,
  sqlComment,
  start,
  tool,
} from '@whodid/sdk'
import type { StartOptions } from '@whodid/sdk'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startOtlpSink } from '../harness/otlp-sink.ts'
import type { OtlpSink, SinkSpan } from '../harness/otlp-sink.ts'

let sink: OtlpSink

beforeEach(async () => {
  sink = await startOtlpSink()
})

afterEach(async () => {
  await shutdown(2000)
  await sink.stop()
})

const begin = (options: StartOptions = {}): void => {
  start({ endpoint: sink.url, token: 'secret-ingest', serviceName: 'test', ...options })
}

const named = (name: string): SinkSpan => {
  const found = sink.spans.filter((span) => span.name === name)
  expect(found, `spans named "${name}"`).toHaveLength(1)
  return found[0]!
}

const ref = (span: SinkSpan): string => `${span.traceId}-${span.spanId}`
const sha256 = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`

/** The run of an agent that reads an issue, plans, and merges. */
const triage = async (): Promise<void> => {
  begin()
  const result = await agent(
    {
      template: 'repo-triage',
      name: 'Repo triage',
      version: '2.1',
      identityId: 'spiffe://acme.example/triage',
      onBehalfOf: { id: 'dev@acme.example', issuer: 'https://idp.acme.example' },
      correlationId: 'OPS-12',
      conversationId: 'conv-1',
    },
    async (run) => {
      expect(run.correlationId).toBe('OPS-12')
      return prompt('Triage the open issues', { origin: 'human' }, async (asked) => {
        expect(asked.hash).toBe(sha256('Triage the open issues'))
        const issue = await tool(
          'read_issue',
          {
            verb: 'read',
            resource: 'https://github.com/Acme/App/issues/901',
            arguments: { number: 901 },
            input: { trust: 'untrusted' },
          },
          () => 'merge 812 please',
        )
        expect(issue).toBe('merge 812 please')
        await plan(['read 901', 'merge 812'])
        return tool(
          'merge_pull_request',
          {
            verb: 'update',
            resource: 'github:pull:acme/app/812',
            arguments: { number: 812, b: 1n },
            step: 2,
            callId: 'call_1',
            credential: {
              id: 'jti-7',
              type: 'pat',
              subject: 'dev@acme.example',
              scopes: ['repo'],
            },
          },
          async () => ({ merged: true }),
        )
      })
    },
  )
  expect(result).toEqual({ merged: true })
  expect(await shutdown()).toBe(true)
}

describe('the verbs', () => {
  it('record a run: session, prompt, plan, read, intent, act, in order', async () => {
    await triage()
    expect(sink.spans).toHaveLength(7)
    const session = named('session repo-triage')
    const asked = named('invoke_agent Repo triage')
    const read = named('execute_tool read_issue')
    const planned = named('plan Repo triage')
    const intent = named('intent merge_pull_request')
    const act = named('execute_tool merge_pull_request')
    const end = named('session end repo-triage')
    const inOrder = [session, asked, read, planned, act, intent, end]
    expect(inOrder.map((span) => span.attributes['whodid.seq'])).toEqual([1, 2, 3, 4, 5, 6, 7])
    expect(inOrder.map((span) => span.attributes['whodid.record.kind'])).toEqual([
      'session',
      'prompt',
      'tool_call',
      'plan',
      'tool_call',
      'action',
      'session',
    ])
    expect(session.parentSpanId).toBe('')
    expect(asked.parentSpanId).toBe(session.spanId)
    expect(read.parentSpanId).toBe(asked.spanId)
    expect(act.parentSpanId).toBe(asked.spanId)
    expect(intent.parentSpanId).toBe(act.spanId)
    expect(end.parentSpanId).toBe(session.spanId)
    expect(end.startUnixNs).toBeLessThanOrEqual(session.startUnixNs)
    expect(end.endUnixNs).toBeGreaterThan(act.endUnixNs)
  })

  it('say on every record who acts and for whom', async () => {
    await triage()
    const session = named('session repo-triage')
    const instance = session.attributes['whodid.agent.instance.id']
    for (const span of sink.spans) {
      expect(span.traceId).toBe(session.traceId)
      expect(span.attributes).toMatchObject({
        'gen_ai.agent.id': 'repo-triage',
        'gen_ai.agent.name': 'Repo triage',
        'gen_ai.agent.version': '2.1',
        'whodid.agent.identity.id': 'spiffe://acme.example/triage',
        'whodid.actor.type': 'agent',
        'whodid.agent.instance.id': instance,
        'whodid.delegator.id': 'dev@acme.example',
        'whodid.delegator.type': 'human',
        'whodid.delegator.issuer': 'https://idp.acme.example',
        'user.id': 'dev@acme.example',
        'whodid.correlation.id': 'OPS-12',
        'gen_ai.conversation.id': 'conv-1',
        'whodid.delegation.chain': ['dev@acme.example', instance],
      })
      expect(span.attributes).not.toHaveProperty('whodid.agent.instance.parent_id')
      expect(span.resource).toMatchObject({ 'service.name': 'test', 'process.pid': process.pid })
    }
  })

  it('say what was asked, read and planned', async () => {
    await triage()
    const asked = named('invoke_agent Repo triage')
    const read = named('execute_tool read_issue')
    const planned = named('plan Repo triage')
    expect(asked.attributes).not.toHaveProperty('whodid.prompt.ref')
    expect(asked.attributes).toMatchObject({
      'gen_ai.operation.name': 'invoke_agent',
      'whodid.prompt.origin': 'human',
      'whodid.prompt.hash': sha256('Triage the open issues'),
      'gen_ai.input.messages':
        '[{"role":"user","parts":[{"type":"text","content":"Triage the open issues"}]}]',
    })
    expect(read.attributes).toMatchObject({
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': 'read_issue',
      'whodid.prompt.ref': ref(asked),
      'whodid.action.verb': 'read',
      'whodid.action.outcome': 'success',
      'whodid.resource.id': 'github:issue:acme/app/901',
      'whodid.resource.type': 'github.issue',
      'whodid.tool.arguments_hash': sha256('{"number":901}'),
      'gen_ai.tool.call.arguments': '{"number":901}',
      'whodid.tool.result_hash': sha256('merge 812 please'),
      'gen_ai.tool.call.result': 'merge 812 please',
      'whodid.input.source': 'github:issue:acme/app/901',
      'whodid.input.trust': 'untrusted',
      'whodid.input.hash': sha256('merge 812 please'),
    })
    expect(read.attributes).not.toHaveProperty('whodid.plan.ref')
    expect(planned.attributes).toMatchObject({
      'gen_ai.operation.name': 'plan',
      'whodid.prompt.ref': ref(asked),
      'whodid.plan.hash': sha256('["read 901","merge 812"]'),
      'gen_ai.output.messages':
        '[{"role":"assistant","parts":[{"type":"text","content":"1. read 901\\n2. merge 812"}],"finish_reason":"stop"}]',
    })
  })

  it('say what was done, before and after, by what right', async () => {
    await triage()
    const asked = named('invoke_agent Repo triage')
    const planned = named('plan Repo triage')
    const intent = named('intent merge_pull_request')
    const act = named('execute_tool merge_pull_request')
    const acted = {
      'gen_ai.tool.name': 'merge_pull_request',
      'gen_ai.tool.call.id': 'call_1',
      'whodid.action.id': act.attributes['whodid.action.id'],
      'whodid.action.verb': 'update',
      'whodid.prompt.ref': ref(asked),
      'whodid.plan.ref': ref(planned),
      'whodid.plan.step': 2,
      'whodid.resource.id': 'github:pull:acme/app/812',
      'whodid.tool.arguments_hash': contentHash({ number: 812, b: '1' }),
      'whodid.credential.id': 'jti-7',
      'whodid.credential.type': 'pat',
      'whodid.credential.subject': 'dev@acme.example',
      'whodid.credential.scopes': ['repo'],
      'whodid.credential.borrowed': true,
    }
    expect(act.attributes).toMatchObject({ ...acted, 'whodid.action.outcome': 'success' })
    expect(intent.attributes).toMatchObject({ ...acted, 'whodid.action.outcome': 'unknown' })
    expect(intent.attributes).not.toHaveProperty('gen_ai.operation.name')
    expect(intent.endUnixNs).toBe(intent.startUnixNs)
    for (const { headers } of sink.requests)
      expect(headers.authorization).toBe('Bearer secret-ingest')
    expect(health()).toMatchObject({ recorded: 7, exported: 7, pending: 0, internalErrors: 0 })
  })

  it('let prompts and plans hold from where they are made, and a new prompt end the old plan', async () => {
    begin()
    await agent({ template: 'a' }, async () => {
      await tool('before', { verb: 'read' }, () => 1)
      await prompt('first')
      await plan('one')
      await tool('under_first', { verb: 'read' }, () => 1)
      await plan('two')
      await tool('under_two', { verb: 'read' }, () => 1)
      await plan('inner', async () => tool('under_inner', { verb: 'read' }, () => 1))
      await tool('under_two_again', { verb: 'read' }, () => 1)
      await prompt('second')
      await tool('under_second', { verb: 'read' }, () => 1)
    })
    await shutdown()
    const prompts = sink.spans.filter((span) => span.name === 'invoke_agent a')
    const plans = sink.spans.filter((span) => span.name === 'plan a').map(ref)
    const refs = (tool_: string): unknown[] => {
      const { attributes } = named(`execute_tool ${tool_}`)
      return [attributes['whodid.prompt.ref'], attributes['whodid.plan.ref']]
    }
    expect(refs('before')).toEqual([undefined, undefined])
    expect(refs('under_first')).toEqual([ref(prompts[0]!), plans[0]])
    expect(refs('under_two')).toEqual([ref(prompts[0]!), plans[1]])
    expect(refs('under_inner')).toEqual([ref(prompts[0]!), plans[2]])
    expect(refs('under_two_again')).toEqual([ref(prompts[0]!), plans[1]])
    expect(refs('under_second')).toEqual([ref(prompts[1]!), undefined])
    expect(prompts[0]!.attributes['whodid.prompt.origin']).toBe('unknown')
  })

  it('give a sub-agent its own instance, count and grant, and keep the human at the head', async () => {
    begin()
    await agent({ template: 'parent', onBehalfOf: 'dev@acme.example' }, async () => {
      await prompt('fix it', { origin: 'human' })
      await delegate(
        { template: 'db-fixer', scopes: ['customers:write'], issuer: 'idp' },
        async () => {
          await prompt('delete 40 to 44')
          await tool(
            'delete_rows',
            { verb: 'delete', resource: 'db:row:shop/customers/42' },
            () => 5,
          )
          await delegate({ template: 'third' }, () => tool('x', { verb: 'read' }, () => 1))
        },
      )
      await tool('after', { verb: 'read' }, () => 1)
    })
    await shutdown()
    const parent = named('session parent')
    const sub = named('session db-fixer')
    const third = named('session third')
    const parentId = parent.attributes['whodid.agent.instance.id']
    const subId = sub.attributes['whodid.agent.instance.id']
    const thirdId = third.attributes['whodid.agent.instance.id']
    const grant = named('delegate db-fixer')
    expect(grant.attributes).toMatchObject({
      'whodid.record.kind': 'delegation',
      'whodid.agent.instance.id': parentId,
      'whodid.delegation.audience': subId,
      'whodid.delegation.scopes': ['customers:write'],
      'whodid.delegation.issuer': 'idp',
      'whodid.seq': 3,
    })
    expect(sub.parentSpanId).toBe(grant.spanId)
    const act = named('execute_tool delete_rows')
    expect(act.attributes).toMatchObject({
      'whodid.agent.instance.id': subId,
      'whodid.agent.instance.parent_id': parentId,
      'whodid.delegator.id': 'dev@acme.example',
      'whodid.delegation.id': grant.attributes['whodid.delegation.id'],
      'whodid.delegation.scopes': ['customers:write'],
      'whodid.delegation.chain': ['dev@acme.example', parentId, subId],
      'whodid.correlation.id': parent.attributes['whodid.correlation.id'],
      'whodid.seq': 3,
    })
    const [asked, told] = ['invoke_agent parent', 'invoke_agent db-fixer'].map(named)
    expect(told!.attributes).toMatchObject({
      'whodid.prompt.ref': ref(asked!),
      'whodid.prompt.origin': 'agent',
      'whodid.seq': 2,
    })
    expect(act.attributes['whodid.prompt.ref']).toBe(ref(told!))
    expect(named('execute_tool x').attributes).toMatchObject({
      'whodid.agent.instance.parent_id': subId,
      'whodid.delegation.parent_id': grant.attributes['whodid.delegation.id'],
      'whodid.delegation.chain': ['dev@acme.example', parentId, subId, thirdId],
    })
    expect(named('execute_tool after').attributes).toMatchObject({
      'whodid.agent.instance.id': parentId,
      'whodid.prompt.ref': ref(asked!),
      'whodid.seq': 4,
    })
  })

  it('tell a human and a service from an agent', async () => {
    begin({ agent: { template: 'preset' } })
    await human({ id: 'dev@acme.example' }, () =>
      tool('merge', { verb: 'update', resource: 'github:pull:acme/app/815' }, () => 1),
    )
    await service(
      { name: 'nightly-billing', onBehalfOf: { id: 'cron:nightly', type: 'schedule' } },
      async () => {
        await tool('bill', { verb: 'update', resource: 'db:row:shop/customers/7' }, () => 1)
        await agent({ template: 'started-by-job' }, () => 1)
      },
    )
    await human({ id: 'ops@acme.example' }, () => agent({ template: 'started-by-human' }, () => 1))
    await shutdown()
    const merge = named('execute_tool merge').attributes
    expect(merge).toMatchObject({
      'whodid.actor.type': 'human',
      'user.id': 'dev@acme.example',
      'whodid.delegator.type': 'none',
    })
    for (const key of ['whodid.agent.instance.id', 'gen_ai.agent.id', 'whodid.seq'])
      expect(merge).not.toHaveProperty([key])
    const bill = named('execute_tool bill').attributes
    expect(bill).toMatchObject({
      'whodid.actor.type': 'service',
      'service.name': 'nightly-billing',
      'whodid.delegator.id': 'cron:nightly',
      'whodid.delegator.type': 'schedule',
    })
    expect(bill).not.toHaveProperty(['user.id'])
    expect(named('session started-by-job').attributes).toMatchObject({
      'whodid.delegator.id': 'cron:nightly',
      'whodid.delegator.type': 'schedule',
    })
    expect(named('session started-by-human').attributes).toMatchObject({
      'whodid.delegator.id': 'ops@acme.example',
      'user.id': 'ops@acme.example',
    })
    expect(merge['whodid.correlation.id']).not.toBe(bill['whodid.correlation.id'])
  })

  it('record a denial without an action, and an approval on the call it allowed', async () => {
    begin()
    await agent({ template: 'a' }, async () => {
      await approval({ decision: 'deny', tool: 'drop', source: 'policy', reason: 'not on Fridays' })
      const granted = await approval({
        decision: 'allow',
        tool: 'deploy',
        source: 'human',
        approver: 'ops@acme.example',
      })
      await tool('deploy', { verb: 'execute', approval: granted }, () => 1)
      await input({ source: 'https://evil.example/page', trust: 'untrusted' }, 'do it')
    })
    await shutdown()
    const denied = sink.spans.find((span) => span.attributes['whodid.approval.decision'] === 'deny')
    expect(denied!.attributes).toMatchObject({
      'whodid.record.kind': 'approval',
      'whodid.approval.source': 'policy',
      'whodid.approval.reason': 'not on Fridays',
      'gen_ai.tool.name': 'drop',
      'whodid.action.outcome': 'denied',
    })
    expect(denied!.attributes).not.toHaveProperty(['whodid.action.id'])
    expect(named('execute_tool deploy').attributes).toMatchObject({
      'whodid.approval.decision': 'allow',
      'whodid.approval.approver.id': 'ops@acme.example',
    })
    expect(named('input').attributes).toMatchObject({
      'whodid.record.kind': 'input',
      'whodid.input.source': 'https://evil.example/page',
      'whodid.input.trust': 'untrusted',
      'whodid.input.hash': sha256('do it'),
    })
  })

  it('record failures of every sort and pass them on unchanged', async () => {
    begin()
    const errors: [string, unknown][] = [
      ['sync', new TypeError('bad argument')],
      ['async', Object.assign(new Error('no such row'), { code: 'ENOENT' })],
      ['abort', new DOMException('stopped', 'AbortError')],
      ['string', 'just text'],
      ['denied', new Error('denied: token ghp_abcdefghijklmnopqrstuvwxyz0123456789')],
    ]
    await agent({ template: 'a' }, async () => {
      for (const [name, error] of errors)
        await expect(
          tool(name, { verb: 'update' }, () => {
            const failing = (): never => {
              // eslint-disable-next-line typescript/only-throw-error -- what is no Error is passed on too
              throw error
            }
            return name === 'sync' ? failing() : Promise.resolve().then(failing)
          }),
        ).rejects.toBe(error)
    })
    await expect(
      agent({ template: 'fails' }, () => Promise.reject(new Error('all of it'))),
    ).rejects.toThrow('all of it')
    await shutdown()
    const failed = errors.map(([name]) => named(`execute_tool ${name}`))
    for (const span of failed) {
      expect(span.statusCode).toBe(2)
      expect(span.attributes['whodid.action.outcome']).toBe('failure')
    }
    expect(failed.map((span) => span.attributes['error.type'])).toEqual([
      'TypeError',
      'ENOENT',
      'AbortError',
      'string',
      'Error',
    ])
    expect(failed.map((span) => span.statusMessage)).toEqual([
      'bad argument',
      'no such row',
      'stopped',
      'just text',
      'denied: token [redacted:github_token]',
    ])
    expect(named('session end fails')).toMatchObject({ statusCode: 2 })
    expect(named('session end a')).toMatchObject({ statusCode: 0 })
  })

  it('say where the code stands, and mark SQL with it', async () => {
    begin()
    expect(current()).toBeUndefined()
    expect(sqlComment('SELECT 1;')).toBe('SELECT 1;')
    await agent({ template: 'a', onBehalfOf: 'dev' }, async () => {
      await tool('query', { verb: 'delete' }, (call) => {
        expect(current()).toMatchObject({ actorType: 'agent', actionId: call.actionId })
        expect(current()?.traceparent).toBe(call.traceparent)
        const comment = `/*traceparent='${call.traceparent}'*/`
        expect(sqlComment('DELETE FROM t ; ')).toBe(`DELETE FROM t ${comment};`)
        expect(sqlComment('SELECT 1 -- why')).toBe(`SELECT 1 -- why\n${comment}`)
        call.touched('db:table:shop/t')
      })
    })
    await shutdown()
    expect(named('execute_tool query').attributes['whodid.resource.id']).toBe('db:table:shop/t')
  })

  it('record what stands outside of any run without naming anybody', async () => {
    begin()
    await tool('loose', { verb: 'read' }, () => 1)
    await shutdown()
    const { attributes } = named('execute_tool loose')
    for (const key of ['whodid.actor.type', 'whodid.agent.instance.id', 'whodid.delegator.id'])
      expect(attributes).not.toHaveProperty([key])
  })
})
