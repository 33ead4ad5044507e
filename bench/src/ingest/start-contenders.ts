import type { Contender } from './contender.ts'
import { dirWithin } from './in-bench-dir.ts'
import { otelcolSettings } from './otelcol-yaml.ts'
import { startOtelcol } from './start-otelcol.ts'
import { startWhodid } from './start-whodid.ts'

/** Starts Whodid, and its peer in all its settings when asked to; when one fails to start, ends those that did. */
export async function startContenders(
  dataDir: string,
  withPeers: boolean,
): Promise<Map<string, Contender>> {
  const starters: [string, (dir: string) => Promise<Contender>][] = [['whodid', startWhodid]]
  if (withPeers)
    for (const settings of otelcolSettings)
      starters.push([settings, (dir) => startOtelcol(dir, settings)])
  const contenders = new Map<string, Contender>()
  try {
    for (const [name, start] of starters)
      contenders.set(name, await start(await dirWithin(dataDir, name)))
    return contenders
  } catch (thrown) {
    await stopContenders(contenders)
    throw thrown
  }
}

/** Ends them all. */
export async function stopContenders(contenders: ReadonlyMap<string, Contender>): Promise<void> {
  await Promise.all([...contenders.values()].map((contender) => contender.stop()))
}
