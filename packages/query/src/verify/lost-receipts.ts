import { parseCheckpoint, parseNote, ProofError, verifyNote } from '@whodid/tlog'
import type { NoteVerifier } from '@whodid/tlog'
import type { Finding } from './finding.ts'
import type { ReadMetaLog } from './read-meta-log.ts'

/** How old an acknowledgement must be, in seconds, for what it acknowledges to be signed by now. */
const signedByS = 60

/**
 * Checkpoints that a meta-log acknowledged and does not hold: it was put back. The receipts are to be read before the meta-log is;
 * one that its key has not signed says nothing.
 */
export function lostReceipts(
  { log, registry }: ReadMetaLog,
  receipts: readonly string[],
  nowS: number,
): Finding[] {
  const key = registry.receiptKey
  return receipts.flatMap((note): Finding[] => {
    const receipt = key === undefined ? undefined : readReceipt(note, key)
    if (receipt === undefined || receipt.timeS > nowS - signedByS) return []
    const newest = registry.log(receipt.origin)?.newest ?? null
    const size = newest === null ? 0 : parseCheckpoint(parseNote(newest.note).text).size
    if (size >= receipt.size) return []
    const text = `the meta-log expected the ${receipt.size} records of ${receipt.origin} that it acknowledged; it holds a checkpoint of ${size}`
    return [{ code: 'rolled_back', log: log.origin, text }]
  })
}

function readReceipt(
  note: string,
  key: NoteVerifier,
): { readonly origin: string; readonly size: number; readonly timeS: number } | undefined {
  try {
    const { text, signatures } = verifyNote(note, [key])
    const { origin, size } = parseCheckpoint(text)
    return { origin, size, timeS: Math.max(...signatures.map(({ time }) => time ?? 0)) }
  } catch (thrown) {
    if (thrown instanceof ProofError) return undefined
    throw thrown
  }
}
