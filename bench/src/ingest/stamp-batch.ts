import type { SpanBatch } from './encode-spans.ts'

/** How a batch is made another one. */
export interface Stamp {
  /** Of passes with different numbers no two share an ID; 0 gives the batch as it was made. */
  readonly pass: number
  /** When the last of its spans ends; undefined leaves all times as they were made. */
  readonly endUnixNs: bigint | undefined
}

/** Odd, so that no two passes give the same number; large, so that the IDs of neighbouring passes lie far apart. */
const passFactor = 0x9e3779b1

/**
 * Gives a batch IDs, hashes and times of its own, in place: a pass over batches that were made once is sent at the cost of writing
 * these, and what belongs together in the batches belongs together in each pass.
 */
export function stampBatch(batch: SpanBatch, { pass, endUnixNs }: Stamp): void {
  const { body, traceMarks, textMarks, timeOffsets, times } = batch
  const change = changeOf(pass)
  for (let at = 0; at < traceMarks.length; at += 2)
    body.writeUInt32BE(((traceMarks[at + 1] ?? 0) ^ change) >>> 0, traceMarks[at])
  for (let at = 0; at < textMarks.length; at += 2)
    body.write(changed(textMarks[at + 1] ?? 0, change), textMarks[at] ?? 0, 'latin1')
  const shift = endUnixNs === undefined ? 0n : endUnixNs - latest(times)
  for (let at = 0; at < times.length; at += 1)
    body.writeBigUInt64LE((times[at] ?? 0n) + shift, timeOffsets[at])
}

/** An ID that holds one of these marks, as it is in a pass. */
export function stampText(text: string, marks: readonly string[], pass: number): string {
  const change = changeOf(pass)
  return marks.reduce(
    (stamped, mark) => stamped.replaceAll(mark, changed(Number.parseInt(mark, 16), change)),
    text,
  )
}

function changeOf(pass: number): number {
  return Math.imul(pass, passFactor) >>> 0
}

function changed(mark: number, change: number): string {
  return ((mark ^ change) >>> 0).toString(16).padStart(8, '0')
}

function latest(times: BigUint64Array): bigint {
  return times.reduce((last, time) => (time > last ? time : last), 0n)
}
