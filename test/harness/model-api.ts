import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A tool that the model asks for. */
export interface SaidCall {
  readonly id: string
  readonly name: string
  readonly input: object
}

/** A text, calls of tools, or a failure of the service. */
export type Said = string | readonly SaidCall[] | { readonly status: number }

/** The state of a conversation, from which the script takes what the model says next. */
export interface Conversation {
  /** The first words of the user. */
  readonly asked: string
  /** The last words of the user. */
  readonly newest: string
  /** Results of tools so far. */
  readonly results: number
  /** Requests with these words so far, this one included. */
  readonly requests: number
}

/** Model services in one process, over HTTP: Anthropic's Messages, OpenAI's Chat Completions and Responses, each streamed or not. */
export interface ModelApi {
  readonly url: string
  stop(): Promise<void>
}

/** Starts services that say what the script says. */
export async function startModelApi(
  script: (conversation: Conversation) => Said,
): Promise<ModelApi> {
  const requests = new Map<string, number>()
  const ask: Ask = (conversation) => {
    const count = (requests.get(conversation.asked) ?? 0) + 1
    requests.set(conversation.asked, count)
    return script({ ...conversation, requests: count })
  }
  const threads: Threads = new Map()
  const server = createServer((request, response) => {
    void serve(request, response, { ask, threads })
  })
  // A connection that is closed as a request comes in would fail the request.
  server.keepAliveTimeout = 120_000
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    // A server that listens on TCP has an address of this form.
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve()
        })
        server.closeAllConnections()
      }),
  }
}

type Ask = (conversation: Omit<Conversation, 'requests'>) => Said
/** The messages before each answer, by its ID: the service keeps them where a request asks for a thread. */
type Threads = Map<string, readonly object[]>

interface Body {
  readonly messages?: readonly object[]
  readonly input?: string | readonly object[]
  readonly stream?: boolean
  readonly thread?: { readonly previous_message_id?: string }
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  { ask, threads }: { readonly ask: Ask; readonly threads: Threads },
): Promise<void> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  // The clients under test send JSON.
  const body = JSON.parse(text) as Body
  const sent = body.messages ?? (typeof body.input === 'string' ? [] : (body.input ?? []))
  const items = [...(threads.get(body.thread?.previous_message_id ?? '') ?? []), ...sent]
  const id = `msg_${threads.size + 1}`
  threads.set(id, items)
  const said = ask({
    asked: typeof body.input === 'string' ? body.input : firstWords(items),
    newest: firstWords(items.toReversed()),
    results:
      JSON.stringify(items).split(/"tool_result"|"role":"tool"|"function_call_output"/u).length - 1,
  })
  if (typeof said === 'object' && 'status' in said) {
    response.writeHead(said.status, { 'content-type': 'application/json', 'retry-after-ms': '1' })
    response.end(
      JSON.stringify({ type: 'error', error: { type: 'api_error', message: 'scripted' } }),
    )
    return
  }
  const { whole, events } = formatOf(request.url ?? '')(said, id)
  if (body.stream === true) {
    await stream(response, events)
    return
  }
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(JSON.stringify(whole))
}

async function stream(response: ServerResponse, events: readonly object[]): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  for (const event of events) {
    const type = 'type' in event ? `event: ${String(event.type)}\n` : ''
    response.write(`${type}data: ${JSON.stringify(event)}\n\n`)
    // Each event in a chunk of its own.
    await new Promise((resolve) => setImmediate(resolve))
  }
  response.end(events.some((event) => 'type' in event) ? '' : 'data: [DONE]\n\n')
}

function firstWords(items: readonly object[]): string {
  for (const item of items) {
    const { role, content } = item as { role?: string; content?: unknown } // as the clients send them
    if (role !== 'user') continue
    if (typeof content === 'string') return content
    // Parts, each of which may have a text.
    for (const part of Array.isArray(content) ? (content as { text?: string }[]) : [])
      // Claude Code puts reminders of its own before the user's words.
      if (part.text?.startsWith('<') === false) return part.text
  }
  return ''
}

interface Format {
  readonly whole: object
  readonly events: readonly object[]
}

