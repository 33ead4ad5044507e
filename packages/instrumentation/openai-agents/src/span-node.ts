import { asModelScope } from '@whodid/sdk/instrument'
import type { FrameworkScope, Open, OpenRun, Scope } from '@whodid/sdk/instrument'
import type { AgentsSpan } from './agents-span.ts'

/** The run of an agent, as its spans see it. */
export interface NodeRun {
  readonly open: OpenRun
  begin(span: AgentsSpan, node: SpanNode): void
  end(span: AgentsSpan, node: SpanNode): void
  giveUp(): void
}

/** A span under way, and what it stands for in the record. */
export class SpanNode {
  readonly parent: SpanNode | undefined
  /** The tool or model call that the span stands for. */
  open: Open | undefined
  /** On a task: the agent to whom the work was handed over, until its span begins. */
  handedTo: { readonly name: string; readonly run: OpenRun } | undefined
  /** True for a span of a model call, whose record is made only when it ends. */
  readonly isModel: boolean
  readonly #within: Scope | undefined
  #run: NodeRun | undefined

  constructor(span: AgentsSpan, parent: SpanNode | undefined, within: Scope | undefined) {
    const { type } = span.spanData
    this.isModel = type === 'generation' || type === 'response'
    this.parent = parent
    this.#within = within
  }

  /** The run of the agent that the span belongs to. */
  get run(): NodeRun | undefined {
    return this.#run ?? this.parent?.run
  }

  set run(run: NodeRun | undefined) {
    this.#run = run
  }

  /** The nearest span of its kind, itself included. */
  nearest(isIt: (node: SpanNode) => boolean): SpanNode | undefined {
    return isIt(this) ? this : this.parent?.nearest(isIt)
  }

  /** The scope of code within the span. */
  scope(): FrameworkScope | undefined {
    const scope = this.open?.scope ?? this.#run?.open.scope
    if (scope !== undefined) return { scope, within: this.#within }
    const around = this.parent?.scope()
    return around === undefined || !this.isModel
      ? around
      : { ...around, scope: asModelScope(around.scope) }
  }

  /** Ends what the span stands for. */
  end(span: AgentsSpan): void {
    this.handedTo?.run.end()
    this.run?.end(span, this)
  }

  /** Ends what can be ended of a span that was never ended. */
  giveUp(): void {
    this.handedTo?.run.end()
    this.#run?.giveUp()
  }
}
