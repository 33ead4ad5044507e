import { z } from 'zod'

const base64 = z.string().describe('base64')
const note = z.string().describe('The signed note of a checkpoint (C2SP tlog-checkpoint)')

const includedSchema = z.object({
  state: z.literal('included'),
  log: z.string().describe('The meta-log'),
  index: z.int().describe('The entry’s place in it'),
  entry: note.describe('The entry: the log’s checkpoint as the meta-log took it'),
  record_proof: z.array(base64).describe('From the record to the root of `entry`'),
  proof: z.array(base64).describe('From the entry to the root of `checkpoint`'),
  checkpoint: note.describe('The meta-log’s checkpoint, with cosignatures where it has some'),
  /** The entry's proof as text. */
  tlog_proof: z.string(),
})

const notIncludedSchema = z.object({
  state: z
    .enum(['pending', 'unreachable', 'failed'])
    .describe(
      '`pending`: a second or so after sealing; `failed`: what the meta-log serves does not hold',
    ),
  why: z.string(),
})

/** A checkpoint of the log that is an entry of the meta-log, with both proofs; or the reason that there is none. */
export type MetaLogProof = z.infer<typeof includedSchema> | z.infer<typeof notIncludedSchema>

/** Everything it takes to check one record without us: hash `record` into `entry` and `entry` into the leaf, climb `proof`, check the checkpoint's signature. */
export const actionProofSchema = z.object({
  span: z.string(),
  log: z.string(),
  index: z.int(),
  /** The entry of the log: the record's place there, and the SHA-256 of all that the record says. */
  entry: base64,
  /** The record as it stands in the table, whole: its canonical form, from which `entry` follows. */
  record: base64,
  /** Its leaf hash. */
  leaf: base64,
  /** From the leaf's sibling upwards. */
  proof: z.array(base64),
  checkpoint: note,
  /** The same as text, `c2sp.org/tlog-proof@v1`. */
  tlog_proof: z.string(),
  meta_log: z
    .union([includedSchema, notIncludedSchema, z.null()])
    .describe('How the log stands in the meta-log; null where none is set'),
})
export type ActionProof = z.infer<typeof actionProofSchema>

/** Checkpoints of a log, each with the proof that it continues the one before. */
export const checkpointsAnswerSchema = z.object({
  log: z.string(),
  checkpoints: z.array(
    z.object({
      size: z.int(),
      checkpoint: note,
      /** From the one before in this list, or from `from` for the first. */
      consistency: z.array(base64),
    }),
  ),
})
export type CheckpointsAnswer = z.infer<typeof checkpointsAnswerSchema>

/** The public keys that a package is checked with: the content of the trust file of `verify.mjs`. */
export const trustSchema = z
  .object({
    logs: z.array(z.object({ vkey: z.string(), from_size: z.int(), to_size: z.int().nullable() })),
    witnesses: z.array(z.string()),
    /** The number of witnesses that must have cosigned. */
    quorum: z.int(),
    exporters: z.array(z.string()),
    meta_logs: z
      .array(z.string())
      .describe('Keys of meta-logs (`WHODID_META_KEY`), under one of which each log must be'),
    statements: z
      .boolean()
      .describe(
        'Whether each package holds the ledger’s own record of what its answer was decided from; one without it is then refused',
      ),
  })
  .meta({ id: 'Trust' })
export type Trust = z.infer<typeof trustSchema>
