// The named steps of the write path, and how a test is called before and after each. Plain JavaScript, because the
// collector that is killed runs what is built.
import { ServerResponse } from 'node:http'

/** Each step that changes something, and what a crash at it leaves for the next start. */
export const writeSteps = {
  'create log ID': 'no log ID; the next start makes one',
  'write log ID': 'an empty log-id.new; the next start makes another',
  'flush log ID': 'a log-id.new that may be torn; the next start makes another',
  'rename log ID': 'the old ID or the new one; no segment bears the new one yet',
  'create segment': 'an empty open segment; the next start deletes it',
  'write header': 'an open segment without a frame; the next start deletes it',
  'write frames': 'frames nobody was told of, torn or whole; the torn tail is cut',
  'flush frames': 'durable frames nobody was told of; a resend is recognised by its keys',
  acknowledge: 'durable records whose sender may not know; a resend is recognised',
  'flush segment': 'an open segment, all of it durable; the next start seals it',
  'rename to sealed': 'an open or a sealed segment with the same frames',
  'sync directory': 'the entries of before or of after; either is taken up',
  insert: 'a sealed segment that may be in ClickHouse; the same token is inserted again',
  'rename to stored': 'a sealed segment that is in ClickHouse; the token is known there',
  'delete old segment': 'a stored segment more than the bound; a later pass deletes it',
  'cut segment': 'an open segment with its tail or without; the next start cuts again',
  'flush cut': 'the same',
  'delete empty segment': 'an open segment without a frame; the next start deletes it',
}

/** The file system's calls, with `atStep(name, 'before' | 'after')` awaited around each that changes something. */
export function watchFiles(files, atStep) {
  const around = async (step, act) => {
    await atStep(step, 'before')
    const result = await act()
    await atStep(step, 'after')
    return result
  }
  return {
    ...files,
    open: async (path, flags, mode) => {
      const act = () => files.open(path, flags, mode)
      const created = flags === 'wx' ? 'create segment' : flags === 'w' ? 'create log ID' : ''
      const handle = created === '' ? await act() : await around(created, act)
      return watchHandle(handle, { path: String(path), flags, around })
    },
    rename: (from, to) => around(`rename ${renamedTo(String(to))}`, () => files.rename(from, to)),
    rm: (path, options) =>
      around(String(path).endsWith('.stored') ? 'delete old segment' : 'delete empty segment', () =>
        files.rm(path, options),
      ),
  }
}

function renamedTo(path) {
  return path.endsWith('log-id') || path.endsWith('origin')
    ? 'log ID'
    : `to ${path.slice(path.lastIndexOf('.') + 1)}`
}

function watchHandle(handle, { path, flags, around }) {
  const isLogId = path.endsWith('.new')
  const isSegment = /\.(open|sealed)$/u.test(path)
  const synced = isLogId ? 'flush log ID' : flags === 'wx' ? 'flush segment' : 'flush cut'
  return {
    writev: (parts, position) =>
      around(position === 0 ? 'write header' : 'write frames', () =>
        handle.writev(parts, position),
      ),
    datasync: () => around('flush frames', () => handle.datasync()),
    sync: () => around(isLogId || isSegment ? synced : 'sync directory', () => handle.sync()),
    truncate: (length) => around('cut segment', () => handle.truncate(length)),
    writeFile: (text) => around('write log ID', () => handle.writeFile(text)),
    close: () => handle.close(),
  }
}

/** The way into the ledger, with the step `insert` around it. */
export function watchAppender(appender, atStep) {
  return {
    append: async (batch) => {
      await atStep('insert', 'before')
      await appender.append(batch)
      await atStep('insert', 'after')
    },
  }
}

/** Calls `atStep` around every answer 200 that this process gives from now on; returns the way to stop that. */
export function watchAcknowledgements(atStep) {
  const end = Reflect.get(ServerResponse.prototype, 'end')
  ServerResponse.prototype.end = function watchedEnd(...parameters) {
    if (this.statusCode !== 200) return end.apply(this, parameters)
    void Promise.resolve(atStep('acknowledge', 'before', this)).then(() =>
      end.call(this, ...parameters, () => void atStep('acknowledge', 'after', this)),
    )
    return this
  }
  return () => {
    ServerResponse.prototype.end = end
  }
}
