import { z } from 'zod'

/**
 * Against whom a proof holds. `local`: whoever lacks the log's key. `witnessed`: whoever lacks the keys of as many
 * witnesses as the policy asks for, too. `witnessed+monitored`: and what those witnesses say themselves, asked past the
 * log, is what the log shows.
 */
export const assurances = ['local', 'witnessed', 'witnessed+monitored'] as const
export type Assurance = (typeof assurances)[number]

/** How the service's check of its own ledger stands. `stale`: its last look, or the newest checkpoint, is too old. */
export const checkStates = ['ok', 'failed', 'stale', 'never'] as const

/** What the service's check of its own ledger last came to. */
export interface IntegrityCheck {
  state: (typeof checkStates)[number]
  /** When a part of the ledger was last verified. */
  checked_at: string | null
  /** Since when every row was verified at least once; null while the first round goes on. */
  whole_since: string | null
  /** Since when every text was opened at least once and held against what its record committed to; null while the first round goes on. */
  texts_whole_since: string | null
  /** What is not as it was sealed, or not as fresh as it should be, by the codes of `whodid verify`; the first ones. */
  findings: { code: string; log: string; text: string }[]
}

/** What proves that the records an answer quotes are those that were sealed. */
export interface Integrity {
  state: 'sealed' | 'pending' | 'failed'
  /** Of the weakest of the records that the answer quotes; null while not all are sealed. */
  assurance: Assurance | null
  log: string | null
  index: number | null
  /** The checkpoint's note, which anyone may keep: later trees must continue it. */
  checkpoint: string | null
  proof: string | null
  /** The records, of those the answer quotes, that are not what was sealed, each with why. */
  findings: { span: string; text: string }[]
  /** The whole ledger, as the service verifies it by itself; null where nothing does. */
  check: IntegrityCheck | null
}

const instant = z.string().describe('RFC 3339, UTC')

/** Describes an {@link IntegrityCheck}. */
export const integrityCheckSchema: z.ZodType<IntegrityCheck> = z.object({
  state: z.enum(checkStates),
  checked_at: instant.nullable(),
  whole_since: instant.nullable(),
  texts_whole_since: instant.nullable(),
  findings: z.array(z.object({ code: z.string(), log: z.string(), text: z.string() })),
})

/** Describes an {@link Integrity}. */
export const integritySchema: z.ZodType<Integrity> = z.object({
  state: z.enum(['sealed', 'pending', 'failed']),
  assurance: z.enum(assurances).nullable(),
  log: z.string().nullable(),
  index: z.int().nullable(),
  checkpoint: z.string().nullable(),
  proof: z.string().nullable(),
  findings: z.array(
    z.object({
      span: z.string().describe('<trace id>-<span id>, lower-case hex'),
      text: z.string(),
    }),
  ),
  check: z.union([integrityCheckSchema, z.null()]),
})
