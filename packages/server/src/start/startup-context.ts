import type { KeyWrapping } from '@whodid/tlog-posix'
import type { ServiceConfig } from '../config/service-config.ts'
import { openKeyWrapping } from '../credentials/open-key-wrapping.ts'

/** An event of a service, as `serve --json` writes it: one object a line. None holds a secret. */
export type ServiceEvent =
  | { readonly event: 'starting'; readonly what: 'engine' | 'migrations' | 'collector' | 'api' }
  | { readonly event: 'engine_started'; readonly url: string; readonly version: string }
  | { readonly event: 'migrated'; readonly applied: readonly string[] }
  | {
      readonly event: 'collector_listening'
      readonly url: string
      readonly port: number
      readonly grpc_port: number | undefined
    }
  | { readonly event: 'api_listening'; readonly url: string; readonly port: number }
  | {
      readonly event: 'ready'
      readonly api_url: string
      readonly otlp_url: string
      readonly otlp_grpc_url: string | undefined
      /** The embedded engine's, for SQL; it changes from start to start. Undefined with a ClickHouse of one's own. */
      readonly engine_url: string | undefined
      readonly data_dir: string
    }
  | {
      readonly event: 'access_changed'
      readonly what: 'exporters' | 'readers'
      readonly count: number
    }
  | { readonly event: 'warning'; readonly message: string }
  | { readonly event: 'engine_exited'; readonly message: string }
  | { readonly event: 'engine_restarted'; readonly url: string; readonly version: string }
  | { readonly event: 'stopping' }
  | { readonly event: 'stopped' }

/** Receives each event as it happens. */
export type OnServiceEvent = (event: ServiceEvent) => void

/** The arguments that every start function shares. */
export interface StartupContext {
  readonly config: ServiceConfig
  readonly onEvent: OnServiceEvent
  /** The form that private keys have on the disk. */
  readonly wrapping: KeyWrapping
}

/** Opens the private keys' form on the disk. Throws as `openKeyWrapping`. */
export async function openContext(
  config: ServiceConfig,
  onEvent: OnServiceEvent,
): Promise<StartupContext> {
  return { config, onEvent, wrapping: await openKeyWrapping(config) }
}

/** A part that was started, and the function that stops it. */
export interface Started<Value> {
  readonly value: Value
  readonly stop: () => Promise<void>
}

/** Takes charge of a started part, and returns its value. Parts are stopped from the last kept to the first. */
export type Keep = <Value>(part: Started<Value>) => Value

/**
 * Runs `start`, which starts parts one after another, as one part. When `start` throws, the parts that it kept are stopped. A part that
 * does not stop cleanly is reported, and keeps no other from its clean end.
 */
export async function startParts<Value>(
  onEvent: OnServiceEvent,
  start: (keep: Keep) => Promise<Value>,
): Promise<Started<Value>> {
  const parts: Started<unknown>[] = []
  const keep: Keep = (part) => {
    parts.push(part)
    return part.value
  }
  const stop = async (): Promise<void> => {
    for (const part of parts.toReversed())
      await part.stop().catch((thrown: unknown) => {
        const why = thrown instanceof Error ? thrown.message : 'unknown failure'
        onEvent({ event: 'warning', message: `a part did not stop cleanly: ${why}` })
      })
  }
  try {
    return { value: await start(keep), stop }
  } catch (thrown) {
    await stop()
    throw thrown
  }
}

/** A connection as a part: stopping it closes it. */
export function closing<Value extends { readonly close: () => Promise<void> }>(
  value: Value,
): Started<Value> {
  return { value, stop: () => value.close() }
}
