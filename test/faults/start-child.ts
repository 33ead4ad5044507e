import { execFile, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { CollectorLimits } from '@whodid/collector'
import type { StoreAccess } from '@whodid/store'
import { loadExporter } from './load.ts'
import type { WriteStep } from './write-steps.mjs'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** Where a collector kills itself. */
export interface KillAt {
  readonly step: WriteStep
  readonly when: 'before' | 'after'
  readonly occurrence: number
}

/** What a collector in a process of its own is started with. */
export interface ChildOptions {
  readonly access: StoreAccess
  readonly sequencer?: { readonly treeDir: string; readonly keysDir: string }
  readonly logDir: string
  readonly limits: Partial<CollectorLimits>
  readonly killAt?: KillAt | undefined
  /** No file that it writes may become larger: RLIMIT_FSIZE. */
  readonly fileKibibytesMax?: number
}

/** A collector in a process of its own. */
export interface Child {
  readonly process: ChildProcess
  /** undefined when it ended before it listened. */
  readonly port: number | undefined
  /** Resolves with the exit code, null after a signal. */
  readonly exited: Promise<number | null>
  /** The next line it says. */
  readonly line: () => Promise<string | undefined>
}

/** Builds what the children run, as users run it. */
export async function buildCollector(): Promise<void> {
  const compiler = join(root, 'node_modules/typescript/bin/tsc')
  await promisify(execFile)(process.execPath, [compiler, '-b', join(root, 'packages/collector')])
}

/** Starts a collector and resolves when it listens or has ended. */
export async function startChild(options: ChildOptions): Promise<Child> {
  const script = join(root, 'test/faults/collector-child.mjs')
  const { fileKibibytesMax, ...rest } = options
  const given = JSON.stringify({ ...rest, ingestClients: [loadExporter] })
  const [program, ...args] = limited([process.execPath, script, given], fileKibibytesMax)
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(child, 'exit').then(() => child.exitCode)
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const line = async (): Promise<string | undefined> => {
    const next = await lines.next()
    return next.done === true ? undefined : next.value
  }
  const first = await line()
  // The child writes its port first, and nothing when it was killed before.
  const port = first === undefined ? undefined : (JSON.parse(first) as { port: number }).port
  return { process: child, port, exited, line }
}

function limited(
  command: [string, ...string[]],
  kibibytes: number | undefined,
): [string, ...string[]] {
  // The shell's unit is 512 bytes; it becomes the command, so that a signal reaches that.
  if (kibibytes === undefined) return command
  return ['/bin/sh', '-c', `ulimit -f ${2 * kibibytes}; exec "$@"`, 'sh', ...command]
}
