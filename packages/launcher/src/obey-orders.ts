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
  let before: ReturnType<typeof view.stopOf>
  let killing: NodeJS.Timeout | undefined
  let ending: readonly number[] = []
  const look = setInterval(() => {
    const state = view.stopOf(actorOf(identity))
    if (state === before || before === 'revoked') return
    before = state
    if (state !== undefined) notify(`the agent was ${state} by an order`)
    void processesBelow(pid).then((processes) => {
      if (state === undefined) signalAll(processes, 'SIGCONT')
      else if (state === 'paused') signalAll(processes, 'SIGSTOP')
      else {
        terminate(processes)
        ending = processes
        killing = setTimeout(() => signalAll(processes, 'SIGKILL'), graceMs)
      }
    })
  }, lookEveryMs).unref()
  return () => {
    clearInterval(look)
    clearTimeout(killing)
    unfollow()
    // The agent has ended; what it started and what took no SIGTERM ends with it.
    signalAll(ending, 'SIGKILL')
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

/** Ends processes: a stopped one takes no SIGTERM before it goes on. */
function terminate(processes: readonly number[]): void {
  signalAll(processes, 'SIGTERM')
  signalAll(processes, 'SIGCONT')
}

async function processesBelow(root: number): Promise<number[]> {
  const found = [root]
  try {
    const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid='])
    const pairs = stdout.split('\n').map((line) => line.trim().split(/\s+/u).map(Number))
    for (let next = 0; next < found.length && found.length < processesMax; next += 1)
      for (const [pid, parent] of pairs)
        if (pid !== undefined && parent === found[next]) found.push(pid)
  } catch {
    // Without ps only the agent's first process is known.
  }
  return found
}
