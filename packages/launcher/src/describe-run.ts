import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import type { Attributes } from '@whodid/hooks'
import { redactSecrets } from '@whodid/model'
import { repositoryOf } from './git/git-resource.ts'
import { runGit } from './git/run-git.ts'
import { userName } from './run-identity.ts'
import type { Capture, Environment, RunOptions } from './run-options.ts'

/** Arguments of a command that are recorded, and UTF-16 units of each. */
const argumentsMax = 64
const argumentLengthMax = 1024
/** Bytes of a prompt's file that are read. */
const promptBytesMax = 1024 * 1024
/** Bytes of a file of `/proc` that are read. */
const procBytesMax = 256 * 1024

/** Describes where a run runs, and how it was started. Never throws; what is not known is left out. */
export async function describeRun(
  options: RunOptions,
  environment: Environment,
): Promise<Attributes> {
  const directory = process.cwd()
  const [program, ...args] = options.command
  const showsText = options.capture === 'redacted' || options.capture === 'full'
  return {
    'host.name': hostname(),
    'process.owner': userName(),
    'process.pid': process.pid,
    'process.executable.name': program,
    'process.command_args': showsText
      ? args.slice(0, argumentsMax).map(shown(options.capture))
      : [],
    'process.working_directory': directory,
    ...containerOf(environment),
    ...(await checkoutOf(directory)),
    'whodid.run.ticket': options.ticket ?? '',
  }
}

/** The prompt that a file holds, as far as it may leave the machine. */
export interface PromptOfFile {
  readonly path: string
  /** `sha256:<hex>` of the file's bytes. */
  readonly hash: string
  /** Undefined when text stays here. */
  readonly text: string | undefined
}

/** Reads the file of the prompt; undefined when none is named or it cannot be read. */
export async function readPrompt({
  promptFile,
  capture,
}: RunOptions): Promise<PromptOfFile | undefined> {
  if (promptFile === undefined) return undefined
  const bytes = await readFile(promptFile).catch(() => undefined)
  if (bytes === undefined) return undefined
  const showsText = capture === 'redacted' || capture === 'full'
  const text = bytes.subarray(0, promptBytesMax).toString('utf8')
  return {
    path: promptFile,
    hash: `sha256:${createHash('sha256').update(bytes).digest('hex')}`,
    text: showsText ? shown(capture)(text) : undefined,
  }
}

function shown(capture: Capture): (text: string) => string {
  return (text) => {
    const cut = capture === 'full' ? text : redactSecrets(text)
    return cut.length > argumentLengthMax && !cut.includes('\n')
      ? `${cut.slice(0, argumentLengthMax)}…`
      : cut
  }
}

async function checkoutOf(directory: string): Promise<Attributes> {
  const [head, branch, remote] = await Promise.all([
    runGit(directory, ['rev-parse', 'HEAD']),
    runGit(directory, ['symbolic-ref', '--short', '-q', 'HEAD']),
    runGit(directory, ['remote', 'get-url', 'origin']),
  ])
  return {
    'vcs.repository.name': repositoryOf(remote)?.name ?? '',
    'vcs.ref.head.name': branch,
    'vcs.ref.head.revision': head,
  }
}

/** The container or pod around this process, as the kernel's own files and Kubernetes' variables tell. */
function containerOf(environment: Environment): Attributes {
  const groups = `${readProc('/proc/self/cgroup')}\n${readProc('/proc/self/mountinfo')}`
  const container = /(?:docker|containers|crio|cri-containerd|libpod)[/-]([0-9a-f]{64})/u.exec(
    groups,
  )
  const pod = /pod([0-9a-f]{8}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{12})/u.exec(
    groups,
  )
  const isInKubernetes = (environment['KUBERNETES_SERVICE_HOST'] ?? '') !== ''
  return {
    'container.id': container?.[1] ?? '',
    'k8s.pod.uid': environment['POD_UID'] ?? pod?.[1]?.replaceAll('_', '-') ?? '',
    'k8s.pod.name': environment['POD_NAME'] ?? (isInKubernetes ? hostname() : ''),
    'k8s.namespace.name': environment['POD_NAMESPACE'] ?? '',
  }
}

function readProc(path: string): string {
  try {
    return readFileSync(path, 'utf8').slice(0, procBytesMax)
  } catch {
    // Another system than Linux.
    return ''
  }
}
