import { dirname } from 'node:path/posix'
import type { FilePort } from '@whodid/tlog-posix'

/** What ends a life of the machine: `kill` keeps what the kernel holds, `power` only what was flushed. */
export type Crash = 'kill' | 'power'

interface Inode {
  data: Buffer
  /** What a power cut leaves for sure. */
  flushed: Buffer
}

type Entries = Map<string, Inode | 'directory'>

interface Change {
  /** The directory whose flush makes it durable. */
  readonly dir: string
  readonly apply: (entries: Entries) => void
}

/**
 * A disk in memory, as pessimistic as POSIX allows: until a file is flushed a power cut leaves any part of what was
 * written to it, and until a directory is flushed only the first few changes of its entries. A directory that is lost
 * takes with it what was in it.
 */
export class SimulatedDisk {
  readonly #random: () => number
  readonly #root: string
  #entries: Entries = new Map()
  #flushedEntries: Entries = new Map()
  #changes: Change[] = []
  #life = 0

  /** Everything below `root` is on it; what a life has in `<root>/<number>` is the same directory in every life. */
  constructor(random: () => number, root: string) {
    this.#random = random
    this.#root = root
  }

  /** The calls of one life: after the next crash they never come back. */
  files(): FilePort {
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
    const at = (path: string): string => this.#nameOf(path)
    // The collector calls these methods with these parameters only.
    return {
      mkdir: (path: string) => call(() => this.#makeDirectory(at(path))),
      readdir: (path: string) => call(() => this.#list(at(path))),
      readFile: (path: string, encoding?: BufferEncoding) =>
        call(() => {
          const data = Buffer.from(this.#inode(at(path)).data)
          return encoding === undefined ? data : data.toString(encoding)
        }),
      stat: (path: string) =>
        call(() => ({ size: this.#inode(at(path)).data.length, mtimeMs: Date.now() })),
      rename: (from: string, to: string) => call(() => this.#rename(at(from), at(to))),
      link: (from: string, to: string) => call(() => this.#link(at(from), at(to))),
      rm: (path: string) => call(() => this.#remove(at(path))),
      open: (path: string, flags: string) => call(() => this.#open(at(path), flags, call)),
    } as unknown as FilePort
  }

  /** Ends this life. */
  crash(how: Crash): void {
    this.#life += 1
    if (how === 'kill') return
    for (const dir of new Set(this.#changes.map((change) => change.dir))) {
      const changes = this.#changes.filter((change) => change.dir === dir)
      const kept = Math.floor(this.#random() * (changes.length + 1))
      for (const { apply } of changes.slice(0, kept)) apply(this.#flushedEntries)
    }
    this.#changes = []
    this.#entries = new Map(this.#flushedEntries)
    for (const name of this.#entries.keys())
      if (!this.#isReachable(name)) this.#entries.delete(name)
    this.#flushedEntries = new Map(this.#entries)
    for (const inode of this.#entries.values()) if (inode !== 'directory') this.#tear(inode)
  }

  /** The bytes of a file, for a test to damage. */
  damage(suffix: string, act: (bytes: Buffer) => void): void {
    for (const [name, inode] of this.#entries)
      if (inode !== 'directory' && name.endsWith(suffix)) return act(inode.data)
  }

  /** Adds bytes to the end of a file, as if they had reached the disk. */
  append(suffix: string, bytes: Buffer): void {
    for (const [name, inode] of this.#entries)
      if (inode !== 'directory' && name.endsWith(suffix))
        inode.data = Buffer.concat([inode.data, bytes])
  }

  /** What stands in a file; undefined when it is not there. */
  read(path: string): Buffer | undefined {
    const inode = this.#entries.get(this.#nameOf(path))
    return inode === undefined || inode === 'directory' ? undefined : Buffer.from(inode.data)
  }

  #nameOf(path: string): string {
    return path.slice(this.#root.length + 1).replace(/^\d+(?:\/|$)/u, '')
  }

  #isReachable(name: string): boolean {
    const parent = parentOf(name)
    return parent === '' || (this.#entries.has(parent) && this.#isReachable(parent))
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

  #inode(name: string): Inode {
    const inode = this.#entries.get(name)
    if (inode === undefined || inode === 'directory')
      throw Object.assign(new Error(`no ${name}`), { code: 'ENOENT' })
    return inode
  }

  #list(dir: string): string[] {
    const names = [...this.#entries.keys()].filter((name) => name !== '' && parentOf(name) === dir)
    return names.map((name) => name.slice(dir === '' ? 0 : dir.length + 1))
  }

  #change(name: string, apply: (entries: Entries) => void): void {
    apply(this.#entries)
    this.#changes.push({ dir: parentOf(name), apply })
  }

  #makeDirectory(name: string): void {
    if (name === '' || this.#entries.has(name)) return
    this.#makeDirectory(parentOf(name))
    this.#change(name, (entries) => entries.set(name, 'directory'))
  }

  #rename(from: string, to: string): void {
    this.#inode(from)
    this.#change(to, (entries) => {
      const inode = entries.get(from)
      if (inode === undefined) return
      entries.delete(from)
      entries.set(to, inode)
    })
  }

  #link(from: string, to: string): void {
    const inode = this.#inode(from)
    if (this.#entries.has(to)) throw Object.assign(new Error(`${to} is there`), { code: 'EEXIST' })
    this.#change(to, (entries) => entries.set(to, inode))
  }

  #remove(name: string): void {
    this.#change(name, (entries) => {
      for (const other of entries.keys())
        if (other === name || other.startsWith(`${name}/`)) entries.delete(other)
    })
  }

  #flushDirectory(dir: string): void {
    for (const { apply } of this.#changes.filter((change) => change.dir === dir))
      apply(this.#flushedEntries)
    this.#changes = this.#changes.filter((change) => change.dir !== dir)
  }

  #open(name: string, flags: string, call: <R>(act: () => R) => Promise<R>): unknown {
    if (flags === 'r') return this.#openDirectory(name, call)
    if (flags === 'w' || flags === 'wx') {
      if (flags === 'wx' && this.#entries.has(name))
        throw Object.assign(new Error(`${name} is there`), { code: 'EEXIST' })
      if (parentOf(name) !== '' && !this.#entries.has(parentOf(name)))
        throw Object.assign(new Error(`no ${parentOf(name)}`), { code: 'ENOENT' })
      this.#create(name)
    }
    const inode = this.#inode(name)
    const flush = (): void => {
      inode.flushed = Buffer.from(inode.data)
    }
    const write = (bytes: Buffer, at: number): { bytesWritten: number } => {
      inode.data = Buffer.concat([inode.data.subarray(0, at), bytes])
      return { bytesWritten: bytes.length }
    }
    return {
      writev: (parts: Buffer[], at: number) => call(() => write(Buffer.concat(parts), at)),
      writeFile: (content: string | Buffer) => call(() => write(Buffer.from(content), 0)),
      truncate: (length: number) => call(() => write(Buffer.alloc(0), length)),
      datasync: () => call(flush),
      sync: () => call(flush),
      close: closed,
    }
  }

  #openDirectory(name: string, call: <R>(act: () => R) => Promise<R>): unknown {
    const no = (): Promise<never> =>
      Promise.reject(Object.assign(new Error(`${name} is a directory`), { code: 'EISDIR' }))
    const sync = (): Promise<void> => call(() => this.#flushDirectory(name))
    return { writev: no, writeFile: no, truncate: no, datasync: sync, sync, close: closed }
  }

  /** A new file is an entry to be flushed; one that is there is emptied in place. */
  #create(name: string): void {
    const there = this.#entries.get(name)
    if (there !== undefined && there !== 'directory') {
      there.data = Buffer.alloc(0)
      return
    }
    const made: Inode = { data: Buffer.alloc(0), flushed: Buffer.alloc(0) }
    this.#change(name, (entries) => entries.set(name, made))
  }
}

const closed = (): Promise<void> => Promise.resolve()

function parentOf(name: string): string {
  const parent = dirname(name)
  return parent === '.' ? '' : parent
}

function firstDifference(a: Buffer, b: Buffer): number {
  const end = Math.min(a.length, b.length)
  for (let at = 0; at < end; at += 1) if (a[at] !== b[at]) return at
  return end
}
