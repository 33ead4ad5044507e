import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { constants } from 'node:os'
import type { Readable, Writable } from 'node:stream'
import { printableLine, WhodidError } from '@whodid/model'
import { childEnvironment, current } from '@whodid/sdk'
import { endOfUnanswered } from '../observe/end-of-call.ts'
import { McpObserver } from '../observe/mcp-observer.ts'
import type { ObserveOptions } from '../observe/open-seen-call.ts'
import { LineSplitter } from './line-splitter.ts'
import type { LinePart } from './line-splitter.ts'
import { messageBytesMax, messageText } from './message-text.ts'
import type { Unobserved } from './message-text.ts'

/** A server that speaks over standard input and output, and the client in front of it. */
export interface StdioProxyOptions extends ObserveOptions {
  /** The server's command and its arguments. */
  readonly command: readonly string[]
  readonly environment: Readonly<Record<string, string | undefined>>
  /** The client's side. */
  readonly input: Readable
  readonly output: Writable
  /** Aborts when the proxy is told to end: the server is then told too. */
  readonly stopping: AbortSignal
  readonly unobserved: Unobserved
}

/** Messages of the client that wait for their record at one time; the next ones stay in the pipe. */
const waitingMax = 64
/** Milliseconds between the signal to the server and the one that it cannot ignore. */
const killAfterMs = 1_500

/**
 * Starts the server, passes every message in both directions in order, and records the calls among them. Resolves with the server's exit
 * code, 128 and the signal's number where a signal ended it. Throws `invalid_parameter` when the command cannot be started.
 */
export async function proxyStdio(options: StdioProxyOptions): Promise<number> {
  const [command = '', ...args] = options.command
  const observer = new McpObserver(options)
  const child = spawn(command, args, {
    // A run that the proxy itself began is in no environment yet.
    env: { ...options.environment, ...(current() === undefined ? {} : childEnvironment()) },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const exited = new Promise<number>((resolve, reject) => {
    child.on('error', (error: NodeJS.ErrnoException) => {
      const shown = printableLine(command)
      reject(
        new WhodidError(
          'invalid_parameter',
          `"${shown}" expected a command that can be started; got ${error.code ?? error.message}`,
          { cause: error },
        ),
      )
    })
    child.on('close', (code, signal) => {
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]))
    })
  })
  // The server may be gone before its last message is read; its end is what counts.
  child.stdin.on('error', () => undefined)
  const stop = (): void => {
    endChild(child)
  }
  options.stopping.addEventListener('abort', stop, { once: true })
  const toClient = new LineWriter(options.output)
  void passFromClient(options, { observer, server: child.stdin, toClient })
  try {
    const passed = passFromServer(options, { observer, server: child.stdout, toClient })
    const [code] = await Promise.all([exited, passed])
    return code
  } finally {
    options.stopping.removeEventListener('abort', stop)
    options.input.destroy()
    observer.finish(endOfUnanswered('the server ended'))
  }
}

function endChild(child: ChildProcess): void {
  child.kill('SIGTERM')
  setTimeout(() => child.kill('SIGKILL'), killAfterMs).unref()
}

interface ClientSide {
  readonly observer: McpObserver
  readonly server: Writable
  readonly toClient: LineWriter
}

/** Passes what the client says. Records of calls are made at the same time, and the messages go on in their order. */
async function passFromClient(options: StdioProxyOptions, side: ClientSide): Promise<void> {
  const splitter = new LineSplitter(messageBytesMax)
  let order: Promise<unknown> = Promise.resolve()
  let waiting = 0
  const take = async (part: LinePart): Promise<void> => {
    const prepared = prepare(options, side, part)
    waiting += 1
    order = order
      .then(() => prepared)
      .then(async ({ bytes, answers }) => {
        for (const answer of answers) await side.toClient.answer(answer)
        if (bytes !== undefined) await write(side.server, bytes)
      })
      .finally(() => {
        waiting -= 1
      })
    if (waiting >= waitingMax) await order
  }
  try {
    // A stream without an encoding set gives buffers.
    for await (const chunk of options.input as AsyncIterable<Buffer>)
      for (const part of splitter.push(chunk)) await take(part)
    for (const part of splitter.rest()) await take(part)
  } catch {
    // The client's side broke: for the server that is the end of its input, as it would be without the proxy.
  }
  await order
  side.server.end()
}

interface Prepared {
  readonly bytes: Buffer | undefined
  readonly answers: readonly string[]
}

async function prepare(
  options: StdioProxyOptions,
  { observer }: ClientSide,
  part: LinePart,
): Promise<Prepared> {
  const text = readLine(part, options.unobserved)
  // Nothing goes past a ledger that is required.
  if (text === undefined)
    return { bytes: options.requireLedger ? undefined : part.bytes, answers: [] }
  const { forward, answers } = await observer.fromClient(text)
  if (forward === text) return { bytes: part.bytes, answers }
  return { bytes: forward === undefined ? undefined : Buffer.from(forward), answers }
}

interface ServerSide {
  readonly observer: McpObserver
  readonly server: Readable
  readonly toClient: LineWriter
}

async function passFromServer(options: StdioProxyOptions, side: ServerSide): Promise<void> {
  const splitter = new LineSplitter(messageBytesMax)
  const take = async (part: LinePart): Promise<void> => {
    const text = readLine(part, options.unobserved)
    if (text !== undefined) side.observer.fromServer(text)
    await side.toClient.write(part)
  }
  // A pipe without an encoding set gives buffers.
  for await (const chunk of side.server as AsyncIterable<Buffer>)
    for (const part of splitter.push(chunk)) await take(part)
  for (const part of splitter.rest()) await take(part)
}

/** The text of a line that can be looked at; counts one that cannot. */
function readLine(part: LinePart, unobserved: Unobserved): string | undefined {
  const text = part.isWhole ? messageText(part.bytes) : undefined
  if (text === undefined && part.isWhole) unobserved.unreadable += 1
  else if (!part.isWhole && part.isLast) unobserved.tooLong += 1
  return text
}

/** Writes lines of the server, and between them, never within, answers of the proxy. */
class LineWriter {
  readonly #output: Writable
  #inLine = false
  #held: string[] = []

  constructor(output: Writable) {
    this.#output = output
  }

  async write({ bytes, isLast }: LinePart): Promise<void> {
    this.#inLine = !isLast
    await write(this.#output, bytes)
    if (this.#inLine) return
    const held = this.#held
    this.#held = []
    for (const answer of held) await write(this.#output, Buffer.from(`${answer}\n`))
  }

  async answer(text: string): Promise<void> {
    if (this.#inLine) this.#held.push(text)
    else await write(this.#output, Buffer.from(`${text}\n`))
  }
}

/** Resolves when the bytes are taken, or cannot be any more. */
function write(stream: Writable, bytes: Buffer): Promise<void> {
  return new Promise((resolve) => {
    stream.write(bytes, () => {
      resolve()
    })
  })
}
