import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { ContentKeys, createContentReader } from '@whodid/content'
import type { KeyWrapping } from '@whodid/tlog-posix'
import { exitCodeOf } from '../finding.ts'
import { openSealedLog } from '../tlog/sealed-log.ts'
import type { SealedLog } from '../tlog/sealed-log.ts'
import type { LedgerVerification, LogToVerify } from '../verify-ledger.ts'
import { verifyTexts } from './verify-texts.ts'
import type { TextDeps, TextsVerification } from './verify-texts.ts'

/** The logs whose texts are checked, and the directory of the keys. */
interface TextsToCheck extends Omit<TextDeps, 'openWith' | 'logs'> {
  /** Logs whose texts are checked. */
  readonly logs: readonly LogToVerify[]
  /** Every known log: the record of an erasure may be in another log than the text. */
  readonly known: readonly LogToVerify[]
  readonly keysDir: string
  /** The form that the keys have on the disk; default plain. */
  readonly wrapping?: KeyWrapping
}

/**
 * Opens the texts of sealed rows with the keys of subjects, and compares each with its record's commitment. Checks no text if the
 * directory has no keys, as on an investigator's own machine.
 */
async function checkTexts({
  logs,
  known,
  keysDir,
  wrapping,
  ...deps
}: TextsToCheck): Promise<TextsVerification[]> {
  const dir = join(keysDir, 'content')
  // `ContentKeys.open` creates keys if there are none.
  if (!(await isThere(join(dir, 'secret')))) return []
  const keys = await ContentKeys.open(dir, wrapping)
  const sealed = (await Promise.all(known.map(openLog))).filter((log) => log !== undefined)
  const checked: TextsVerification[] = []
  for (const log of sealed.filter(({ origin }) => logs.some((one) => one.origin === origin)))
    checked.push(
      await verifyTexts(log, {
        ...deps,
        logs: sealed,
        openWith: (expiredBefore) => createContentReader(keys, expiredBefore),
      }),
    )
  return checked
}

/** Returns undefined for a log that cannot be opened; the verification of the rows has reported it. */
async function openLog({
  origin,
  tiles,
  note,
  epochs,
}: LogToVerify): Promise<SealedLog | undefined> {
  return (await openSealedLog({ origin, tiles, note, epochs })).log
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

/**
 * Adds the verification of the texts to that of the rows. Throws as `verifyTexts` and `ContentKeys.open`.
 *
 * @example
 * ```ts
 * const result = await withTexts(verified, { logs, known: logs, keysDir, reader, signal })
 * ```
 */
export async function withTexts(
  result: LedgerVerification,
  wanted: TextsToCheck,
): Promise<LedgerVerification> {
  const texts = await checkTexts(wanted)
  const findings = [...result.findings, ...texts.flatMap((checked) => checked.findings)]
  return { ...result, texts, findings, exitCode: exitCodeOf(findings) }
}
