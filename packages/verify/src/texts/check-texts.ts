import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { ContentKeys, createContentReader } from '@whodid/content'
import { exitCodeOf } from '../finding.ts'
import { openSealedLog } from '../tlog/sealed-log.ts'
import type { SealedLog } from '../tlog/sealed-log.ts'
import type { LedgerVerification, LogToVerify } from '../verify-ledger.ts'
import { verifyTexts } from './verify-texts.ts'
import type { TextDeps, TextsVerification } from './verify-texts.ts'

/** Which texts to check, and with what. */
interface TextsToCheck extends Omit<TextDeps, 'openWith' | 'logs'> {
  /** Logs whose texts are checked. */
  readonly logs: readonly LogToVerify[]
  /** Every log there is: what took a text away may be on record in another. */
  readonly known: readonly LogToVerify[]
  readonly keysDir: string
}

/**
 * Opens the texts of sealed rows with the keys of subjects, and holds each against what its record committed to. Where the keys
 * are not, on an investigator's own machine, no text can be opened: then it checks none.
 */
async function checkTexts({
  logs,
  known,
  keysDir,
  ...deps
}: TextsToCheck): Promise<TextsVerification[]> {
  const dir = join(keysDir, 'content')
  // Opening makes keys where there are none.
  if (!(await isThere(join(dir, 'secret')))) return []
  const keys = await ContentKeys.open(dir)
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

/** What is wrong with a log itself has been found where its rows were verified. */
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
 * A verification, and that of the texts. Throws as `checkTexts`.
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
