import type { LogFiles } from '@whodid/collector'

/** What ends a life of the machine: `kill` keeps what the kernel holds, `power` only what was flushed. */
export type Crash = 'kill' | 'power'

interface Inode {
  data: Buffer
  /** What a power cut leaves for sure. */
  flushed: Buffer
}

type Entries = Map<string, Inode>

/**
 * A disk with one directory, in memory, as pessimistic as POSIX allows: until a file is flushed a power cut leaves any
 * part of what was written to it, and until the directory is flushed only its first few changes.
 */
export class SimulatedDisk {
  readonly #random: () => number
  #entries: Entries = new Map()
  #flushedEntries: Entries = new Map()
  #changes: ((entries: Entries) => void)[] = []
  #life = 0

  constructor(random: () => number) {
    this.#random = random
  }

  /** The calls of one life: after the next crash they never come back. */
  files(): LogFiles {
    const life = this.#life
    const call = <Result>(act: () => Result): Promise<Result> =>
      new Promise((resolve, reject) => {
        setImmediate(() => {
          if (life !== this.#life) return
          try {
            resolve(act())
          } catch (thrown) {
            reject(thrown)
          }
        })
      })
    // The log calls these methods with these parameters only.
    return {
      mkdir: () => call(() => undefined),
      readdir: () => call(() => [...this.#entries.keys()]),
      readFile: (path: string, encoding?: BufferEncoding) =>
        call(() => {
          const data = Buffer.from(this.#inode(path).data)
          return encoding === undefined ? data : data.toString(encoding)
        }),
      stat: (path: string) =>
        call(() => ({ size: this.#inode(path).data.length, mtimeMs: Date.now() })),
      rename: (from: string, to: string) => call(() => this.#rename(nameOf(from), nameOf(to))),
      rm: (path: string) => call(() => this.#change((entries) => entries.delete(nameOf(path)))),
      open: (path: string, flags: string) => call(() => this.#open(path, flags, call)),
    } as unknown as LogFiles
  }

  /** Ends this life. */
  crash(how: Crash): void {
    this.#life += 1
    if (how === 'kill') return
    const kept = Math.floor(this.#random() * (this.#changes.length + 1))
    for (const change of this.#changes.slice(0, kept)) change(this.#flushedEntries)
    this.#changes = []
    this.#entries = new Map(this.#flushedEntries)
    for (const inode of this.#entries.values()) this.#tear(inode)
  }

  /** The bytes of a file, for a test to damage. */
  damage(suffix: string, act: (bytes: Buffer) => void): void {
    const found = [...this.#entries].find(([name]) => name.endsWith(suffix))
    if (found !== undefined) act(found[1].data)
  }

  /** Adds bytes to the end of a file, as if they had reached the disk. */
  append(suffix: string, bytes: Buffer): void {
    for (const [name, inode] of this.#entries)
      if (name.endsWith(suffix)) inode.data = Buffer.concat([inode.data, bytes])
  }

  #tear(inode: Inode): void {
    const { data, flushed } = inode
    if (data.equals(flushed)) return
    const same = firstDifference(data, flushed)
    const length = same + Math.floor(this.#random() * (data.length - same + 1))
    const torn = this.#random() < 0.3 ? Buffer.from(flushed) : Buffer.from(data.subarray(0, length))
    // A file may have grown before its content reached the disk: then there are zeros.
    if (this.#random() < 0.2) torn.fill(0, Math.min(same, torn.length))
    inode.data = torn
    inode.flushed = Buffer.from(torn)
  }

  #inode(path: string): Inode {
    const inode = this.#entries.get(nameOf(path))
    if (inode === undefined) throw Object.assign(new Error(`no ${path}`), { code: 'ENOENT' })
    return inode
  }

  #change(change: (entries: Entries) => void): void {
    change(this.#entries)
    this.#changes.push(change)
  }

  #rename(from: string, to: string): void {
    this.#inode(from)
    this.#change((entries) => {
      const inode = entries.get(from)
      if (inode === undefined) return
      entries.delete(from)
      entries.set(to, inode)
    })
  }

  #flushDirectory(): void {
    this.#changes = []
    this.#flushedEntries = new Map(this.#entries)
  }

  #open(path: string, flags: string, call: <R>(act: () => R) => Promise<R>): unknown {
    const name = nameOf(path)
    if (flags === 'r') return { sync: () => call(() => this.#flushDirectory()), close: closed }
    if (flags === 'w' || flags === 'wx') {
      if (flags === 'wx' && this.#entries.has(name))
        throw Object.assign(new Error(`${name} is there`), { code: 'EEXIST' })
      const made: Inode = { data: Buffer.alloc(0), flushed: Buffer.alloc(0) }
      this.#change((entries) => entries.set(name, made))
    }
    const inode = this.#inode(path)
    const flush = (): void => {
      inode.flushed = Buffer.from(inode.data)
    }
    const write = (bytes: Buffer, at: number): { bytesWritten: number } => {
      inode.data = Buffer.concat([inode.data.subarray(0, at), bytes])
      return { bytesWritten: bytes.length }
    }
    return {
      writev: (parts: Buffer[], at: number) => call(() => write(Buffer.concat(parts), at)),
      writeFile: (text: string) => call(() => write(Buffer.from(text), 0)),
      truncate: (length: number) => call(() => write(Buffer.alloc(0), length)),
      datasync: () => call(flush),
      sync: () => call(flush),
      close: closed,
    }
  }
}

const closed = (): Promise<void> => Promise.resolve()

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

function firstDifference(a: Buffer, b: Buffer): number {
  const end = Math.min(a.length, b.length)
  for (let at = 0; at < end; at += 1) if (a[at] !== b[at]) return at
  return end
}
