/**
 * The process that becomes the engine. Plain JavaScript, because it runs as it is from a checkout and from a package.
 *
 * It takes the lock on the data directory, says so in one JSON line on standard output, waits for one JSON line
 * `{ library, args }` on standard input, and then calls into the library, which returns when standard input ends: when the
 * parent stops it, and when the parent dies, however it dies.
 */
import { closeSync, ftruncateSync, openSync, readFileSync, readSync, writeSync } from 'node:fs'
import { createRequire } from 'node:module'
import { Worker } from 'node:worker_threads'

// `process` stays the global: importing node:process evaluates its getters, and process.stdin makes descriptor 0
// non-blocking, which neither readSync nor the engine can read.
const require = createRequire(import.meta.url)

const exclusiveNonBlocking = 2 | 4
const orphanWaitMs = 10_000
const retryMs = 100
const orderBytesMax = 64 * 1024

/** Runs beside the main thread, which the engine occupies: an orphan that does not end by itself is ended. */
const orphanWatch = `
const parent = require('node:worker_threads').workerData
let orphanedForMs = 0
setInterval(() => {
  orphanedForMs = process.ppid === parent ? 0 : orphanedForMs + 500
  if (orphanedForMs >= 5000) process.kill(process.pid, 'SIGKILL')
}, 500)`

const [lockPath = ''] = process.argv.slice(2)
process.umask(0o077)
process.exitCode = main()
process.exit()

function main() {
  const native = openNative()
  if (native === undefined) return 69
  const lock = takeLock(native, lockPath)
  if (lock === undefined) return 75
  new Worker(orphanWatch, { eval: true, workerData: process.ppid }).unref()
  say({ state: 'locked' })
  const order = readOrder()
  if (order === undefined) return 0
  try {
    native.open({ library: 'engine', path: order.library })
  } catch (thrown) {
    say({ state: 'unsupported', reason: String(thrown) })
    return 69
  }
  const failure = run(native, ['clickhouse', ...order.args])
  // The lock is held until the engine has written everything it had.
  closeSync(lock)
  if (failure === '') return 0
  writeSync(2, `${failure}\n`)
  return 70
}

function openNative() {
  try {
    const native = require('ffi-rs')
    native.open({
      library: 'libc',
      path: process.platform === 'darwin' ? 'libSystem.B.dylib' : 'libc.so.6',
    })
    return native
  } catch (thrown) {
    say({ state: 'unsupported', reason: String(thrown) })
    return undefined
  }
}

/**
 * The kernel releases the lock when its holder ends, so none is ever stale. A holder whose parent is gone is about to
 * end: it is waited for, so that a service killed and started again at once comes up.
 */
function takeLock(native, path) {
  const lock = openSync(path, 'a+', 0o600)
  for (let waitedMs = 0; ; waitedMs += retryMs) {
    if (flock(native, lock)) break
    const holder = readHolder(path)
    if (isAlive(holder.parent) || waitedMs >= orphanWaitMs) {
      say({ state: 'in_use', pid: holder.engine })
      return undefined
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, retryMs)
  }
  ftruncateSync(lock, 0)
  writeSync(lock, JSON.stringify({ engine: process.pid, parent: process.ppid }))
  return lock
}

function flock(native, lock) {
  const result = native.load({
    library: 'libc',
    funcName: 'flock',
    retType: native.DataType.I32,
    paramsType: [native.DataType.I32, native.DataType.I32],
    paramsValue: [lock, exclusiveNonBlocking],
  })
  return result === 0
}

function readHolder(path) {
  try {
    const holder = JSON.parse(readFileSync(path, 'utf8'))
    return { engine: Number(holder.engine), parent: Number(holder.parent) }
  } catch {
    // The holder has the lock and has not written its name yet: it is starting, under a living parent.
    return { engine: 0, parent: process.pid }
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
  } catch (thrown) {
    return thrown.code === 'EPERM'
  }
  return !isZombie(pid)
}

/** A process that was killed and that nobody has waited for still has its number. */
function isZombie(pid) {
  try {
    return /\) Z /u.test(readFileSync(`/proc/${pid}/stat`, 'latin1'))
  } catch {
    // No /proc on this system, or the process has just gone: the next try tells.
    return false
  }
}

/** One line, byte by byte: what follows it on standard input belongs to the engine. */
function readOrder() {
  const bytes = Buffer.alloc(orderBytesMax)
  for (let length = 0; length < orderBytesMax; length += 1) {
    if (readSync(0, bytes, length, 1, null) === 0) return undefined
    if (bytes[length] === 0x0a) return JSON.parse(bytes.toString('utf8', 0, length))
  }
  return undefined
}

/** Returns '' or the engine's own sentence. The fields of the result are those of chDB's `local_result_v2`. */
function run(native, args) {
  const { DataType } = native
  const result = native.load({
    library: 'engine',
    funcName: 'query_stable_v2',
    retType: {
      buffer: DataType.U64,
      length: DataType.U64,
      vector: DataType.U64,
      elapsed: DataType.Double,
      rowsRead: DataType.U64,
      bytesRead: DataType.U64,
      error: DataType.U64,
    },
    paramsType: [DataType.I32, DataType.StringArray],
    paramsValue: [args.length, args],
  })
  if (Number(result.error) === 0) return ''
  return native.load({
    library: 'libc',
    funcName: 'strdup',
    retType: DataType.String,
    paramsType: [DataType.U64],
    paramsValue: [result.error],
  })
}

function say(message) {
  writeSync(1, `${JSON.stringify(message)}\n`)
}
