import { cp, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readCheckpointLog } from '@whodid/verify'
import type { CheckpointLogEvidence, ReadCheckpointLog } from '@whodid/verify'
import {
  createUrlSource,
  leaveRequest,
  startCheckpointLog,
  submitCheckpoint,
} from '@whodid/witness'
import type {
  CheckpointLogEvent,
  RunningCheckpointLog,
  Submission,
  WitnessEndpoint,
} from '@whodid/witness'
import { addSignatures, generateNoteKey, parseCheckpoint, parseNote, parseSkey } from '@whodid/tlog'
import type { NoteSigner } from '@whodid/tlog'
import { vi } from 'vitest'
import type { TestLog } from './sealed-log.ts'

/** The two keys of a meta-log. */
interface MetaKeys {
  readonly signer: NoteSigner
  readonly receipts: NoteSigner
}

/** A meta-log over HTTP, as collectors and investigators meet it. */
export interface TestMetaLog {
  readonly keys: MetaKeys
  readonly url: string
  readonly endpoint: WitnessEndpoint
  readonly dir: string
  readonly events: readonly CheckpointLogEvent[]
  /** Registers a key, and waits until it is signed for. */
  readonly add: (vkey: string) => Promise<void>
  readonly retire: (origin: string) => Promise<void>
  readonly submit: (log: TestLog) => Promise<Submission>
  /** Submits, waits until the meta-log has signed for it, and gives the note with the acknowledgement. */
  readonly take: (log: TestLog) => Promise<string>
  /** What it publishes now. */
  readonly checkpoint: () => Promise<string>
  readonly read: (given?: Partial<CheckpointLogEvidence>) => ReturnType<typeof readCheckpointLog>
  /** Like `read`; throws for a finding. */
  readonly readSound: (given?: Partial<CheckpointLogEvidence>) => Promise<ReadCheckpointLog>
  /** Copies the directory, and what lies beside the key, for `restore` to put back. */
  readonly backUp: () => Promise<void>
  /** Ends it, puts the directory back, with `head` also what lies beside the key, and starts it again. */
  readonly restore: (head: 'head too' | 'without the head') => Promise<void>
  readonly restart: () => Promise<void>
  readonly stop: () => Promise<void>
}

const waitMs = { timeout: 60_000, interval: 20 }

function createMetaKeys(name = 'meta.test/all'): MetaKeys {
  return {
    signer: parseSkey(generateNoteKey(name, 'note').skey),
    receipts: parseSkey(generateNoteKey(name, 'cosignature').skey),
  }
}

/** Starts a meta-log that signs every 20 ms. */
export async function startTestMetaLog(
  keys: MetaKeys = createMetaKeys(),
  witnesses: readonly WitnessEndpoint[] = [],
): Promise<TestMetaLog> {
  const base = await mkdtemp(join(tmpdir(), 'whodid-test-meta-'))
  const dir = join(base, 'log')
  const headPath = join(base, 'head')
  const events: CheckpointLogEvent[] = []
  const start = (): Promise<RunningCheckpointLog> =>
    startCheckpointLog({
      ...keys,
      dir,
      headPath,
      witnesses,
      checkpointMs: 20,
      onEvent: (event) => void events.push(event),
    })
  let running = await start()
  const { endpoint, submit, read, readSound, until } = callers(keys, () => running.url)
  return {
    keys,
    get url() {
      return running.url
    },
    get endpoint() {
      return endpoint()
    },
    dir,
    events,
    add: async (added) => {
      await leaveRequest(dir, { add: added })
      await until(({ registry: { logs } }) =>
        logs.some(({ keys: known }) => known.some((key) => key.vkey === added)),
      )
    },
    retire: async (origin) => {
      await leaveRequest(dir, { retire: origin })
      await until(({ registry }) => typeof registry.log(origin)?.retiredS === 'number')
    },
    submit,
    take: async (log) => {
      const answer = await submit(log)
      if (answer.outcome !== 'cosigned') throw new Error(`${answer.outcome}: ${answer.detail}`)
      await until((meta) => holds(meta, log))
      return addSignatures(log.note, answer.lines)
    },
    checkpoint: () => readFile(join(dir, 'checkpoint'), 'utf8'),
    read,
    readSound,
    ...backups(dir, headPath, {
      stop: () => running.stop(),
      start: async () => {
        running = await start()
      },
    }),
    restart: async () => {
      await running.stop()
      running = await start()
    },
    stop: async () => {
      await running.stop()
      await rm(base, { recursive: true })
    },
  }
}

/** What collectors and investigators do with a meta-log. */
function callers(keys: MetaKeys, url: () => string) {
  const { vkey } = keys.signer.verifier
  const read = (given: Partial<CheckpointLogEvidence> = {}): ReturnType<typeof readCheckpointLog> =>
    readCheckpointLog({ vkey, source: createUrlSource(url()), ...given })
  const readSound = async (given?: Partial<CheckpointLogEvidence>): Promise<ReadCheckpointLog> => {
    const { meta, findings } = await read(given)
    if (meta === undefined || findings.length > 0) throw new Error(JSON.stringify(findings))
    return meta
  }
  const until = (isSo: (meta: ReadCheckpointLog) => boolean): Promise<void> =>
    vi.waitFor(async () => {
      if (!isSo(await readSound())) throw new Error('not yet')
    }, waitMs)
  const endpoint = (): WitnessEndpoint => ({ key: keys.receipts.verifier, url: url() })
  const submit = (log: TestLog): Promise<Submission> =>
    submitCheckpoint(endpoint(), { checkpoint: log.note, reader: log.reader, timeoutMs: 60_000 })
  return { endpoint, submit, read, readSound, until }
}

function holds({ registry }: ReadCheckpointLog, log: TestLog): boolean {
  const newest = registry.log(log.origin)?.newest
  return newest !== undefined && newest !== null && sizeOf(newest.note) >= sizeOf(log.note)
}

function sizeOf(note: string): number {
  return parseCheckpoint(parseNote(note).text).size
}

function backups(
  dir: string,
  headPath: string,
  process_: { readonly stop: () => Promise<void>; readonly start: () => Promise<void> },
): Pick<TestMetaLog, 'backUp' | 'restore'> {
  return {
    backUp: async () => {
      await cp(dir, `${dir}.backup`, { recursive: true })
      await cp(headPath, `${headPath}.backup`)
    },
    restore: async (head) => {
      await process_.stop()
      await rm(dir, { recursive: true })
      await cp(`${dir}.backup`, dir, { recursive: true })
      if (head === 'head too') await cp(`${headPath}.backup`, headPath)
      await process_.start()
    },
  }
}
