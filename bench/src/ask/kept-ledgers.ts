import { cp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startEngine } from '@whodid/engine'
import { growLedger } from './fill-ledger.ts'

/** A ledger on disk, no engine on it. */
export interface KeptLedger {
  /** How many spans were wanted, how many there are, and how many requests of agents' runs they came in. */
  readonly size: number
  readonly rows: number
  readonly turns: number
  readonly dataDir: string
}

/**
 * The ledgers of `sizes`, ascending, under `dir`: those that a run before this one filled there, or new ones. One ledger grows, and is
 * copied at each size on the way, so that all are the same one at different ages.
 *
 * A run that was ended while it filled leaves nothing that the next one takes: it fills anew.
 */
export async function keptLedgers(
  dir: string,
  sizes: readonly number[],
  say: (line: string) => void,
): Promise<readonly KeptLedger[]> {
  const listFile = join(dir, `filled-${sizes.join('-')}.json`)
  const kept = await readFile(listFile, 'utf8').catch(() => undefined)
  // Sound: this file is only ever written below.
  if (kept !== undefined) return JSON.parse(kept) as KeptLedger[]
  const ledgers = await fill(dir, sizes, say)
  await writeFile(listFile, JSON.stringify(ledgers))
  return ledgers
}

async function fill(
  dir: string,
  sizes: readonly number[],
  say: (line: string) => void,
): Promise<KeptLedger[]> {
  const growingDir = join(dir, 'growing')
  await rm(growingDir, { recursive: true, force: true })
  const ledgers: KeptLedger[] = []
  let engine = await startEngine({ dataDir: growingDir })
  try {
    const ledger = growLedger(growingDir, say)
    for (const size of sizes) {
      const filled = await ledger.grow(size, engine)
      if (size === sizes.at(-1)) {
        ledgers.push({ size, ...filled, dataDir: growingDir })
        continue
      }
      const dataDir = join(dir, `at-${size}`)
      await engine.stop()
      await rm(dataDir, { recursive: true, force: true })
      await cp(growingDir, dataDir, { recursive: true })
      ledgers.push({ size, ...filled, dataDir })
      engine = await startEngine({ dataDir: growingDir })
    }
  } finally {
    await engine.stop()
  }
  return ledgers
}
