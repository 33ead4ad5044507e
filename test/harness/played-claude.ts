import { EventEmitter } from 'node:events'
import { PassThrough } from 'node:stream'
import { createInterface } from 'node:readline'
import type { Options, SpawnedProcess } from '@anthropic-ai/claude-agent-sdk'

/** What a hook answers, as far as the tests look at it. */
export interface HookAnswer {
  readonly hookSpecificOutput?: { readonly permissionDecision?: string }
}

/** Claude Code as the Claude Agent SDK sees it. */
export interface PlayedClaude {
  /** The text of the user's message. */
  readonly asked: string
  /** Has the SDK call its hooks for an event, as the real program was recorded to do; the answers in their order. */
  hook(event: string, input: object): Promise<readonly HookAnswer[]>
  /** Sends a message. */
  say(message: object): void
}

type Play = (claude: PlayedClaude) => Promise<void>

/**
 * Plays Claude Code, by options of a query: the SDK's own transport and control protocol, without the program of 400 MB.
 */
export function playClaude(play: Play): Options {
  return {
    pathToClaudeCodeExecutable: 'played',
    spawnClaudeCodeProcess: () => new PlayedProcess(play),
    settingSources: [],
  }
}

interface Line {
  readonly type: string
  readonly request_id?: string
  readonly request?: {
    readonly subtype: string
    readonly hooks?: Readonly<Record<string, readonly { hookCallbackIds: readonly string[] }[]>>
  }
  readonly response?: { readonly request_id: string; readonly response: HookAnswer }
  readonly message?: { readonly content: string | readonly { readonly text: string }[] }
}

class PlayedProcess extends EventEmitter implements SpawnedProcess {
  readonly stdin = new PassThrough()
  readonly stdout = new PassThrough()
  killed = false
  exitCode: number | null = null
  readonly #waiting = new Map<string, (answer: HookAnswer) => void>()
  readonly #play: Play
  #hooks: NonNullable<Line['request']>['hooks'] = {}
  #requests = 0

  constructor(play: Play) {
    super()
    this.#play = play
    createInterface({ input: this.stdin }).on('line', (text) => {
      // The SDK writes these lines.
      this.#take(JSON.parse(text) as Line)
    })
  }

  kill(): boolean {
    this.killed = true
    this.#exit()
    return true
  }

  #take({ type, request_id: id, request, response, message }: Line): void {
    if (type === 'control_response' && response !== undefined)
      this.#waiting.get(response.request_id)?.(response.response)
    if (type === 'control_request') {
      if (request?.subtype === 'initialize') this.#hooks = request.hooks ?? {}
      this.#write({
        type: 'control_response',
        response: { subtype: 'success', request_id: id, response: {} },
      })
    }
    if (type !== 'user' || message === undefined) return
    const { content } = message
    const asked = typeof content === 'string' ? content : (content[0]?.text ?? '')
    const claude: PlayedClaude = {
      asked,
      hook: (event, input) => this.#hook(event, input),
      say: (said) => {
        this.#write({ parent_tool_use_id: null, session_id: 's-1', uuid: 'u', ...said })
      },
    }
    void this.#play(claude).finally(() => {
      this.#exit()
    })
  }

  async #hook(event: string, input: object): Promise<readonly HookAnswer[]> {
    const ids = (this.#hooks?.[event] ?? []).flatMap(({ hookCallbackIds }) => hookCallbackIds)
    return Promise.all(
      ids.map(async (id) => {
        this.#requests += 1
        const requestId = `r-${this.#requests}`
        const answered = new Promise<HookAnswer>((resolve) => this.#waiting.set(requestId, resolve))
        const common = {
          session_id: 's-1',
          transcript_path: '/t',
          cwd: '/srv',
          hook_event_name: event,
        }
        this.#write({
          type: 'control_request',
          request_id: requestId,
          request: { subtype: 'hook_callback', callback_id: id, input: { ...common, ...input } },
        })
        return answered
      }),
    )
  }

  #write(line: object): void {
    this.stdout.write(`${JSON.stringify(line)}\n`)
  }

  #exit(): void {
    if (this.exitCode !== null) return
    this.exitCode = 0
    this.stdout.end()
    this.emit('exit', 0, null)
  }
}
