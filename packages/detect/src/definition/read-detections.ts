import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { WhodidError } from '@whodid/model'
import { migrationsFolder } from '@whodid/store'
import type { Detection } from './detection.ts'
import { parseDetection } from './parse-detection.ts'

/** Detections at most: each costs a statement at each step of the runner. */
const detectionsMax = 200

/**
 * Reads every detection of a folder, by default those that come with Whodid, in the order of their IDs. Throws `invalid_config`, with file
 * and line, when one cannot be read: no detection is left out silently.
 */
export async function readDetections(
  folder: string = join(migrationsFolder, 'detections'),
): Promise<Detection[]> {
  const names = await namesIn(folder)
  if (names.length > detectionsMax)
    throw new WhodidError(
      'invalid_config',
      `${folder}: expected at most ${detectionsMax} detections; got ${names.length}`,
    )
  return Promise.all(
    names.map(async (name) => parseDetection(await readFile(join(folder, name), 'utf8'), name)),
  )
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => name.endsWith('.sql')).toSorted()
  } catch (thrown) {
    throw new WhodidError('invalid_config', `${folder}: expected a folder of detections`, {
      cause: thrown,
    })
  }
}
