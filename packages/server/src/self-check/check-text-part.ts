import { createContentReader } from '@whodid/content'
import type { ContentKeys } from '@whodid/content'
import { verifyTexts } from '@whodid/verify'
import type { Finding, SealedLog, TextDeps } from '@whodid/verify'

/**
 * Places of a log whose texts are opened in one look, a thirty-second of those whose rows are hashed: a text is decrypted in the
 * service's own process, and costs many times what a hash does.
 */
const textPlacesAtOnce = 2_048

/** The progress of the verification of one log's texts. */
export interface TextRound {
  /** The first place of the next part. */
  readonly next: number
  /** The start of the round, in milliseconds since 1970. */
  readonly beganUnixMs: number
  /** The start of the last complete round; 0 before its end. */
  readonly wholeUnixMs: number
  /** The findings of the last look, in the part that is looked at again. */
  readonly suspects: readonly Finding[]
}

/** Before the first look. */
const noTextRound: TextRound = { next: 0, beganUnixMs: 0, wholeUnixMs: 0, suspects: [] }

/** The result of one look at texts. */
export interface TextPart {
  readonly round: TextRound
  readonly textCount: number
  readonly findings: readonly Finding[]
}

/** The parts that a check of texts uses. */
export interface TextPartDeps extends Pick<TextDeps, 'reader' | 'signal'> {
  readonly keys: Pick<ContentKeys, 'find'>
  /** Every log that is known, this one too. */
  readonly logs: readonly SealedLog[]
}

/**
 * Opens the texts of the next part of a log as `whodid verify` does. A finding is reported when a second look at the same part
 * finds it too: an erasure or an expiry deletes text a moment before the record that excuses it can be read. Throws as
 * `verifyTexts`.
 */
export async function checkTextPart(
  log: SealedLog,
  { keys, ...ground }: TextPartDeps,
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
