import { approval, prompt } from '@whodid/sdk'
import {
  NeverEnded,
  OpenCalls,
  openFrameworkRun,
  openModelCall,
  openTool,
  promptOptionsOf,
  toolOptionsOf,
} from '@whodid/sdk/instrument'
import type { IntegrationOptions, Open, OpenModel, OpenRun, OpenTool } from '@whodid/sdk/instrument'
import { errorOf, lastUserText, listOf, member, textIn } from './mastra-span.ts'
import type { MastraSpan } from './mastra-span.ts'

/** Tool calls of one answer that are recorded. */
const callsMax = 128

/** A span under way, and what it stands for in the record. */
interface Node {
  readonly parent: Node | undefined
  run?: OpenRun
  tool?: OpenTool
  model?: OpenModel
  /** Of a model call: the tools that it asks for, as it writes them. */
  readonly asked: { readonly id: string; readonly name: string }[]
}

/** Makes records of Mastra's spans. Its methods may throw. */
export class SpanRecorder {
  readonly #options: IntegrationOptions
  readonly #nodes = new OpenCalls<Node>((node) => {
    giveUp(node)
  })

  constructor(options: IntegrationOptions) {
    this.#options = options
  }

  begin(span: MastraSpan): void {
    const parent = this.#nodes.get(span.parentSpanId ?? '')
    const node: Node = { parent, asked: [] }
    this.#nodes.add(span.id, node)
    switch (span.type) {
      case 'agent_run':
        this.#beginRun(span, node)
        break
      case 'tool_call':
      case 'mcp_tool_call':
        this.#beginTool(span, node)
        break
      case 'model_inference':
        this.#beginModel(span, node)
        break
      default:
    }
  }

  end(span: MastraSpan): void {
    const node = this.#nodes.take(span.id)
    if (node === undefined) return
    const error = errorOf(span)
    if (node.run !== undefined) this.#endRun(span, node.run)
    if (node.tool !== undefined) {
      if (error !== undefined) node.tool.fail(error.value)
      else if (member(span.attributes, 'success') === false)
        node.tool.fail(new ToolFailed('the tool reported a failure'))
      else node.tool.succeed(span.output)
    }
    if (node.model !== undefined) {
      if (error === undefined) node.model.call.answered(answerOf(span, node.asked))
      node.model.end(error)
    }
    if (span.type === 'model_chunk' && textIn(span.output, 'toolCallId') !== '')
      this.#ask(node.parent, span.output)
  }

  #beginRun(span: MastraSpan, node: Node): void {
    const { metadata } = span
    const userId = textIn(metadata, 'userId')
    const conversationId = textIn(metadata, 'threadId')
    const start = (): OpenRun =>
      openFrameworkRun(
        {
          named: span.entityId ?? span.entityName ?? '',
          ...(userId === '' ? {} : { onBehalfOf: userId }),
          ...(conversationId === '' ? {} : { conversationId }),
        },
        this.#options,
      )
    const around = openAround(node.parent)
    const run = around === undefined ? start() : around.within(start)
    node.run = run
    const approved = member(span.input, 'approved')
    if (typeof approved === 'boolean') {
      void run.within(() =>
        approval({
          decision: approved ? 'allow' : 'deny',
          source: 'human',
          tool: textIn(span.input, 'toolName'),
          callId: textIn(span.input, 'toolCallId'),
        }),
      )
      return
    }
    const asked = lastUserText(span.input)
    if (asked !== undefined)
      void run.within(() => prompt(asked, promptOptionsOf(run, this.#options)))
  }

  #endRun(span: MastraSpan, run: OpenRun): void {
    if (textIn(span.output, 'reason') === 'tool-call-approval')
      void run.within(() =>
        approval({
          decision: 'require_approval',
          tool: textIn(span.output, 'toolName'),
          callId: textIn(span.output, 'toolCallId'),
        }),
      )
    run.end(errorOf(span))
  }

  #beginTool(span: MastraSpan, node: Node): void {
    const around = openAround(node.parent)
    // A step of a workflow that no agent runs is no act of an agent.
    if (around === undefined) return
    const callId = textIn(span.attributes, 'toolCallId')
    const name = span.entityId ?? span.entityName ?? ''
    const tool = { name, arguments: span.input, callId: callId === '' ? undefined : callId }
    const options = toolOptionsOf(this.#options, tool)
    node.tool = around.within(() => openTool(name, options))
  }

  #beginModel(span: MastraSpan, node: Node): void {
    const around = openAround(node.parent)
    // A run that is resumed may repeat the answer after which it was suspended: nothing is asked of the model then.
    const isRepeated =
      member(span.metadata, 'resumed') === true &&
      member(span.attributes, 'parameters') === undefined
    if (around === undefined || isRepeated) return
    const model = textIn(span.attributes, 'model')
    const provider = textIn(span.attributes, 'provider')
    node.model = around.within(() => openModelCall({ model, provider }))
  }

  #ask(model: Node | undefined, output: unknown): void {
    if (model === undefined || model.asked.length >= callsMax) return
    model.asked.push({ id: textIn(output, 'toolCallId'), name: textIn(output, 'toolName') })
  }
}

function answerOf(
  { output, attributes }: MastraSpan,
  chunks: Node['asked'],
): Parameters<OpenModel['call']['answered']>[0] {
  const usage = member(attributes, 'usage')
  const input = member(usage, 'inputTokens')
  const outputTokens = member(usage, 'outputTokens')
  const finish = textIn(attributes, 'finishReason')
  const told = listOf(member(output, 'toolCalls')).map((call) => ({
    id: textIn(call, 'toolCallId'),
    name: textIn(call, 'toolName'),
  }))
  return {
    text: textIn(output, 'text'),
    // A run that is suspended ends the answer without its parts.
    toolCalls: told.length > 0 ? told : chunks,
    ...(finish === '' ? {} : { finishReasons: [finish] }),
    ...(typeof input === 'number' ? { inputTokens: input } : {}),
    ...(typeof outputTokens === 'number' ? { outputTokens } : {}),
  }
}

function openAround(node: Node | undefined): Open | undefined {
  return node === undefined ? undefined : (node.tool ?? node.run ?? openAround(node.parent))
}

function giveUp({ run, tool, model }: Node): void {
  const value = new NeverEnded('its span was never ended')
  tool?.interrupt(value)
  model?.end({ value })
  run?.end({ value })
}

/** Stands for a failure of which Mastra gives no error. */
class ToolFailed extends Error {
  override readonly name = 'ToolFailed'
}
