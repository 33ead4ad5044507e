import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A call that the model asks for. */
export interface ScriptedCall {
  readonly name: string
  readonly input: object
}

/** A model that plays a script, in place of a service. */
export interface ScriptedModel {
  readonly url: string
  /** Paths that were asked for, in order. */
  readonly asked: string[]
  readonly stop: () => Promise<void>
}

/** Starts a model that speaks Anthropic's Messages API: it asks for the calls one after the other, then says that it is done. */
export async function startMessagesModel(calls: readonly ScriptedCall[]): Promise<ScriptedModel> {
  return startModel((request) => {
    const { messages = [], tools = [], stream } = request
    const results = JSON.stringify(messages).split('"tool_result"').length - 1
    const isMain = tools.length > 0
    const call = isMain ? calls[results] : undefined
    const content: Content =
      call === undefined
        ? { type: 'text', text: 'Done.' }
        : { type: 'tool_use', id: `toolu_${results + 1}`, name: call.name, input: call.input }
    return messageOf(content, stream === true)
  })
}

interface ModelRequest {
  readonly messages?: readonly unknown[]
  readonly tools?: readonly unknown[]
  readonly stream?: boolean
}

interface ModelAnswer {
  readonly contentType: string
  readonly body: string
}

async function startModel(answer: (request: ModelRequest) => ModelAnswer): Promise<ScriptedModel> {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    void respond(request, response, answer)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // A server that listens on TCP has an address of this form.
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  answer: (request: ModelRequest) => ModelAnswer,
): Promise<void> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  if (request.method !== 'POST') {
    response.end()
    return
  }
  // The agents send JSON; whatever else comes is answered as an empty request.
  const parsed = (text.startsWith('{') ? JSON.parse(text) : {}) as ModelRequest
  const { contentType, body } = answer(parsed)
  response.writeHead(200, { 'content-type': contentType })
  response.end(body)
}

type Content =
  | { readonly type: 'text'; readonly text: string }
  | {
      readonly type: 'tool_use'
      readonly id: string
      readonly name: string
      readonly input: object
    }

function messageOf(content: Content, streams: boolean): ModelAnswer {
  const stop = content.type === 'text' ? 'end_turn' : 'tool_use'
  const usage = { input_tokens: 1, output_tokens: 1 }
  const message = {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'scripted',
    stop_sequence: null,
    usage,
  }
  if (!streams)
    return {
      contentType: 'application/json',
      body: JSON.stringify({ ...message, content: [content], stop_reason: stop }),
    }
  const isText = content.type === 'text'
  const events = [
    { type: 'message_start', message: { ...message, content: [], stop_reason: null } },
    {
      type: 'content_block_start',
      index: 0,
      content_block: isText ? { type: 'text', text: '' } : { ...content, input: {} },
    },
    {
      type: 'content_block_delta',
      index: 0,
      delta: isText
        ? { type: 'text_delta', text: content.text }
        : { type: 'input_json_delta', partial_json: JSON.stringify(content.input) },
    },
    { type: 'content_block_stop', index: 0 },
    { type: 'message_delta', delta: { stop_reason: stop, stop_sequence: null }, usage },
    { type: 'message_stop' },
  ]
  const body = events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
  return { contentType: 'text/event-stream', body: body.join('') }
}