function formatOf(path: string): (said: string | readonly SaidCall[], id: string) => Format {
  if (path.includes('/responses')) return responseOf
  return path.includes('/chat/completions') ? completionOf : messageOf
}

function messageOf(said: string | readonly SaidCall[], id: string): Format {
  const content =
    typeof said === 'string'
      ? [{ type: 'text', text: said }]
      : said.map((call) => ({ type: 'tool_use', ...call }))
  const usage = { input_tokens: 7, output_tokens: 3 }
  const end = {
    stop_reason: typeof said === 'string' ? 'end_turn' : 'tool_use',
    stop_sequence: null,
  }
  const message = { id, type: 'message', role: 'assistant', model: 'scripted-1', usage }
  const blocks = content.flatMap((block, index) => [
    {
      type: 'content_block_start',
      index,
      content_block: 'text' in block ? { type: 'text', text: '' } : { ...block, input: {} },
    },
    ...halves('text' in block ? block.text : JSON.stringify(block.input)).map((half) => ({
      type: 'content_block_delta',
      index,
      delta:
        'text' in block
          ? { type: 'text_delta', text: half }
          : { type: 'input_json_delta', partial_json: half },
    })),
    { type: 'content_block_stop', index },
  ])
  return {
    whole: { ...message, content, ...end },
    events: [
      { type: 'message_start', message: { ...message, content: [], stop_reason: null } },
      ...blocks,
      { type: 'message_delta', delta: end, usage },
      { type: 'message_stop' },
    ],
  }
}

function completionOf(said: string | readonly SaidCall[]): Format {
  const calls =
    typeof said === 'string'
      ? []
      : said.map(({ id, name, input }) => ({
          id,
          type: 'function',
          function: { name, arguments: JSON.stringify(input) },
        }))
  const text = typeof said === 'string' ? said : null
  const end = typeof said === 'string' ? 'stop' : 'tool_calls'
  const base = { id: 'chatcmpl-1', created: 1, model: 'scripted-1' }
  const usage = { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 }
  const chunk = (delta: object, finish: string | null = null): object => ({
    ...base,
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta, finish_reason: finish }],
  })
  const message = {
    role: 'assistant',
    content: text,
    refusal: null,
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  }
  return {
    whole: {
      ...base,
      object: 'chat.completion',
      choices: [{ index: 0, message, finish_reason: end, logprobs: null }],
      usage,
    },
    events: [
      chunk({ role: 'assistant', content: text === null ? null : '' }),
      ...(text === null ? [] : halves(text).map((content) => chunk({ content }))),
      ...calls.flatMap((call, index) => [
        chunk({
          tool_calls: [{ index, ...call, function: { name: call.function.name, arguments: '' } }],
        }),
        ...halves(call.function.arguments).map((half) =>
          chunk({ tool_calls: [{ index, function: { arguments: half } }] }),
        ),
      ]),
      chunk({}, end),
      { ...base, object: 'chat.completion.chunk', choices: [], usage },
    ],
  }
}

function responseOf(said: string | readonly SaidCall[]): Format {
  const output: readonly object[] =
    typeof said === 'string'
      ? [
          {
            id: 'msg_1',
            type: 'message',
            role: 'assistant',
            status: 'completed',
            content: [{ type: 'output_text', text: said, annotations: [] }],
          },
        ]
      : said.map(({ id, name, input }) => ({
          id: `fc_${id}`,
          type: 'function_call',
          call_id: id,
          name,
          arguments: JSON.stringify(input),
          status: 'completed',
        }))
  const usage = { input_tokens: 7, output_tokens: 3, total_tokens: 10 }
  const base = { id: 'resp_1', object: 'response', created_at: 1, model: 'scripted-1' }
  const whole = { ...base, status: 'completed', output, usage, error: null }
  return {
    whole,
    events: [
      { type: 'response.created', response: { ...base, status: 'in_progress', output: [] } },
      ...output.flatMap((item, index) => [
        { type: 'response.output_item.added', output_index: index, item },
        { type: 'response.output_item.done', output_index: index, item },
      ]),
      { type: 'response.completed', response: whole },
    ],
  }
}

function halves(text: string): readonly string[] {
  const middle = Math.ceil(text.length / 2)
  return [text.slice(0, middle), text.slice(middle)]
}
