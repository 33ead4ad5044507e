import { childEnvironment } from './child-environment.ts'
import { finishLeftRuns } from './finish-left-runs.ts'
import { startGitHooks } from './git/git-hooks.ts'
import { obeyOrders } from './obey-orders.ts'
import { openRun } from './open-run.ts'
import type { OpenRun } from './open-run.ts'
import { productArguments, writeOpencodePlugin } from './product-arguments.ts'
import { removeRunDirectory } from './run-directory.ts'
import type { RunContext, RunEnd, RunOptions } from './run-options.ts'
import { ending } from './session-record.ts'
import { startAgent } from './start-agent.ts'

/** Milliseconds that the end of a run waits for the ledger; what it does not take by then, a later run sends. */
const flushTimeoutMs = 5_000

/**
 * Runs a command as an instance of its own, and resolves with its end. The session, the acts of git and everything that the agent
 * sends reach the ledger under a credential of this instance alone, which stays in this process.
 *
 * The command has the terminal, and gets the signals that this process receives. No configuration of its user is changed. Rejects
 * only when the run's directory or its relay cannot be made.
 */
export async function runAgent(options: RunOptions, context: RunContext): Promise<RunEnd> {
  const { environment } = context
  const run = await openRun(options, context)
  const { identity, directory, relay, notices } = run
  const record = (spans: Parameters<OpenRun['record']>[0]): void => void run.record(spans)
  const git = await startGitHooks({ directory, identity, environment, record })
  const { capture } = options
  const showsText = capture === 'redacted' || capture === 'full'
  const product = { relayUrl: relay.url, directory, showsText }
  const command = await productArguments(options.command, product)
  const opencodePlugin = await writeOpencodePlugin(directory, environment)
  const parts = {
    identity,
    relay,
    capture,
    runDirectory: directory,
    git: git.variables,
    opencodePlugin,
  }
  notices.agentStarts()
  const agent = startAgent(command, childEnvironment(environment, parts), context)
  // Below another run there is no token that could speak for the earlier ones.
  if ((environment['WHODID_RUN_INSTANCE'] ?? '') === '')
    void finishLeftRuns(environment, options.ledger)
  const { notify } = notices
  const listening = obeyOrders(environment, {
    identity,
    pid: agent.pid,
    ledger: options.ledger,
    notify,
  })
  const end = await agent.ended
  void listening.then((stop) => stop())
  notices.agentEnded()
  await git.stop()
  await close(run, end, agent.failure())
  return end
}

async function close(
  run: OpenRun,
  end: RunEnd,
  failure: NodeJS.ErrnoException | undefined,
): Promise<void> {
  const { identity, directory, forwarder, notices, startUnixMs, ticket } = run
  if (failure !== undefined) notices.notify(`the command cannot be started: ${failure.message}`)
  const { lostCount } = forwarder
  const ended = { startUnixMs, end, failure: failure?.code ?? '', lostCount }
  await forwarder.forwardHooks(directory)
  await run.record([ending(identity, ended)])
  await run.note(true)
  const waitingCount = await forwarder.flush(flushTimeoutMs)
  await run.relay.stop()
  if (forwarder.lostCount > 0)
    notices.notify(`${forwarder.lostCount} requests with records are lost`)
  if (waitingCount > 0) {
    notices.notify(
      `${waitingCount} requests with records wait in ${directory}; the next "whodid run" sends them`,
    )
    return
  }
  await ticket.end()
  await removeRunDirectory(directory)
}
