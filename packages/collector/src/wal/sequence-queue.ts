import type { WhodidError } from '@whodid/model'
import type { FreshRows } from './fresh-rows.ts'
import type { IndexRange } from './segment.ts'
import { sequenceFrame } from './sequence-frame.ts'
import type { Sequence, SequencedFrame } from './sequence-frame.ts'

/** Rows that wait to be written, in their places. */
export interface Waiting {
  readonly fresh: FreshRows
  readonly frame: SequencedFrame
  readonly fillsHole: boolean
  readonly resolve: () => void
  readonly reject: (error: WhodidError) => void
}

/** The same, once nothing can give it another place. */
export type Writing = Omit<Waiting, 'fresh'>

/**
 * The one place where an index is given. A place is taken when records come, so that they are hashed while the disk
 * flushes those before them; a write that fails gives its places back, and those that wait behind it move up. An index is
 * therefore durable with its record or was never given, and the durable ones have no hole.
 */
export class SequenceQueue {
  #sequence: Sequence
  #waiting: Waiting[] = []

  constructor(sequence: Sequence) {
    this.#sequence = sequence
  }

  /** True when nothing waits. */
  get isEmpty(): boolean {
    return this.#waiting.length === 0
  }

  /** Puts rows into the next places, or into those from `holeAt` on. They take none before {@link push}. */
  frame(fresh: FreshRows, holeAt?: number): SequencedFrame {
    const fillsHole = holeAt !== undefined
    const from = fillsHole ? { ...this.#sequence, nextIndex: holeAt } : this.#sequence
    return sequenceFrame(fresh, from, fillsHole)
  }

  push(waiting: Waiting): void {
    if (!waiting.fillsHole) this.#sequence = waiting.frame.next
    this.#waiting.push(waiting)
  }

  /** All that waits, to be written as one group. */
  take(): Writing[] {
    return this.#takeAll().map(({ frame, fillsHole, resolve, reject }) => ({
      frame,
      fillsHole,
      resolve,
      reject,
    }))
  }

  /** Takes back the places of a group that was not written. A frame keeps its length when its indexes change. */
  giveBack(group: readonly Writing[]): void {
    const [first] = group.filter(({ fillsHole }) => !fillsHole)
    if (first === undefined) return
    const { lastReceivedUnixNs } = this.#sequence
    this.#sequence = { nextIndex: first.frame.firstIndex, lastReceivedUnixNs }
    for (const waiting of this.#takeAll()) {
      const frame = waiting.fillsHole ? waiting.frame : this.frame(waiting.fresh)
      this.push({ ...waiting, frame })
    }
  }

  #takeAll(): Waiting[] {
    const all = this.#waiting
    this.#waiting = []
    return all
  }
}

/** The indexes of a group; undefined when it only fills holes. */
export function indexesOf(group: readonly Writing[]): IndexRange | undefined {
  const frames = group.filter(({ fillsHole }) => !fillsHole).map(({ frame }) => frame)
  const [first] = frames
  const last = frames.at(-1)
  if (first === undefined || last === undefined) return undefined
  return { first: first.firstIndex, end: last.next.nextIndex }
}
