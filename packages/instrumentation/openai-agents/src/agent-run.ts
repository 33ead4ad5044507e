import { approval, prompt } from '@whodid/sdk'
import {
  NeverEnded,
  openDelegate,
  openFrameworkRun,
  openModelCall,
  openTool,
  promptOptionsOf,
  toolOptionsOf,
} from '@whodid/sdk/instrument'
import type { IntegrationOptions, OpenModel, OpenRun, OpenTool } from '@whodid/sdk/instrument'
import {
  answerOf,
  errorOf,
  lastUserText,
  member,
  parse,
  rejectionOf,
  textOf,
} from './agents-span.ts'
import type { AgentsSpan, AskedCall } from './agents-span.ts'
import type { NodeRun, SpanNode } from './span-node.ts'

/** Calls asked for by a model and not yet made that are remembered, for their IDs; the oldest is forgotten. */
const askedMax = 1024

interface Beginning {
  readonly node: SpanNode
  readonly options: IntegrationOptions
  readonly conversationId: string | undefined
}

/** The run of one agent, from its span's beginning to its end. */
export class AgentRun implements NodeRun {
  readonly #options: IntegrationOptions
  readonly #run: OpenRun
  readonly #tools = new Map<SpanNode, OpenTool>()
  readonly #models = new Map<SpanNode, OpenModel>()
  #asked: AskedCall[] = []
  #isPrompted: boolean

  private constructor(run: OpenRun, options: IntegrationOptions, isPrompted: boolean) {
    this.#run = run
    this.#options = options
    this.#isPrompted = isPrompted
  }

  /** Begins the run of an agent's span, or takes up the one that a hand-over began. */
  static begin(span: AgentsSpan, { node, options, conversationId }: Beginning): AgentRun {
    const named = textOf(span.spanData['name'])
    const task = node.nearest(({ handedTo }) => handedTo?.name === named)
    if (task?.handedTo !== undefined) {
      const { run } = task.handedTo
      task.handedTo = undefined
      // It works on for the prompt of the one that handed over.
      return new AgentRun(run, options, true)
    }
    const userId = textOf(member(span.traceMetadata, 'userId'))
    const start = (): OpenRun =>
      openFrameworkRun(
        {
          named,
          ...(userId === '' ? {} : { onBehalfOf: userId }),
          ...(conversationId === undefined ? {} : { conversationId }),
        },
        options,
      )
    // In a tool of another agent it is that one's sub-agent.
    const around = node.nearest(({ open }) => open !== undefined)?.open ?? node.parent?.run?.open
    return new AgentRun(around === undefined ? start() : around.within(start), options, false)
  }

  get open(): OpenRun {
    return this.#run
  }

  /** Begins what a span of the run stands for, as far as the span says it now. */
  begin(span: AgentsSpan, node: SpanNode): void {
    const { spanData } = span
    if (spanData.type === 'function' && textOf(spanData['input']) !== '')
      this.#beginTool(span, node)
    if (spanData.type === 'generation' && spanData['input'] !== undefined)
      this.#beginModel(span, node)
  }

  /** Ends what a span of the run stands for, the run itself included. */
  end(span: AgentsSpan, node: SpanNode): void {
    switch (span.spanData.type) {
      case 'function':
        this.#endTool(span, node)
        break
      case 'generation':
      case 'response':
        this.#endModel(span, node)
        break
      case 'handoff':
        this.#handOver(span, node)
        break
      case 'guardrail':
        if (span.spanData['triggered'] === true)
          this.#decide({ policy: textOf(span.spanData['name']), source: 'policy' })
        break
      case 'agent':
        this.#run.end(span.error === null ? undefined : { value: errorOf(span.error) })
        break
      default:
    }
  }

  /** Ends a run whose span was never ended. */
  giveUp(): void {
    this.#run.end({ value: new NeverEnded('its span was never ended') })
  }

  #beginTool(span: AgentsSpan, node: SpanNode): OpenTool {
    const name = textOf(span.spanData['name'])
    const input = textOf(span.spanData['input'])
    const at = this.#asked.findIndex((call) => call.name === name && call.arguments === input)
    const [asked] = at === -1 ? [] : this.#asked.splice(at, 1)
    const tool = { name, arguments: parse(input), callId: asked?.id }
    const call = this.#run.within(() => openTool(name, toolOptionsOf(this.#options, tool)))
    this.#tools.set(node, call)
    node.open = call
    return call
  }

  #endTool(span: AgentsSpan, node: SpanNode): void {
    const rejection = rejectionOf(span)
    const open = this.#tools.get(node)
    this.#tools.delete(node)
    if (rejection !== undefined && open === undefined) {
      this.#decide({ source: 'human', tool: textOf(span.spanData['name']), ...rejection })
      return
    }
    // Without its arguments, a call is told from a rejected one only now.
    const call = open ?? this.#beginTool(span, node)
    this.#tools.delete(node)
    if (span.error === null) call.succeed(parse(span.spanData['output']))
    else call.fail(errorOf(span.error))
  }

  #beginModel(span: AgentsSpan, node: SpanNode): OpenModel {
    const { spanData } = span
    this.#prompt(spanData['input'] ?? spanData['_input'])
    const model = textOf(spanData['model']) || textOf(member(spanData['_response'], 'model'))
    const startedUnixMs = span.startedAt === null ? Date.now() : Date.parse(span.startedAt)
    const call = this.#run.within(() => openModelCall(model === '' ? {} : { model }, startedUnixMs))
    this.#models.set(node, call)
    node.open = call
    return call
  }

  #endModel(span: AgentsSpan, node: SpanNode): void {
    const call = this.#models.get(node) ?? this.#beginModel(span, node)
    this.#models.delete(node)
    const { answer, asked } = answerOf(span.spanData)
    this.#asked = [...this.#asked, ...asked].slice(-askedMax)
    if (span.error === null) call.call.answered(answer)
    call.end(span.error === null ? undefined : { value: errorOf(span.error) })
  }

  #prompt(input: unknown): void {
    if (this.#isPrompted) return
    const asked = lastUserText(input)
    if (asked === undefined) return
    this.#isPrompted = true
    void this.#run.within(() => prompt(asked, promptOptionsOf(this.#run, this.#options)))
  }

  #handOver(span: AgentsSpan, node: SpanNode): void {
    const name = textOf(span.spanData['to_agent'])
    const task = node.nearest(({ parent }) => parent === undefined)
    if (name === '' || span.error !== null || task === undefined) return
    const run = this.#run.within(() => openDelegate({ template: name }))
    task.handedTo?.run.end()
    task.handedTo = { name, run }
  }

  #decide(decision: {
    source: string
    tool?: string
    policy?: string
    callId?: string
    reason?: string
  }): void {
    void this.#run.within(() => approval({ decision: 'deny', ...decision }))
  }
}
