import type { Act } from './act.ts'
import { credentialOf, messagesOf } from './call-options.ts'
import type { CallOptions, Note } from './call-options.ts'
import type { ExporterName } from './corpus-exporter.ts'
import type { RunOptions, Unsaid } from './run-options.ts'
import type { Scene } from './scene.ts'
import { milliseconds, spanRefOf } from './sim-span.ts'
import type { Attributes, AttributeValue, SimSpan } from './sim-span.ts'
import type { Principal } from './truth.ts'

/** One running instance of an agent, that records itself as the SDK does. */
export class Run {
  readonly scene: Scene
  readonly instance: string
  readonly template: string
  readonly delegator: Principal | null
  readonly correlation: string
  readonly traceId: string
  readonly by: ExporterName
  readonly grant: string
  readonly #options: RunOptions
  readonly #session: SimSpan
  #clockNs: bigint
  #seq = 0
  #parentId = ''
  #promptRef = ''
  #planRef = ''
  #rootPrompt: string | null = null
  #chain: string[] = []
  #beside: string[] = []
  #alone = false

  constructor(scene: Scene, options: RunOptions) {
    const { parent } = options
    this.scene = scene
    this.#options = options
    this.instance = scene.chance.uuid()
    this.template = options.template ?? scene.template()
    this.delegator = options.delegator
    this.by = options.by ?? 'agents'
    scene.record.descent.set(this.instance, parent?.run.instance ?? '')
    this.grant = options.grant ?? scene.chance.uuid()
    this.#clockNs = scene.startNs
    this.correlation = correlationOf(scene, options)
    if (parent !== undefined) this.#descend(parent)
    const delegation = parent?.delegation
    const within = (options.sameTrace ?? true) ? delegation : undefined
    this.traceId = within?.traceId ?? scene.chance.hex(32)
    this.#parentId = within?.spanId ?? ''
    this.wait(options.afterMs ?? 100)
    this.#session = this.note('session', `session ${this.template}`, {})
    this.#beside.push(spanRefOf(this.#session))
    this.#parentId = this.#session.spanId
  }

