import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Actor } from '@whodid/sdk/stop'
import type { RunIdentity } from './run-identity.ts'
import type { Environment, Ledger } from './run-options.ts'

/** A running agent, and whom orders to stop it would name. */
export interface StoppableAgent {
  readonly identity: RunIdentity
  /** Undefined when it could not be started. */
  readonly pid: number | undefined
  readonly ledger: Ledger
  readonly notify: (message: string) => void
}

/** Milliseconds between two looks at the orders that were told. */
const lookEveryMs = 200
/** Milliseconds that a stopped agent has to end by itself. */
const graceMs = 5_000
/** Processes of a run that are signalled; more of them are no agent. */
const processesMax = 4_096

/**
 * Obeys the kill switch for a run: from `WHODID_REVOCATIONS_FROM`, or else `WHODID_API_URL`, it follows the orders about this
 * instance, its template, person and task, and those above it. A revoked agent's processes get SIGTERM, and SIGKILL 5 s later; those of
 * a paused one are stopped until it is resumed. Without an address nothing is obeyed. Below another run the outer one obeys: it ends
 * this one with its own processes.
 *
 * Returns the function that ends it. Never throws; without news nothing is stopped.
 */
export async function obeyOrders(
  environment: Environment,
  { identity, pid, ledger, notify }: StoppableAgent,
): Promise<() => void> {
  const said = environment['WHODID_REVOCATIONS_FROM'] ?? environment['WHODID_API_URL'] ?? ''
  const url = said.trim().replace(/\/$/u, '')
  const isNested = (environment['WHODID_RUN_INSTANCE'] ?? '') !== ''
  if (url === '' || pid === undefined || isNested) return () => undefined
  // Loaded for this alone: most runs have no address to listen to.
  const { followStops, StopView } = await import('@whodid/sdk/stop')
  const view = new StopView()
  const unfollow = followStops(view, { url, token: ledger.token })
  const hold = new ProcessHold(pid)
  let before: ReturnType<typeof view.stopOf>
  let killing: NodeJS.Timeout | undefined
  const look = setInterval(() => {
    const state = view.stopOf(actorOf(identity))
    if (before === 'revoked') {
      // What is started in its last seconds is ended too.
      void hold.terminate()
      return
    }
    if (state === before) return
    before = state
    if (state !== undefined) notify(`the agent was ${state} by an order`)
    if (state === undefined) void hold.release()
    else if (state === 'paused') void hold.freeze()
    else {
      void hold.terminate()
      killing = setTimeout(() => void hold.kill(), graceMs)
    }
  }, lookEveryMs).unref()
  return () => {
    clearInterval(look)
    clearTimeout(killing)
    unfollow()
    // The agent has ended; what it started and what took no SIGTERM ends with it.
    hold.killTerminated()
  }
}

/** Rounds in which the processes of a run are listed until no new one is found: a stopped one starts no more. */
const roundsMax = 16

/** The processes of a run, as orders reach them. One signal after another; none that is asked for meanwhile is lost. */
class ProcessHold {
  readonly #root: number
  readonly #terminated = new Set<number>()
  #last: Promise<void> = Promise.resolve()
  #isTerminating = false

  constructor(root: number) {
    this.#root = root
  }

  /** Stops every process, those too that are started meanwhile. */
  freeze(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#stopAll()
    })
  }

  /** Lets them go on. */
  release(): Promise<void> {
    return this.#inTurn(async () => signalAll(await this.#list(), 'SIGCONT'))
  }

  /** Asks each process to end, once. */
  terminate(): Promise<void> {
    if (this.#isTerminating) return this.#last
    this.#isTerminating = true
    return this.#inTurn(async () => {
      const running = await this.#list()
      // The system gives the number of one that has ended to another.
      for (const each of this.#terminated)
        if (!running.includes(each)) this.#terminated.delete(each)
      const fresh = running.filter((each) => !this.#terminated.has(each))
      for (const each of fresh) this.#terminated.add(each)
      signalAll(fresh, 'SIGTERM')
      // A stopped one takes no SIGTERM before it goes on.
      signalAll(fresh, 'SIGCONT')
      this.#isTerminating = false
    })
  }

  /** Ends them, once none can start another. */
  kill(): Promise<void> {
    return this.#inTurn(async () => signalAll(await this.#stopAll(), 'SIGKILL'))
  }

  /** Ends those that were asked to. */
  killTerminated(): void {
    signalAll([...this.#terminated], 'SIGKILL')
  }

  async #stopAll(): Promise<readonly number[]> {
    const stopped = new Set<number>()
    for (let round = 0; round < roundsMax; round += 1) {
      const fresh = (await this.#list()).filter((each) => !stopped.has(each))
      if (fresh.length === 0) break
      for (const each of fresh) stopped.add(each)
      signalAll(fresh, 'SIGSTOP')
    }
    return [...stopped]
  }

  #list(): Promise<readonly number[]> {
    // One whose parent has ended hangs below no known one any more: what was asked to end is a root as well.
    return processesBelow([this.#root, ...this.#terminated])
  }

  #inTurn(act: () => Promise<void>): Promise<void> {
    this.#last = this.#last.then(act, act)
    return this.#last
  }
}

function actorOf(identity: RunIdentity): Actor {
  const { instance, template, delegator, correlation, parentInstance } = identity
  return {
    type: 'agent',
    id: instance,
    agent: { template },
    parentInstanceId: parentInstance,
    delegator: delegator === '' ? undefined : { id: delegator },
    correlationId: correlation,
    chain: [delegator, parentInstance, instance].filter((id) => id !== ''),
    grant: undefined,
    counts: false,
    seq: 0,
    attributes: {},
  }
}

/** Signals processes, the lowest first, so that none has time to start another in place of one that ended. */
function signalAll(processes: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of processes.toReversed()) {
    try {
      process.kill(pid, signal)
    } catch {
      // It has ended since it was listed.
    }
  }
}

/** The processes that run of these, and below them. */
async function processesBelow(roots: readonly number[]): Promise<number[]> {
  try {
    const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid='])
    const pairs = stdout.split('\n').map((line) => line.trim().split(/\s+/u).map(Number))
    const running = new Set(pairs.map(([pid]) => pid))
    const found = new Set(roots.filter((pid) => running.has(pid)))
    for (const root of found)
      for (const [pid, parent] of pairs)
        if (pid !== undefined && parent === root && found.size < processesMax) found.add(pid)
    return [...found]
  } catch {
    // Without ps only the agent's first process is known.
    return [...roots]
  }
}
