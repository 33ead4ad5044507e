import { appendFileSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs'

/** The body of one request, that waits in a file. */
export interface SpooledBody {
  /** The path on the collector, such as `/v1/traces`. */
  readonly path: string
  readonly contentType: string
  /** '' for a body that is not packed. */
  readonly encoding: string
  readonly body: Buffer
}

/** Bytes that one file holds by default. */
const spoolBytesMax = 64 * 1024 * 1024

/** Bodies that wait on the disk while the ledger is away: a bounded file of its owner's, appended to. */
export class Spool {
  readonly path: string
  readonly #bytesMax: number
  /** Bytes at the beginning of the file that are sent already. */
  #sentBytes = 0

  constructor(path: string, bytesMax: number = spoolBytesMax) {
    this.path = path
    this.#bytesMax = bytesMax
  }

  /** Appends a body. Returns false when the file is full or cannot be written; the body is then lost, and the caller counts it. */
  add({ path, contentType, encoding, body }: SpooledBody): boolean {
    const head = `${JSON.stringify({ path, contentType, encoding, bytes: body.length })}\n`
    try {
      if (this.#size() + head.length + body.length > this.#bytesMax) return false
      appendFileSync(this.path, Buffer.concat([Buffer.from(head), body]), { mode: 0o600 })
      return true
    } catch {
      return false
    }
  }

  get isEmpty(): boolean {
    return this.#size() <= this.#sentBytes
  }

  /**
   * Hands each waiting body to `send`, in order, until it returns false. A body that was handed over is not handed over again;
   * the file is emptied once all are.
   */
  async drain(send: (body: SpooledBody) => Promise<boolean>): Promise<void> {
    let next: ReturnType<typeof parseAt>
    do {
      const bytes = this.#read()
      for (;;) {
        next = parseAt(bytes, this.#sentBytes)
        if (next === undefined) break
        if (!(await send(next.body))) return
        this.#sentBytes += next.bytes
      }
      // What was added while this waited stands behind what was read.
    } while (parseAt(this.#read(), this.#sentBytes) !== undefined)
    try {
      truncateSync(this.path)
      this.#sentBytes = 0
    } catch {
      // There is no file: nothing waited.
    }
  }

  /** The number of bodies that wait. */
  count(): number {
    let count = 0
    const bytes = this.#read()
    for (let at = this.#sentBytes; ; count += 1) {
      const found = parseAt(bytes, at)
      if (found === undefined) return count
      at += found.bytes
    }
  }

  /** Removes the file, and with it what waits. */
  remove(): void {
    rmSync(this.path, { force: true })
  }

  #read(): Buffer {
    try {
      return readFileSync(this.path)
    } catch {
      return Buffer.alloc(0)
    }
  }

  #size(): number {
    return statSync(this.path, { throwIfNoEntry: false })?.size ?? 0
  }
}

/** The body that begins at an offset; undefined at the end, and for one that a crash cut off. */
function parseAt(
  bytes: Buffer,
  at: number,
): { readonly body: SpooledBody; readonly bytes: number } | undefined {
  const end = bytes.indexOf(0x0a, at)
  if (end < 0) return undefined
  try {
    const head: unknown = JSON.parse(bytes.subarray(at, end).toString('utf8'))
    // Sound: only this class writes the file; each member is checked by its use.
    const { path, contentType, encoding, bytes: length } = head as Record<string, unknown>
    if (typeof length !== 'number' || end + 1 + length > bytes.length) return undefined
    const body = bytes.subarray(end + 1, end + 1 + length)
    return {
      body: {
        path: String(path),
        contentType: String(contentType),
        encoding: String(encoding),
        body,
      },
      bytes: end + 1 + length - at,
    }
  } catch {
    return undefined
  }
}
