import { createContentReader } from '@whodid/content'
import type { ContentKeys } from '@whodid/content'
import { verifyTexts } from '@whodid/verify'
import type { Finding, SealedLog, TextDeps } from '@whodid/verify'

/**
 * Places of a log whose texts are opened in one look, a thirty-second of those whose rows are hashed: a text is decrypted in the
 * service's own process, and costs many times what a hash does.
 */
const textPlacesAtOnce = 2_048

/** How far the verification of one log's texts has come. */
export interface TextRound {
  /** Where the next part begins, and when, in milliseconds since 1970, the round did. */
  readonly next: number
  readonly beganUnixMs: number
  /** When the last whole round began; 0 before its end. */
  readonly wholeUnixMs: number
  /** What the last look found in the part that is looked at again. */
  readonly suspects: readonly Finding[]
}

/** Before the first look. */
const noTextRound: TextRound = { next: 0, beganUnixMs: 0, wholeUnixMs: 0, suspects: [] }

/** What one look at texts came to. */
export interface TextPart {
  readonly round: TextRound
  readonly textCount: number
  readonly findings: readonly Finding[]
}

/** What a part is checked with. */
export interface TextPartGround extends Pick<TextDeps, 'reader' | 'signal'> {
  readonly keys: Pick<ContentKeys, 'find'>
  /** Every log that is known, this one too. */
  readonly logs: readonly SealedLog[]
}

/**
 * Opens the texts of the next part of a log as `whodid verify` does. What is wrong is told when a second look at the same part
 * finds it too: an erasure or an expiry takes text away a moment before the record that excuses it can be read. Throws as
 * `verifyTexts`.
 */
export async function checkTextPart(
  log: SealedLog,
  { keys, ...ground }: TextPartGround,
  round: TextRound = noTextRound,
): Promise<TextPart> {
  const { size } = log.checkpoint
  const from = round.next
  const to = Math.min(from + textPlacesAtOnce, size)
  const beganUnixMs = from === 0 && round.suspects.length === 0 ? Date.now() : round.beganUnixMs
  const { textCount, findings } = await verifyTexts(log, {
    ...ground,
    from,
    to,
    openWith: (expiredBefore) => createContentReader(keys, expiredBefore),
  })
  if (findings.length > 0 && round.suspects.length === 0)
    return { round: { ...round, beganUnixMs, suspects: findings }, textCount, findings: [] }
  const isLast = to >= size
  return {
    round: {
      next: isLast ? 0 : to,
      beganUnixMs,
      wholeUnixMs: isLast ? beganUnixMs : round.wholeUnixMs,
      suspects: [],
    },
    textCount,
    findings: findings.filter((finding) => round.suspects.some((one) => isSame(one, finding))),
  }
}

function isSame(a: Finding, b: Finding): boolean {
  return a.code === b.code && a.index === b.index
}
