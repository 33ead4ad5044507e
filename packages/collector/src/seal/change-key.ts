import type { AppendEvent } from './sealer-options.ts'

/** A log that goes over to another key. */
export interface KeyChange {
  readonly statement: string
  readonly oldVkey: string
  readonly newVkey: string
  readonly append: AppendEvent
}

/**
 * Puts the change on record: a leaf that names the old key and the new one, signed by both, under a checkpoint that the
 * old key signs. A crash before the new epoch begins writes it again, which is the same record.
 */
export async function changeKey({ statement, oldVkey, newVkey, append }: KeyChange): Promise<void> {
  await append({ event: 'key_epoch', details: { old: oldVkey, new: newVkey, statement } })
}
