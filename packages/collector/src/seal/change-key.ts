import type { KeyRing, NextKey } from './key-ring.ts'
import type { AppendEvent } from './sealer-options.ts'

/** A log that goes over to another key. */
export interface KeyChange {
  readonly keys: KeyRing
  readonly next: NextKey
  readonly append: AppendEvent
  readonly origin: string
}

/**
 * Puts the change on record: a leaf that names the old key and the new one, signed by both, under a checkpoint that the
 * old key signs. A crash before the new epoch begins writes it again, which is the same record.
 */
export async function changeKey({ keys, next, append, origin }: KeyChange): Promise<void> {
  const statement = `whodid-key-epoch/v1\n${origin}\nold ${keys.vkey}\nnew ${next.vkey}\n`
  await append({
    event: 'key_epoch',
    details: { old: keys.vkey, new: next.vkey, statement: keys.signChange(statement, next) },
  })
}