  #descend({ run, delegation }: NonNullable<RunOptions['parent']>): void {
    this.#clockNs = run.#clockNs
    this.#rootPrompt = run.#rootPrompt
    this.#beside = [...run.#beside]
    this.#chain = [...run.#chain, ...(delegation === undefined ? [] : [spanRefOf(delegation)])]
  }

  get session(): SimSpan {
    return this.#session
  }

  get nowNs(): bigint {
    return this.#clockNs
  }

  /** Lets time pass. */
  wait(ms: number): this {
    this.#clockNs += milliseconds(ms)
    return this
  }

  /** A prompt is given; everything that follows stands under it. A root's first prompt starts the task. */
  prompt(text: string, origin?: string): SimSpan {
    const isSub = this.#options.parent !== undefined
    const said = origin ?? (isSub ? 'agent' : 'human')
    const before = new Set([this.#promptRef, this.#planRef])
    if (!isSub) this.#parentId = this.#session.spanId
    const span = this.note('prompt', `invoke_agent ${this.template}`, {
      'gen_ai.operation.name': 'invoke_agent',
      'whodid.prompt.origin': said,
      'whodid.prompt.hash': `sha256:${this.scene.chance.hex(64)}`,
      'gen_ai.input.messages': messagesOf('user', text),
      ...(isSub ? this.#parentPromptRef() : {}),
    })
    // What an agent asks of another was asked because of something before: it starts no task.
    if (!isSub) this.#rootPrompt = spanRefOf(span)
    // A later prompt of the same run starts another task.
    if (!isSub) this.#chain = this.#chain.filter((ref) => !before.has(ref))
    this.#chain.push(spanRefOf(span))
    this.#promptRef = spanRefOf(span)
    this.#planRef = ''
    this.#parentId = span.spanId
    return span
  }

  /** As {@link prompt}, in a record that names no prompt above it: what crossed did not carry it. */
  promptAlone(text: string): SimSpan {
    this.#alone = true
    return this.prompt(text)
  }

  plan(text: string): SimSpan {
    const span = this.note('plan', 'plan', {
      'gen_ai.operation.name': 'plan',
      'whodid.plan.hash': `sha256:${this.scene.chance.hex(64)}`,
      'gen_ai.output.messages': messagesOf('assistant', text),
    })
    this.#planRef = spanRefOf(span)
    this.#chain.push(this.#planRef)
    return span
  }

  /** Hands work on: the record that another instance starts from. */
  delegate(grant: string, extra: Attributes = {}): SimSpan {
    return this.note('delegation', 'delegate', { 'whodid.delegation.id': grant, ...extra })
  }

  /** Calls a tool. */
  call(options: CallOptions): Act {
    const { verb = 'update', outcome = 'success', lengthMs = 40 } = options
    this.wait(options.afterMs ?? 50 + this.scene.chance.int(1_500))
    if (options.startNs !== undefined) this.#clockNs = options.startNs
    const action = this.scene.chance.uuid()
    const about = {
      'gen_ai.tool.name': `${verb}_${options.resource.split(':')[1] ?? 'thing'}`.slice(0, 40),
      'whodid.action.id': action,
      'whodid.action.verb': verb,
      'whodid.resource.id': options.said ?? options.resource,
      ...credentialOf(options.credential),
      ...options.extra,
    }
    const done = { 'gen_ai.operation.name': 'execute_tool', 'whodid.action.outcome': outcome }
    const failed = outcome === 'failure' || outcome === 'denied' ? 2 : 0
    const span = this.#note({
      kind: 'tool_call',
      name: `execute_tool ${verb}`,
      attributes: {
        ...about,
        ...(outcome === 'unknown' ? { 'whodid.action.outcome': 'unknown' } : done),
      },
      lengthMs,
      status: failed,
      ...(options.startNs === undefined ? {} : { startNs: options.startNs }),
    })
    const intents: SimSpan[] = []
    if (options.intent ?? verb !== 'read') {
      const above = this.#parentId
      this.#parentId = span.spanId
      intents.push(
        this.note('action', `intent ${verb}`, { ...about, 'whodid.action.outcome': 'unknown' }),
      )
      this.#parentId = above
    }
    this.wait(lengthMs)
    return this.scene.act(this.#actOf({ span, intents, options, action }))
  }

  /** Starts another instance to which this one hands work on: in this trace, or in another one. */
  startSub(options: Partial<RunOptions> = {}): Run {
    const grant = this.scene.chance.uuid()
    const delegation = this.delegate(grant)
    const parent = { run: this, delegation }
    return new Run(this.scene, { delegator: this.delegator, ...options, parent, grant })
  }

  /** The way from the root to a span that stands under what is in force now. */
  chainTo(span: SimSpan): readonly string[] {
    return [...this.#chain, spanRefOf(span)]
  }

  /** Records one thing, as the SDK would, at the present. */
  note(kind: string, name: string, attributes: Attributes): SimSpan {
    return this.#note({ kind, name, attributes })
  }

  #note({ kind, name, attributes, ...form }: Note): SimSpan {
    this.#seq += 1
    this.#clockNs += milliseconds(1 + this.scene.chance.int(20))
    const startNs = form.startNs ?? this.#clockNs + milliseconds(this.#options.skewMs ?? 0)
    const endNs = startNs + milliseconds(form.lengthMs ?? 0)
    const unsaid = new Set(this.#options.unsaid)
    const refs = {
      ...(this.#promptRef === '' ? {} : { 'whodid.prompt.ref': this.#promptRef }),
      ...(this.#planRef === '' ? {} : { 'whodid.plan.ref': this.#planRef }),
    }
    const span: SimSpan = {
      traceId: this.traceId,
      spanId: this.scene.chance.hex(16),
      parentId: this.#parentId,
      name,
      kind: 1,
      startNs,
      endNs,
      status: form.status ?? 0,
      scope: '@whodid/sdk',
      attributes: {
        ...this.#identity(unsaid),
        'whodid.record.kind': kind,
        ...(unsaid.has('refs') ? {} : refs),
        ...attributes,
        ...(unsaid.has('seq') ? {} : { 'whodid.seq': this.#seq }),
      },
      resource: {
        'service.name': 'agent-runner',
        'host.name': `runner-${this.instance.slice(-4)}`,
      },
    }
    return this.scene.emit(span, this.by)
  }

  #identity(unsaid: ReadonlySet<Unsaid>): Attributes {
    const { parent } = this.#options
    const { delegator } = this
    const saysDelegator = !unsaid.has('delegator')
    const said: Record<string, AttributeValue> = {}
    if (!unsaid.has('correlation')) said['whodid.correlation.id'] = this.correlation
    if (!unsaid.has('actor')) said['whodid.actor.type'] = 'agent'
    if (!unsaid.has('instance')) said['whodid.agent.instance.id'] = this.instance
    said['gen_ai.agent.id'] = this.template
    if (parent !== undefined && !unsaid.has('parent'))
      said['whodid.agent.instance.parent_id'] = parent.run.instance
    if (saysDelegator && delegator === null) said['whodid.delegator.type'] = 'none'
    if (saysDelegator && delegator !== null) {
      said['whodid.delegator.id'] = delegator.id
      said['whodid.delegator.type'] = delegator.type
      if (delegator.type === 'human') said['user.id'] = delegator.id
    }
    if (!unsaid.has('chain')) said['whodid.delegation.chain'] = this.lineage
    if (parent !== undefined && !unsaid.has('grant')) {
      said['whodid.delegation.id'] = this.grant
      if (parent.run.#options.parent !== undefined)
        said['whodid.delegation.parent_id'] = parent.run.grant
    }
    return said
  }

  /** Who handed the work to whom, the human first. */
  get lineage(): readonly string[] {
    const above =
      this.#options.parent?.run.lineage ?? (this.delegator === null ? [] : [this.delegator.id])
    return [...above, this.instance]
  }

  #parentPromptRef(): Attributes {
    const parent = this.#options.parent?.run
    const unsaid = this.#options.unsaid ?? []
    if (this.#alone || parent === undefined) return {}
    if (parent.#promptRef === '' || unsaid.includes('refs')) return {}
    return { 'whodid.prompt.ref': parent.#promptRef }
  }

  #actOf(made: {
    readonly span: SimSpan
    readonly intents: readonly SimSpan[]
    readonly options: CallOptions
    readonly action: string
  }): Act {
    const { span, intents, options, action } = made
    const unsaid = new Set(this.#options.unsaid)
    const subjects = [span, ...intents].map(spanRefOf)
    return {
      span,
      subjects,
      names: {
        resource: options.resource,
        action,
        instance: unsaid.has('instance') ? undefined : this.instance,
        template: this.template,
        delegator: unsaid.has('delegator') ? undefined : this.delegator?.id,
        correlation: unsaid.has('correlation') ? undefined : this.correlation,
        credential: options.credential?.id,
      },
      verb: options.verb ?? 'update',
      outcome: options.outcome ?? 'success',
      truth: {
        verdict: 'agent',
        who: null,
        instance: this.instance,
        template: this.template,
        delegator: this.delegator,
        prompt: this.#rootPrompt,
        chain: this.chainTo(span),
        beside: [...this.#beside, ...subjects],
      },
      lacking: options.lacking ?? {},
    }
  }
}

function correlationOf(scene: Scene, { correlation, parent }: RunOptions): string {
  return correlation ?? parent?.run.correlation ?? scene.chance.uuid()
}
