import type { RunContext } from './run-options.ts'

/** Texts that one run says at most. */
const noticesMax = 8

/**
 * The things that a run has to say to the person: each once. At a terminal they wait for the agent's end, because the agent may have the
 * whole screen.
 */
export class Notices {
  readonly #context: Pick<RunContext, 'say' | 'isTerminal'>
  readonly #said = new Set<string>()
  #waiting: string[] = []
  #isAgentRunning = false

  constructor(context: Pick<RunContext, 'say' | 'isTerminal'>) {
    this.#context = context
  }

  readonly notify = (message: string): void => {
    if (this.#said.has(message) || this.#said.size >= noticesMax) return
    this.#said.add(message)
    if (this.#isAgentRunning && this.#context.isTerminal) this.#waiting.push(message)
    else this.#context.say(`whodid run: ${message}\n`)
  }

  agentStarts(): void {
    this.#isAgentRunning = true
  }

  agentEnded(): void {
    this.#isAgentRunning = false
    for (const message of this.#waiting) this.#context.say(`whodid run: ${message}\n`)
    this.#waiting = []
  }
}
