// The named steps of the write path, and how a test is called before and after each. Plain JavaScript, because the
// collector that is killed runs what is built.
import { ServerResponse } from 'node:http'

/** Each step that changes something, and what a crash at it leaves for the next start. */
export const writeSteps = {
  'create name': 'no origin or log ID; the next start makes one',
  'write name': 'an empty .new file; the next start makes another',
  'flush name': 'a .new file that may be torn; the next start makes another',
  'rename name': 'the old name or the new one; no record and no segment bears the new one yet',
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
  'create key': 'no key; nothing has been signed, and the next start makes one',
  'rename key': 'the old keys or the new ones; nothing is signed with a key before it is durable',
  'create tile': 'an empty tile above the checkpoint; the next start writes it again',
  'write tile': 'a torn tile above the checkpoint; the same',
  'flush tile': 'a tile above the checkpoint; the same bytes are written again',
  'sync tiles': 'tiles that may be gone; the leaves are in segments until a checkpoint covers them',
  'create history': 'an empty file of checkpoints; it is written to',
  'cut history': 'the checkpoints that were, with a torn one behind them or without',
  'keep checkpoint': 'a signed checkpoint that nobody has seen, torn or whole: cut off or taken up',
  'flush checkpoint': 'a checkpoint that is kept and not published: the next start publishes it',
  'rename head': 'a head that is behind the checkpoints; it is never ahead',
  'rename checkpoint': 'the old checkpoint or the new one; the new one is kept',
  'forget tile': 'a partial tile that a wider one has replaced; it does no harm',
}

/** The file system's calls, with `atStep(name, 'before' | 'after')` awaited around each that changes something. */
export function watchFiles(files, atStep) {
  const around = async (step, act) => {
    if (step === undefined) return act()
    await atStep(step, 'before')
    const result = await act()
    await atStep(step, 'after')
    return result
  }
  return {
    ...files,
    open: async (path, flags, mode) => {
      const steps = stepsOf(String(path), flags)
      const handle = await around(steps.open, () => files.open(path, flags, mode))
      return watchHandle(handle, steps, around)
    },
    rename: (from, to) => around(renameStep(String(to)), () => files.rename(from, to)),
    rm: (path, options) => around(removeStep(String(path)), () => files.rm(path, options)),
  }
}

function renameStep(path) {
  if (/\/(?:log-id|origin|keys)$/u.test(path)) return 'rename name'
  if (path.endsWith('.json')) return 'rename key'
  if (path.endsWith('.head')) return 'rename head'
  if (path.endsWith('/checkpoint')) return 'rename checkpoint'
  return `rename to ${path.slice(path.lastIndexOf('.') + 1)}`
}

function removeStep(path) {
  if (path.includes('/tile/')) return 'forget tile'
  return path.endsWith('.stored') ? 'delete old segment' : 'delete empty segment'
}

/** What each call on a file that was opened so is called. */
function stepsOf(path, flags) {
  if (flags === 'r') return { sync: path.includes('/tile') ? 'sync tiles' : 'sync directory' }
  if (path.includes('/tile/'))
    return { open: 'create tile', writeFile: 'write tile', datasync: 'flush tile' }
  if (path.includes('/checkpoints/'))
    return flags === 'w'
      ? { open: 'create history' }
      : { truncate: 'cut history', writev: () => 'keep checkpoint', sync: 'flush checkpoint' }
  if (path.endsWith('.json.new')) return { open: 'create key' }
  if (/\/(?:checkpoint|log-[^/]*\.head)\.new$/u.test(path)) return {}
  if (path.endsWith('.new'))
    return { open: 'create name', writeFile: 'write name', sync: 'flush name' }
  return {
    open: flags === 'wx' ? 'create segment' : undefined,
    writev: (position) => (position === 0 ? 'write header' : 'write frames'),
    datasync: 'flush frames',
    sync: flags === 'wx' ? 'flush segment' : 'flush cut',
    truncate: 'cut segment',
  }
}

function watchHandle(handle, steps, around) {
  return {
    writev: (parts, position) =>
      around(steps.writev?.(position), () => handle.writev(parts, position)),
    datasync: () => around(steps.datasync, () => handle.datasync()),
    sync: () => around(steps.sync, () => handle.sync()),
    truncate: (length) => around(steps.truncate, () => handle.truncate(length)),
    writeFile: (content) => around(steps.writeFile, () => handle.writeFile(content)),
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
