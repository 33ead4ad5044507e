import { fork } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startEngine } from '@whodid/engine'
import { migrate } from '@whodid/store'
import type { CollectorReply, CollectorSettings } from './collector-process.ts'
import { createSql, engineTarget } from './contender.ts'
import type { Contender } from './contender.ts'

/**
 * Starts Whodid's engine and its collector, each a process, with the settings they ship with; `seals` false leaves the
 * tree and the checkpoints out, to see what they cost.
 */
export async function startWhodid(dataDir: string, seals = true): Promise<Contender> {
  const engine = await startEngine({ dataDir })
  await migrate({ url: engine.url, ...engine.users.migrator })
  const token = randomBytes(24).toString('base64url')
  const settings: CollectorSettings = {
    logDir: join(dataDir, 'log'),
    access: { url: engine.url, ...engine.users.writer },
    tokenSha256: createHash('sha256').update(token).digest('hex'),
    sequencer: seals
      ? { treeDir: join(dataDir, 'tlog'), keysDir: join(dataDir, 'keys') }
      : undefined,
  }
  const program = fileURLToPath(new URL('./collector-process.js', import.meta.url))
  const child = fork(program, [JSON.stringify(settings)], { serialization: 'advanced' })
  const exited = once(child, 'exit')

  async function nextReply(): Promise<CollectorReply> {
    const gone = exited.then(() => {
      throw new Error('the collector ended')
    })
    // Events of a child process are not typed; the child sends nothing else.
    const [reply] = (await Promise.race([once(child, 'message'), gone])) as [CollectorReply]
    return reply
  }

  const listening = await nextReply()
  const url = listening.kind === 'listening' ? listening.url : ''
  return {
    target: {
      url: `${url}/v1/traces`,
      headers: { 'content-type': 'application/x-protobuf', authorization: `Bearer ${token}` },
    },
    probe: {
      target: engineTarget(engine),
      sql:
        'SELECT lower(concat(hex(trace_id), hex(span_id))) FROM whodid.spans' +
        ' WHERE trace_id IN (SELECT unhex(arrayJoin([{traces}]))::FixedString(16))' +
        ' AND span_id IN (SELECT unhex(arrayJoin([{spans}]))::FixedString(8)) FORMAT TSV',
    },
    collectorProcessId: child.pid ?? 0,
    engine,
    sql: createSql(engine),
    spansTable: 'spans',
    logBytes: async () => {
      child.send('metrics')
      const reply = await nextReply()
      if (reply.kind !== 'metrics') throw new Error('the collector gave no metrics')
      return reply.metrics.logBytes
    },
    treeDir: settings.sequencer?.treeDir,
    stop: async () => {
      if (child.connected) child.disconnect()
      await exited
      await engine.stop()
    },
  }
}
