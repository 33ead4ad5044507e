import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { listQuarantine, requestReplay } from '@whodid/collector'
import type { QuarantineEntry } from '@whodid/collector'
import { printableLine, WhodidError } from '@whodid/model'
import { readDataDir } from '@whodid/server/config'
import type { Command, CommandContext } from '../command.ts'
import { parseArguments } from '../parse-arguments.ts'

/** `whodid quarantine`: spans that were rejected and kept. */
export const quarantineCommand: Command = {
  name: 'quarantine',
  help: `Usage: whodid quarantine list [--json]
       whodid quarantine replay [--json]

A span that the ledger cannot hold (an ID or a time that is none) is rejected, and kept in the quarantine of the collector's
log. "list" shows what is there, newest first. "replay" has the running Whodid take all of it through the write path again,
as this version reads it; what is still rejected comes back. When Whodid is not running, it does so at its next start.

Environment: WHODID_DATA_DIR.`,
  run: quarantine,
}

/** Milliseconds that a replay is waited for. */
const replayTimeoutMs = 10_000
const lookMs = 100
const reasonsShownMax = 3

async function quarantine(context: CommandContext): Promise<number> {
  const [action, ...args] = context.args
  const typed = parseArguments(
    args,
    { json: { type: 'boolean' } },
    { min: 0, max: 0, what: 'options only' },
  )
  const asJson = typed.flag('json')
  const logDir = join(readDataDir(context.environment), 'log')
  if (action === 'list') return list(context, logDir, asJson)
  if (action === 'replay') return replay(context, logDir, asJson)
  throw new WhodidError(
    'invalid_parameter',
    `expected list or replay; got ${action === undefined ? 'nothing' : `"${printableLine(action, 60)}"`}`,
  )
}

async function list({ stdout }: CommandContext, logDir: string, asJson: boolean): Promise<number> {
  const entries = await listQuarantine(logDir)
  if (asJson) stdout.write(`${JSON.stringify({ quarantine: entries.map(shown) })}\n`)
  else if (entries.length === 0) stdout.write('The quarantine is empty.\n')
  else for (const entry of entries) stdout.write(describe(entry))
  return 0
}

async function replay(
  { stdout, stopping }: CommandContext,
  logDir: string,
  asJson: boolean,
): Promise<number> {
  const before = spansOf(await listQuarantine(logDir))
  await requestReplay(logDir)
  const deadline = performance.now() + replayTimeoutMs
  let left = await listQuarantine(logDir)
  while (left.some(isWaiting) && performance.now() < deadline && !stopping.aborted) {
    await sleep(lookMs)
    left = await listQuarantine(logDir)
  }
  const waiting = spansOf(left.filter(isWaiting))
  const rejected = spansOf(left) - waiting
  const outcome = { stored: Math.max(before - spansOf(left), 0), rejected, waiting }
  if (asJson) stdout.write(`${JSON.stringify(outcome)}\n`)
  else
    stdout.write(
      `${outcome.stored} spans stored, ${rejected} rejected again${waiting > 0 ? `, ${waiting} wait for Whodid to start` : ''}.\n`,
    )
  return waiting > 0 ? 1 : 0
}

function isWaiting(entry: QuarantineEntry): boolean {
  return entry.isReplayWanted
}

function spansOf(entries: readonly QuarantineEntry[]): number {
  return entries.reduce((sum, { reasons }) => sum + reasons.length, 0)
}

function shown(entry: QuarantineEntry): object {
  return {
    id: entry.id,
    received_at: entry.receivedAt,
    exporter: entry.exporter,
    reason_code: entry.reasonCode,
    reasons: entry.reasons,
    replay_wanted: entry.isReplayWanted,
    request: entry.request,
  }
}

function describe({ id, receivedAt, exporter, reasons }: QuarantineEntry): string {
  const count = reasons.length === 1 ? '1 span' : `${reasons.length} spans`
  const shownReasons = reasons
    .slice(0, reasonsShownMax)
    .map((reason) => `    ${printableLine(reason)}\n`)
  const more = reasons.length - shownReasons.length
  const rest = more > 0 ? `    and ${more} more\n` : ''
  return `${id}  ${receivedAt}  ${printableLine(exporter)}  ${count}\n${shownReasons.join('')}${rest}`
}
