import { createResponder } from '@whodid/detect'
import type { Response } from '@whodid/detect'
import type { FindingWriter } from '@whodid/store'
import type { ServiceConfig } from '../config/service-config.ts'
import { makeResponse } from '../responses/make-response.ts'
import type { ResponseParts } from '../responses/make-response.ts'
import { readResponses } from '../responses/read-responses.ts'
import type { Started, StartupContext } from './startup-context.ts'

/** Milliseconds between two looks at the clock, at the ledger when nothing waits, and at a ledger that did not answer. */
const tickMs = 1_000
const lookMs = 60_000
const failedMs = 5_000

/** The parts that the responses use. */
type ResponseDeps = Omit<ResponseParts, 'consoleUrl' | 'now'> & {
  readonly findingWriter: FindingWriter
}

/** Wakes the responses of a tenant, for which something was found. */
export type WakeResponses = (tenant: string) => void

type ResponseContext = Pick<StartupContext, 'onEvent'> & {
  readonly config: Pick<ServiceConfig, 'responsesPath'>
}

/**
 * Acts on findings as the file of `WHODID_RESPONSES` says; without one on none. Each response goes its own way: a receiver that hangs holds up
 * no other. Stopping ends the attempts under way, which are made again after the next start. Throws `invalid_config` for a file that cannot
 * be used.
 */
export async function startResponses(
  { config, onEvent }: ResponseContext,
  deps: ResponseDeps,
): Promise<Started<WakeResponses>> {
  if (config.responsesPath === undefined) return { value: () => {}, stop: async () => {} }
  const rules = deps.detections.map(({ id }) => id)
  const { responses, consoleUrl } = await readResponses(config.responsesPath, rules)
  const stopping = new AbortController()
  const running = responses.map((read) =>
    runResponse(makeResponse(read, { ...deps, consoleUrl, now }), {
      deps,
      signal: stopping.signal,
      warn: (message) => onEvent({ event: 'warning', message }),
    }),
  )
  return {
    value: (tenant) => {
      for (const one of running) one.wake(tenant)
    },
    stop: async () => {
      stopping.abort()
      await Promise.all(running.map((one) => one.stop()))
    },
  }
}

interface RunOptions {
  readonly deps: ResponseDeps
  readonly signal: AbortSignal
  readonly warn: (message: string) => void
}

interface RunningResponse {
  readonly wake: WakeResponses
  readonly stop: () => Promise<void>
}

function runResponse(response: Response, { deps, signal, warn }: RunOptions): RunningResponse {
  const { name, tenant } = response.policy
  const { selector, findingWriter: writer } = deps
  const responder = createResponder({ response, selector, writer, now, stopping: signal })
  let nextLookMs = 0
  let running: Promise<void> | undefined
  let reported: string | undefined

  const lookBy = (ms: number): void => {
    nextLookMs = Math.min(nextLookMs, ms)
  }

  async function look(): Promise<void> {
    nextLookMs = Date.now() + lookMs
    let problem: string | undefined
    try {
      const step = await responder.step()
      problem = step.problem
      if (step.nextAtUnixNs !== undefined) lookBy(Number(step.nextAtUnixNs / 1_000_000n))
    } catch (thrown) {
      problem = thrown instanceof Error ? thrown.message : 'unknown failure'
      lookBy(Date.now() + failedMs)
    }
    if (problem !== undefined && problem !== reported && !signal.aborted)
      warn(`response "${name}": ${problem}`)
    reported = problem
  }

  const timer = setInterval(() => {
    const leftMs = nextLookMs - Date.now()
    // More than it can ever be: the clock was set back, and nothing would be looked at until it has caught up.
    if (leftMs > 0 && leftMs <= lookMs) return
    running ??= look().finally(() => (running = undefined))
  }, tickMs).unref()
  return {
    wake: (of) => {
      if (of === tenant) lookBy(0)
    },
    stop: async () => {
      clearInterval(timer)
      await running
    },
  }
}

function now(): bigint {
  return BigInt(Date.now()) * 1_000_000n
}
