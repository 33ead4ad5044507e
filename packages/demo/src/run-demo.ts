import { WhodidError } from '@whodid/model'
import { startWhodid } from '@whodid/server'
import type { RunningWhodid } from '@whodid/server'
import type { DemoConfig } from './demo-config.ts'
import { askQuestions, demoQuestions, wrongAnswers } from './demo-questions.ts'
import type { DemoScreen } from './demo-screen.ts'
import { playIncident } from './play-incident.ts'
import { buildStage } from './stage.ts'
import type { Stage } from './stage.ts'

/** One run of the demo. */
export interface DemoRun {
  readonly config: DemoConfig
  readonly screen: DemoScreen
  /** Ends after the answers. */
  readonly once: boolean
  readonly stopping: AbortSignal
}

const storedTimeoutMs = 60_000

/**
 * Starts a Whodid and a stage, plays the incident, asks about it, and serves on until `stopping` unless `once`. In every
 * case both are stopped, and the files they made are removed. Resolves with the exit code: 1 when a verdict is wrong.
 */
export async function runDemo(run: DemoRun): Promise<number> {
  const { config, screen, once, stopping } = run
  try {
    const { whodid, stage } = await startParts(run)
    try {
      const isRight = await playAndAsk(run, whodid, stage)
      if (!once && !stopping.aborted) {
        screen.serveOn({ ...whodid, dataDir: config.service.dataDir }, stage)
        await aborted(stopping)
      }
      return isRight ? 0 : 1
    } finally {
      await Promise.allSettled([whodid.stop(), stage.remove()])
    }
  } finally {
    await config.remove()
  }
}

async function startParts({
  config,
  screen,
  stopping,
}: DemoRun): Promise<{ whodid: RunningWhodid; stage: Stage }> {
  screen.progress('Starting ClickHouse, the collector, the API; and a Postgres for the incident…')
  const [whodid, stage] = await Promise.allSettled([
    startWhodid(config.service, screen.event),
    buildStage(stopping),
  ])
  if (whodid.status === 'rejected') {
    if (stage.status === 'fulfilled') await stage.value.remove()
    throw whodid.reason
  }
  if (stage.status === 'rejected') {
    await whodid.value.stop()
    throw stage.reason
  }
  return { whodid: whodid.value, stage: stage.value }
}

async function playAndAsk(
  { screen, stopping }: DemoRun,
  whodid: RunningWhodid,
  stage: Stage,
): Promise<boolean> {
  screen.opening()
  const { apiUrl, otlpUrl, tokens } = whodid
  const recording = { endpoint: otlpUrl, token: tokens.ingest, revocationsFrom: apiUrl }
  const client = { apiUrl, token: tokens.investigator }
  const api = { ask: client, order: { apiUrl, token: tokens.admin } }
  const killed = await playIncident({
    stage,
    recording,
    api,
    signal: stopping,
    report: screen.step,
  })
  screen.plainLogs(await stage.plainLogs())
  await stage.close()
  await stored(whodid)
  const questions = await demoQuestions(client, killed, stopping)
  const answers = await askQuestions(questions, client, stopping)
  screen.answers(answers)
  const wrong = wrongAnswers(questions, answers)
  if (wrong.length > 0) screen.wrong(wrong)
  return wrong.length === 0
}

async function stored(whodid: RunningWhodid): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_settle, reject) => {
    timer = setTimeout(() => {
      reject(new WhodidError('store_unavailable', 'the incident was not stored within 60 s'))
    }, storedTimeoutMs)
  })
  try {
    await Promise.race([Promise.all([whodid.stored(), whodid.sealed()]), late])
  } finally {
    clearTimeout(timer)
  }
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  await new Promise((resolve) => {
    signal.addEventListener('abort', resolve, { once: true })
  })
}
