import type { Attributes, SpanToSend } from '@whodid/hooks'
import { describeRun, readPrompt } from './describe-run.ts'
import { Notices } from './notices.ts'
import { Forwarder } from './relay/forwarder.ts'
import { LaunchTicket } from './relay/launch-ticket.ts'
import { startRelay } from './relay/start-relay.ts'
import type { Relay } from './relay/start-relay.ts'
import { makeRunDirectory, processStart, spoolIn, writeNote } from './run-directory.ts'
import {
  delegatorOf,
  identityAttributes,
  makeIdentity,
  templateOf,
  uuidV7,
} from './run-identity.ts'
import type { RunIdentity } from './run-identity.ts'
import type { Environment, RunContext, RunOptions } from './run-options.ts'
import { beginning, bodyOf, promptRecord } from './session-record.ts'

/** A run before its agent starts: its identity, its relay, its directory, and its beginning on the way to the ledger. */
export interface OpenRun {
  readonly identity: RunIdentity
  readonly directory: string
  readonly relay: Relay
  readonly ticket: LaunchTicket
  readonly forwarder: Forwarder
  readonly notices: Notices
  readonly startUnixMs: number
  /** Sends records of the launcher's own. */
  readonly record: (spans: readonly SpanToSend[]) => Promise<unknown>
  /** Writes down how far the run is, for the launcher that may have to finish it. */
  readonly note: (isEnded: boolean) => Promise<void>
}

/** Opens a run. A ledger that is away, or refuses, is said once and stops nothing. Rejects when no directory can be written. */
export async function openRun(options: RunOptions, context: RunContext): Promise<OpenRun> {
  const { environment } = context
  const { ledger } = options
  const notices = new Notices(context)
  const template = templateOf(options)
  const ticket = new LaunchTicket({
    ledger,
    template,
    instance: isNested(environment) ? undefined : uuidV7(),
    mayLaunch: options.mayLaunch,
    ...delegatorOf(options, environment, context.isTerminal),
  })
  const startUnixMs = Date.now()
  const [state, described, prompt] = await Promise.all([
    ticket.obtain(),
    describeRun(options, environment),
    readPrompt(options),
  ])
  const identity = makeIdentity(options, environment, {
    instance: ticket.settleInstance(uuidV7()),
    isTerminal: context.isTerminal,
  })
  const directory = await makeRunDirectory(environment, identity.instance)
  const spool = spoolIn(directory)
  const forwarder = new Forwarder({ ledger, ticket, spool, notify: notices.notify })
  const attributes = identityAttributes(identity)
  if (state === 'refused')
    notices.notify(
      `the ledger gives this run no credential of its own (${ticket.refusal}); its records count as far as the token does that it was started with`,
    )
  const record = (spans: readonly SpanToSend[]): Promise<unknown> =>
    forwarder.forward(bodyOf(attributes, spans))
  void record([
    beginning(identity, startUnixMs, described),
    ...(prompt === undefined ? [] : [promptRecord(identity, startUnixMs, prompt)]),
  ])
  const note = noteWriter(directory, { identity, attributes, startUnixMs })
  await note(false)
  const relay = await startRelay({ ledger, ticket, forwarder })
  return { identity, directory, relay, ticket, forwarder, notices, startUnixMs, record, note }
}

/** True below another run: its relay is the ledger then, and knows that it is asked by an agent. */
function isNested(environment: Environment): boolean {
  return (environment['WHODID_RUN_INSTANCE'] ?? '') !== ''
}

function noteWriter(
  directory: string,
  run: {
    readonly identity: RunIdentity
    readonly attributes: Attributes
    readonly startUnixMs: number
  },
): (isEnded: boolean) => Promise<void> {
  const { identity, attributes, startUnixMs } = run
  const { template, instance, session } = identity
  const { pid } = process
  const pidStart = processStart(pid)
  return (isEnded) =>
    writeNote(directory, {
      pid,
      pidStart,
      template,
      instance,
      session,
      startUnixMs,
      attributes,
      isEnded,
    })
}
