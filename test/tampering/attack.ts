import type { FindingCode } from '@whodid/verify'
import type { DbaLedger } from '../harness/dba-ledger.ts'
import type { TestLog } from '../harness/sealed-log.ts'

/** What an attack has to work with: a ledger with every right, and a sealed log whose rows are in it. */
export interface Scene {
  readonly ledger: DbaLedger
  readonly log: TestLog
  /** SQL that is true of this log's rows. */
  readonly mine: string
  /** The partition that holds this log's rows, and no other's. */
  readonly partition: string
  /** Rows in the log. */
  readonly size: number
}

/** One attack, and what a verification must say of it. */
export interface Attack {
  readonly name: string
  readonly act: (scene: Scene) => Promise<void>
  /** Every code that is found, each once; none for what changes nothing that was sealed. */
  readonly finds: readonly FindingCode[]
  /** Places that are named, where they are few. */
  readonly places?: readonly number[]
  /** What was changed is put back: the engine is shared by all attacks. */
  readonly undo?: (scene: Scene) => Promise<void>
}
