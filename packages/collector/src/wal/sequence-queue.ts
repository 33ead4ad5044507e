import type { WhodidError } from '@whodid/model'
import { freshBytes } from './fresh-rows.ts'
import type { FreshRows } from './fresh-rows.ts'
import type { IndexRange, LeafRun } from './segment.ts'
import { sequenceFrame } from './sequence-frame.ts'
import type { Sequence, SequencedFrame } from './sequence-frame.ts'

/** Rows that wait to be written, without a place. */
export interface Waiting {
  readonly fresh: FreshRows
  /** The index of the first when they fill a hole; undefined when they take the next places. */
  readonly holeAt: number | undefined
  /** Is handed the leaf hashes of all that was written with them. */
  readonly resolve: (run: LeafRun) => void
  readonly reject: (error: WhodidError) => void
}

/**
 * The one place where an index is given: to the rows that are written next, and for good once they are written. An index is
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

  push(waiting: Waiting): void {
    this.#waiting.push(waiting)
  }

  /** Takes what waits, to be written as one frame: up to `bytesMax`, or the one request that is past it. Rows that fill a hole come alone. */
  take(bytesMax: number): Waiting[] {
    let bytes = 0
    let count = 0
    for (const { fresh, holeAt } of this.#waiting) {
      if (count > 0 && (holeAt !== undefined || bytes + freshBytes(fresh) > bytesMax)) break
      count += 1
      bytes += freshBytes(fresh)
      if (holeAt !== undefined) break
    }
    return this.#waiting.splice(0, count)
  }

  /** Puts a group into the next places, or into those of its hole. They are given by {@link accept}. */
  frame(group: readonly Waiting[]): SequencedFrame {
    const holeAt = group[0]?.holeAt
    const fillsHole = holeAt !== undefined
    const from = fillsHole ? { ...this.#sequence, nextIndex: holeAt } : this.#sequence
    return sequenceFrame(
      group.map(({ fresh }) => fresh),
      from,
      fillsHole,
    )
  }

  /** Must be called when a frame is durable, before the next is made. */
  accept(frame: SequencedFrame): void {
    if (!frame.fillsHole) this.#sequence = frame.next
  }
}

/** The indexes of a frame; undefined when it fills a hole. */
export function indexesOf(frame: SequencedFrame): IndexRange | undefined {
  return frame.fillsHole ? undefined : { first: frame.firstIndex, end: frame.next.nextIndex }
}
