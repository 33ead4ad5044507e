import { createDetectionRunner, readDetections } from '@whodid/detect'
import type { Detection } from '@whodid/detect'
import { createFindingWriter } from '@whodid/store'
import type { FindingWriter, Selector } from '@whodid/store'
import type { LedgerAccess } from '../config/read-ledger.ts'
import type { ServiceConfig } from '../config/service-config.ts'
import { closing } from './startup-context.ts'
import type { Started, StartupContext } from './startup-context.ts'

/** Tenants whose records are looked at in one round, those that waited longest first. */
const tenantsMax = 100

/** The parts that the detections use. */
interface DetectionDeps {
  readonly access: Pick<LedgerAccess, 'recorder'>
  readonly selector: Pick<Selector, 'select'>
  /** The tenants that somebody may read; asked at each round. */
  readonly tenants: () => readonly string[]
  /** Told of a tenant for which something was found. */
  readonly onHits: (tenant: string) => void
}

/** The parts that the API shows findings with, and writes decisions with. */
interface FindingParts {
  readonly findingWriter: FindingWriter
  readonly detections: readonly Detection[]
}

/** The part of a start that the detections use. */
type DetectionContext = Pick<StartupContext, 'onEvent'> & {
  readonly config: Pick<ServiceConfig, 'detectSeconds'>
}

/**
 * Runs the detections over what comes in, every `detectSeconds`, on one core of the engine; 0 runs none. An error that keeps a detection from
 * running is reported once, and again when it changes. The value is what the API needs of them. Stopping waits for the
 * detection under way. Throws `invalid_config` when a detection cannot be read.
 */
export async function startDetections(
  { config, onEvent }: DetectionContext,
  { access, selector, tenants, onHits }: DetectionDeps,
): Promise<Started<FindingParts>> {
  const detections = await readDetections()
  const { value: writer, stop: close } = closing(createFindingWriter(access.recorder))
  const now = (): bigint => BigInt(Date.now()) * 1_000_000n
  const stopping = new AbortController()
  const { signal } = stopping
  const runner = createDetectionRunner({ detections, selector, writer, now, stopping: signal })
  const reported = new Map<string, string>()
  const lastMs = new Map<string, number>()
  let running: Promise<void> | undefined

  /** Reports what keeps a detection, or a tenant's round, from running; undefined where nothing does. */
  const report = (what: string, why: string | undefined): void => {
    if (reported.get(what) === why || signal.aborted) return
    if (why === undefined) reported.delete(what)
    else {
      reported.set(what, why)
      onEvent({ event: 'warning', message: `${what}: ${why}` })
    }
  }

  async function round(): Promise<void> {
    const waiting = [...new Set(tenants())].toSorted(
      (a, b) => (lastMs.get(a) ?? 0) - (lastMs.get(b) ?? 0),
    )
    for (const tenant of waiting.slice(0, tenantsMax)) {
      if (signal.aborted) return
      lastMs.set(tenant, Date.now())
      const what = `detections of tenant "${tenant}"`
      try {
        const { failed, hits } = await runner.step(tenant)
        if (hits > 0) onHits(tenant)
        for (const { id } of detections) report(`detection ${id}`, failed.get(id))
        report(what, undefined)
      } catch (thrown) {
        report(what, thrown instanceof Error ? thrown.message : 'unknown failure')
      }
    }
  }

  const timer =
    config.detectSeconds === 0
      ? undefined
      : setInterval(() => {
          running ??= round().finally(() => (running = undefined))
        }, config.detectSeconds * 1_000).unref()
  const stop = async (): Promise<void> => {
    clearInterval(timer)
    stopping.abort()
    await running
    await close()
  }
  return { value: { findingWriter: writer, detections }, stop }
}
