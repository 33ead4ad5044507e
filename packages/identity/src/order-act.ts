import type { Stop } from './revocation-state.ts'

/** The receipt of a record: the collector's clock, and the record's place in the log, which no clock can change. */
export interface Receipt {
  /** Nanoseconds since 1970. */
  readonly unixNs: bigint
  /** Undefined where the record is in no log. */
  readonly place: LogPlace | undefined
}

/** The place of a record in its log. */
export interface LogPlace {
  readonly log: string
  readonly index: bigint
}

/** An act as its records show it. */
export interface ActOnRecord {
  /** Its beginning by the agent's own clock, in nanoseconds since 1970. */
  readonly startUnixNs: bigint
  /** The first receipt of its own record. */
  readonly received: Receipt
  /** The first receipt of its intent, which is sent before it begins; undefined without one. */
  readonly announced: Receipt | undefined
  /** The number of the newest order that its records name by ID; 0 where they name none. */
  readonly seenSeq: number
}

/** A stop, and the place of its order's record in the log; undefined where that is not known. */
export type PlacedStop = Stop & { readonly place: LogPlace | undefined }

/** The relation in time of an act to an order that stopped its agent. */
export interface OrderedAct {
  /**
   * `after_proven`: a record that was made when the act began names this order or a later one by its random ID, which did not exist
   * before. `after_claimed`: by the agent's own clock it began after. `before`: it was on record before the order, itself or its
   * intent (`announced`). `indeterminate`: none of these, so either is possible.
   */
  readonly order: 'after_proven' | 'after_claimed' | 'indeterminate' | 'before' | 'announced'
  readonly stop: PlacedStop
}

/** The strongest first: where several orders concern an act, the one that says most against it counts. */
const orders = ['after_proven', 'after_claimed', 'indeterminate', 'announced', 'before'] as const

/** The relation of an act to the stops of its agent; undefined where it is outside of all. Pure. */
export function orderAct(stops: readonly PlacedStop[], act: ActOnRecord): OrderedAct | undefined {
  const found = stops.flatMap((stop) => {
    const order = orderOf(stop, act)
    return order === undefined ? [] : [{ order, stop }]
  })
  return orders
    .map((order) => found.find((each) => each.order === order))
    .find((each) => each !== undefined)
}

function orderOf(
  stop: PlacedStop,
  { startUnixNs, received, announced, seenSeq }: ActOnRecord,
): OrderedAct['order'] | undefined {
  const { by, until } = stop
  // It began after the pause had ended.
  if (until !== undefined && (startUnixNs >= until.atUnixNs || seenSeq >= until.seq))
    return undefined
  if (seenSeq >= by.seq) return 'after_proven'
  if (isBefore(received, stop)) return 'before'
  if (startUnixNs > by.atUnixNs) return 'after_claimed'
  if (announced !== undefined && isBefore(announced, stop)) return 'announced'
  return 'indeterminate'
}

/** True where both the clock of the service and the order of the log, if they are in one, say that a record was there first. */
function isBefore({ unixNs, place }: Receipt, { by, place: ordered }: PlacedStop): boolean {
  // A clock that was set back says of a later record that it was earlier; the log does not.
  if (place !== undefined && place.log === ordered?.log && place.index > ordered.index) return false
  return unixNs < by.atUnixNs
}
