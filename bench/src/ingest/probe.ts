import { Agent } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { LoadProbe } from './load-messages.ts'
import { postBody } from './post-body.ts'

/** The last span of a batch. */
export interface Marker {
  readonly traceIdHex: string
  readonly spanIdHex: string
}

/** Times how long after its acknowledgement a batch can be asked for. */
export interface Probe {
  /** Call it when the batch is acknowledged. */
  watch(marker: Marker): void
  /** Waits for what is still looked for, and gives all times in seconds. Throws when a batch does not come in a minute. */
  finish(): Promise<number[]>
}

/** Milliseconds between two looks, which all that is awaited shares: so often that a look costs the engine little. */
const lookMs = 50
const markersPerLookMax = 200
const lateMs = 60_000

/** Starts looking; `finish` ends it. */
export function createProbe({ target, sql }: LoadProbe): Probe {
  const awaited = new Map<string, { marker: Marker; sinceMs: number }>()
  const found: number[] = []
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  let finishing = false

  async function look(): Promise<void> {
    const some = [...awaited.values()].slice(0, markersPerLookMax).map(({ marker }) => marker)
    const statement = sql
      .replace('{traces}', some.map(({ traceIdHex }) => `'${traceIdHex}'`).join())
      .replace('{spans}', some.map(({ spanIdHex }) => `'${spanIdHex}'`).join())
    const { status, body } = await postBody(target, Buffer.from(statement), agent)
    const text = body.toString()
    if (status !== 200) throw new Error(`the probe was refused: ${text.slice(0, 300)}`)
    const nowMs = performance.now()
    for (const word of text.trim().split('\n')) {
      const seen = awaited.get(word)
      if (seen === undefined) continue
      found.push((nowMs - seen.sinceMs) / 1000)
      awaited.delete(word)
    }
    for (const { sinceMs } of awaited.values())
      if (nowMs - sinceMs > lateMs)
        throw new Error('an acknowledged batch did not come in a minute')
  }

  async function lookOn(): Promise<void> {
    while (!finishing || awaited.size > 0) {
      if (awaited.size > 0) await look()
      await sleep(lookMs)
    }
    agent.destroy()
  }

  const looking = lookOn()
  // Reported by `finish`, however long before it came.
  looking.catch(() => undefined)
  return {
    watch: (marker) =>
      awaited.set(marker.traceIdHex + marker.spanIdHex, { marker, sinceMs: performance.now() }),
    finish: async () => {
      finishing = true
      await looking
      return found
    },
  }
}
