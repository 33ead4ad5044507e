import { join } from 'node:path'
import { startCollector } from '@whodid/collector'
import { systemFiles } from '@whodid/tlog-posix'
import type { Collector, CollectorOptions } from '@whodid/collector'
import type { FilePort } from '@whodid/tlog-posix'
import type { Appender } from '@whodid/store'
import { watchAcknowledgements, watchAppender, watchFiles } from '../faults/write-steps.mjs'
import type { AtStep, WriteStep } from '../faults/write-steps.mjs'

/** Where a life ends: at the nth time that a step is met. */
export interface Death {
  readonly step: WriteStep
  readonly when: 'before' | 'after'
  readonly occurrence: number
}

/** What a life is started with. */
export interface LifeOptions extends Omit<CollectorOptions, 'files' | 'logDir' | 'host'> {
  /** Directory of everything. */
  readonly root: string
  readonly number: number
  readonly death: Death | undefined
}

/** A collector on the real disk and before the real engine that can be killed without a process of its own. */
export interface Life {
  /** undefined when it died while it started. */
  readonly collector: Collector | undefined
  readonly isDead: () => boolean
  /** Resolves when it is dead. */
  readonly died: Promise<'died'>
  /** As SIGKILL: from here on it makes no call; those under way are finished, as the kernel finishes them. */
  readonly kill: () => Promise<void>
}

const watched = new Map<number, AtStep>()
let stopWatching: (() => void) | undefined

/** Starts one; resolves when it listens, or is dead. */
export async function startLife({ root, number, death, ...options }: LifeOptions): Promise<Life> {
  stopWatching ??= watchAcknowledgements((step, when, response) =>
    watched.get(response?.req.socket.localPort ?? 0)?.(step, when),
  )
  // The lock is of this directory, which each life has its own of; its files are those of all lives.
  const logDir = join(root, `life-${number}`)
  const calls = mortalCalls()
  const files = mortalFiles(calls, (path) =>
    path.startsWith(logDir) ? join(root, 'log', path.slice(logDir.length)) : path,
  )
  let tell = (): void => undefined
  const died = new Promise<'died'>((resolve) => (tell = () => resolve('died')))
  const kill = async (): Promise<void> => {
    await calls.end()
    tell()
  }
  const atStep = stepper(death, kill)
  const starting = startCollector({
    ...options,
    host: '127.0.0.1',
    logDir,
    files: watchFiles(files, atStep),
    appender: watchAppender(mortalAppender(calls, options.appender), atStep),
  })
  const collector = await Promise.race([starting, died.then(() => undefined)])
  if (collector !== undefined) watched.set(collector.port, atStep)
  void died.then(() => {
    // Only the port is given back: nothing else of it comes to an end.
    if (collector !== undefined) watched.delete(collector.port)
    void starting.then((late) => late.stop())
  })
  return { collector, died, kill, isDead: calls.isOver }
}

interface MortalCalls {
  readonly isOver: () => boolean
  readonly call: <Result>(act: () => Promise<Result>) => Promise<Result>
  readonly onEnd: (act: () => Promise<unknown>) => void
  readonly end: () => Promise<void>
}

function mortalCalls(): MortalCalls {
  const underWay = new Set<Promise<unknown>>()
  const atEnd: (() => Promise<unknown>)[] = []
  const state = { isOver: false }
  const isOver = (): boolean => state.isOver
  return {
    isOver,
    onEnd: (act) => atEnd.push(act),
    call: async (act) => {
      if (isOver()) return never()
      const acting = act()
      underWay.add(acting)
      const result = await acting.catch((thrown: unknown) => (isOver() ? never() : raise(thrown)))
      underWay.delete(acting)
      return isOver() ? never() : result
    },
    end: async () => {
      state.isOver = true
      await Promise.allSettled(underWay)
      await Promise.allSettled(atEnd.map((act) => act()))
    },
  }
}

function mortalFiles({ call, onEnd }: MortalCalls, at: (path: string) => string): FilePort {
  // The collector calls these functions with paths that are text, and these methods of a file only.
  return {
    mkdir: (path: string, options: object) => call(() => systemFiles.mkdir(at(path), options)),
    readdir: (path: string) => call(() => systemFiles.readdir(at(path))),
    readFile: (path: string, encoding?: BufferEncoding) =>
      call<Buffer | string>(() => systemFiles.readFile(at(path), encoding)),
    stat: (path: string) => call(() => systemFiles.stat(at(path))),
    rename: (from: string, to: string) => call(() => systemFiles.rename(at(from), at(to))),
    link: (from: string, to: string) => call(() => systemFiles.link(at(from), at(to))),
    rm: (path: string, options: object) => call(() => systemFiles.rm(at(path), options)),
    open: async (path: string, flags: string, mode?: number) => {
      const file = await call(async () => {
        const opened = await systemFiles.open(at(path), flags, mode)
        onEnd(() => opened.close())
        return opened
      })
      return {
        writev: (parts: Buffer[], position: number) => call(() => file.writev(parts, position)),
        datasync: () => call(() => file.datasync()),
        sync: () => call(() => file.sync()),
        truncate: (length: number) => call(() => file.truncate(length)),
        writeFile: (content: string | Buffer) => call(() => file.writeFile(content)),
        close: () => call(() => file.close()),
      }
    },
  } as unknown as FilePort
}

function mortalAppender({ call }: MortalCalls, appender: Pick<Appender, 'append'>) {
  return {
    append: (batch: Parameters<Appender['append']>[0]) => call(() => appender.append(batch)),
  }
}

function stepper(death: Death | undefined, kill: () => Promise<void>): AtStep {
  let count = 0
  return (step, when) => {
    if (death === undefined || death.step !== step || death.when !== when) return undefined
    count += 1
    if (count !== death.occurrence) return undefined
    void kill()
    return never()
  }
}

function never(): Promise<never> {
  return new Promise(() => undefined)
}

function raise(thrown: unknown): never {
  throw thrown
}
