import { attribute } from '@whodid/model'
import { recordEvent } from '@whodid/sdk/record-event'
import { isObject, memberOf, textOf } from '../message/json-value.ts'

/** What a server asked its client for: of the person (elicitation), or of the client's model (sampling). */
export interface AskedBack {
  readonly method: string
  readonly params: Readonly<Record<string, unknown>>
}

/** Reads a request of the server; undefined for one that is not recorded. */
export function readAskedBack(value: unknown): AskedBack | undefined {
  const method = textOf(value, 'method')
  if (method !== 'elicitation/create' && method !== 'sampling/createMessage') return undefined
  const params = memberOf(value, 'params')
  return { method, params: isObject(params) ? params : {} }
}

/** Records what a server asked for together with the client's answer, here and now. */
export function recordAnswer(asked: AskedBack, answer: unknown, failed: boolean): void {
  if (asked.method === 'sampling/createMessage') recordSampling(asked, answer, failed)
  else recordElicitation(asked, answer, failed)
}

function recordElicitation({ method, params }: AskedBack, answer: unknown, failed: boolean): void {
  recordEvent('other', 'elicitation', (capture) => {
    const message = capture(params)
    const content = capture(memberOf(answer, 'content') ?? {})
    return {
      'mcp.method.name': method,
      'whodid.mcp.elicitation.action': failed ? 'error' : textOf(answer, 'action'),
      [attribute.toolArgumentsHash]: message.hash,
      [attribute.toolResultHash]: content.hash,
      ...(message.text === undefined ? {} : { [attribute.toolCallArguments]: message.text }),
      ...(content.text === undefined ? {} : { [attribute.toolCallResult]: content.text }),
    }
  })
}

function recordSampling({ method, params }: AskedBack, answer: unknown, failed: boolean): void {
  const model = textOf(answer, 'model').slice(0, modelLengthMax)
  recordEvent('model_call', model === '' ? 'chat' : `chat ${model}`, (capture) => {
    const input = capture(messages(memberOf(params, 'messages')))
    const output = capture(messages([answer]))
    return {
      'mcp.method.name': method,
      [attribute.operationName]: 'chat',
      [attribute.actionOutcome]: failed ? 'failure' : 'success',
      ...(model === '' ? {} : { 'gen_ai.response.model': model }),
      ...(input.text === undefined ? {} : { [attribute.inputMessages]: input.text }),
      ...(failed || output.text === undefined ? {} : { [attribute.outputMessages]: output.text }),
    }
  })
}

/** UTF-16 units of a model's name. */
const modelLengthMax = 200

/** The messages of MCP in the form of OpenTelemetry. Content that is not text keeps its type alone. */
function messages(given: unknown): unknown {
  if (!Array.isArray(given)) return []
  return given.map((message: unknown) => {
    const content = memberOf(message, 'content')
    const blocks: readonly unknown[] = Array.isArray(content) ? content : [content]
    const parts = blocks.map((block) =>
      textOf(block, 'type') === 'text'
        ? { type: 'text', content: textOf(block, 'text') }
        : { type: textOf(block, 'type') },
    )
    return { role: textOf(message, 'role'), parts }
  })
}
