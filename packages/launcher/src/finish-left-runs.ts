import { rename } from 'node:fs/promises'
import { Forwarder } from './relay/forwarder.ts'
import { LaunchTicket } from './relay/launch-ticket.ts'
import { leftRuns, removeRunDirectory, spoolIn } from './run-directory.ts'
import type { RunNote } from './run-directory.ts'
import type { Environment, Ledger } from './run-options.ts'
import { bodyOf, ending } from './session-record.ts'

/** Milliseconds that the records of one left run are sent in. */
const sendTimeoutMs = 10_000

/**
 * Sends what earlier runs could not: the records that wait in their spools, and the end of a run whose launcher was killed. Each goes
 * under a new credential for that run's own instance. A run that the ledger still does not take stays for a later one. Never throws.
 */
export async function finishLeftRuns(environment: Environment, ledger: Ledger): Promise<void> {
  const left = await leftRuns(environment).catch(() => [])
  for (const { directory, note } of left) {
    // Of two launchers that find it, the one that can rename it finishes it.
    const claimed = `${directory.replace(/\.by-\d+$/u, '')}.by-${process.pid}`
    const isOurs = await rename(directory, claimed).then(
      () => true,
      () => false,
    )
    if (!isOurs) continue
    if (!(await finish(claimed, note, ledger).catch(() => false))) return
    await removeRunDirectory(claimed).catch(() => undefined)
  }
}

async function finish(directory: string, note: RunNote, ledger: Ledger): Promise<boolean> {
  const { template, instance } = note
  const ticket = new LaunchTicket({
    ledger,
    template,
    instance,
    mayLaunch: [],
    delegator: '',
    delegatorIssuer: '',
  })
  if ((await ticket.obtain()) !== 'bound') return false
  const spool = spoolIn(directory)
  const forwarder = new Forwarder({ ledger, ticket, spool, notify: () => undefined })
  try {
    await forwarder.forwardHooks(directory)
    if (!note.isEnded) {
      const end = ending(note, { ...note, end: 'lost', failure: '', lostCount: 0 })
      await forwarder.forward(bodyOf(note.attributes, [end]))
    }
    return (await forwarder.flush(sendTimeoutMs)) === 0
  } finally {
    await ticket.end()
  }
}
