import { mkdirSync, readdirSync, renameSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { agentAttributes, spansOfEvent } from './events/spans-of-event.ts'
import type { HookEnvironment } from './events/spans-of-event.ts'
import { readProduct } from './events/read-products.ts'
import type { Product } from './events/read-products.ts'
import type { Payload } from './events/hook-event.ts'
import { otlpJson } from './otlp-json.ts'
import { sendBody } from './send-body.ts'
import { Spool } from './spool.ts'
import type { SpooledBody } from './spool.ts'

/** Milliseconds that the agent waits for one event at most. */
const sendTimeoutMs = 1_000
/** Bytes of one file of events that wait while there is no ledger, and such files. */
const spoolBytes = 8 * 1024 * 1024
const spoolsMax = 4
const spoolName = 'hook-spool'

/** A hook that was called. */
export interface CalledHook {
  readonly product: Product
  /** The event that the hook was set up for, where the payload does not name it. */
  readonly eventName: string
  readonly payload: Payload
  readonly environment: HookEnvironment
}

/**
 * Reports a hook's event to the run's relay, or to the ledger that the environment names. When it is not taken in a second it waits
 * in a bounded file, which the next hook sends. Never throws: an agent must not fail because of its record.
 */
export async function reportEvent(hook: CalledHook): Promise<void> {
  const { product, environment, payload } = hook
  const event = readProduct(product, payload, hook.eventName)
  if (event === undefined) return
  const nowUnixMs = Date.now()
  const spans = spansOfEvent(product, event, { environment, nowUnixMs })
  if (spans.length === 0) return
  const resource = {
    'service.name': `whodid-hook-${product}`,
    ...agentAttributes(product, event, environment),
  }
  const body = Buffer.from(otlpJson(resource, spans))
  const spooled: SpooledBody = {
    path: '/v1/traces',
    contentType: 'application/json',
    encoding: '',
    body,
  }
  const directory = spoolDirectory(environment)
  const isTaken = await send(spooled, environment)
  if (isTaken) await sendWaiting(directory, environment)
  else keep(directory, spooled)
}

/** The directory of a run's spool below its run, so that its launcher sends it; without a run, that of the user. */
function spoolDirectory(environment: HookEnvironment): string {
  const run = environment['WHODID_RUN_DIR']?.trim() ?? ''
  if (run.startsWith('/')) return run
  const state = environment['XDG_STATE_HOME']?.trim() ?? ''
  return state.startsWith('/')
    ? join(state, 'whodid', 'hooks')
    : join(homedir(), '.local', 'state', 'whodid', 'hooks')
}

/** The files of waiting events in a directory. */
export function hookSpools(directory: string): string[] {
  try {
    const names = readdirSync(directory).filter((name) => name.startsWith(spoolName))
    return names.slice(0, spoolsMax + 1).map((name) => join(directory, name))
  } catch {
    // It is not there: nothing waits.
    return []
  }
}

function keep(directory: string, body: SpooledBody): void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    if (hookSpools(directory).length > spoolsMax) return
    new Spool(join(directory, spoolName), spoolBytes).add(body)
  } catch {
    // Nowhere to keep it: the record has a hole, and the agent runs on.
  }
}

async function send(body: SpooledBody, environment: HookEnvironment): Promise<boolean> {
  const said = (name: string): string => environment[name]?.trim() ?? ''
  const endpoint = (
    said('WHODID_ENDPOINT') ||
    said('OTEL_EXPORTER_OTLP_ENDPOINT') ||
    'http://127.0.0.1:4318'
  ).replace(/\/$/u, '')
  const token = said('WHODID_INGEST_TOKEN')
  try {
    const { status } = await sendBody({
      url: `${endpoint}${body.path}`,
      headers: {
        'content-type': body.contentType,
        ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
      },
      body: body.body,
      timeoutMs: sendTimeoutMs,
    })
    // A record that cannot be read will not be read later either.
    return status <= 400 || status === 413
  } catch {
    return false
  }
}

/** Sends what earlier hooks could not. A file is renamed first: of two hooks at a time, one sends it. */
async function sendWaiting(directory: string, environment: HookEnvironment): Promise<void> {
  for (const [index, path] of hookSpools(directory).entries()) {
    const claimed = join(directory, `${spoolName}.${process.pid}-${index}`)
    try {
      renameSync(path, claimed)
    } catch {
      continue
    }
    const spool = new Spool(claimed, spoolBytes)
    await spool.drain((body) => send(body, environment))
    if (spool.isEmpty) spool.remove()
  }
}
