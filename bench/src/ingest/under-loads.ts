import { median } from '../percentile.ts'
import type { Contender } from './contender.ts'
import { holdFullLoad } from './hold-full-load.ts'
import type { FullLoad } from './hold-full-load.ts'
import type { SendOutcome } from './load-messages.ts'
import type { Round } from './run-round.ts'
import type { Load } from './start-load.ts'
import { sweepLoad } from './sweep-load.ts'
import type { LoadLevel } from './sweep-load.ts'

/** How long each load lasts. */
export interface LoadSize {
  readonly halfLoadSeconds: number
  /** The levels of the sweep, of the full load, and the seconds of each. */
  readonly levelShares: readonly number[]
  readonly levelSeconds: number
  readonly fullLoadSeconds: number
}

/** What a contender did under loads that were chosen for it. */
export interface UnderLoads {
  readonly halfLoad: SendOutcome
  /** Empty for one that is not taken through the loads. */
  readonly levels: readonly LoadLevel[]
  /** Undefined for one that is not held at full load. */
  readonly fullLoad: FullLoad | undefined
}

/** Whom to load; its rounds say what its full load is. */
export interface UnderLoadsOrder {
  readonly name: string
  readonly contender: Contender
  readonly load: Load
  readonly size: LoadSize
  readonly plain: readonly Round[]
  /** Whether it is taken through rising loads and held at full load too. */
  readonly isLoaded: boolean
  readonly say: (line: string) => void
}

const halfLoadConnections = 32

/** Loads a contender by half of what it took in its rounds, then by rising shares of that, then by all it takes for long. */
export async function runUnderLoads(order: UnderLoadsOrder): Promise<UnderLoads> {
  const { name, contender, load, size, say } = order
  const full = median(order.plain.map(({ spansPerSecond }) => spansPerSecond))
  say(`half load ${name}: ${Math.round(full / 2)} spans/s`)
  const halfLoad = await load.send({
    target: contender.target,
    gzip: false,
    connections: halfLoadConnections,
    spansPerSecond: full / 2,
    amount: { seconds: size.halfLoadSeconds },
    probe: contender.probe,
  })
  if (!order.isLoaded) return { halfLoad, levels: [], fullLoad: undefined }
  const [shares, seconds] = [size.levelShares, size.levelSeconds]
  const levels = await sweepLoad({ name, contender, load, full, shares, seconds, say })
  say(`full load ${name}: ${size.fullLoadSeconds} s`)
  const fullLoad = await holdFullLoad({ contender, load, seconds: size.fullLoadSeconds, say })
  return { halfLoad, levels, fullLoad }
}
