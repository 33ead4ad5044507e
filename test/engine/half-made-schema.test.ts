import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEngine } from '@whodid/engine'
import { createAppender, encodeRecords, migrate, readMigrations } from '@whodid/store'
import { expect, it } from 'vitest'
import { done } from '../harness/incident.ts'
import { newTrace, runSql } from '../harness/ledger.ts'

it('takes no span before every migration is applied, and then all of it once', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'whodid-half-made-'))
  const engine = await startEngine({ dataDir })
  const appender = createAppender({ url: engine.url, ...engine.users.writer })
  const migrator = { url: engine.url, ...engine.users.migrator }
  const record = newTrace().record({ ...done, verb: 'update', resourceId: 't:row:1' })
  const batch = { blocks: [encodeRecords([record])], token: 'from-before' }
  try {
    const migrations = await readMigrations()
    for (let count = 0; count < migrations.length; count += 1) {
      await migrate(migrator, migrations.slice(0, count))
      await expect(appender.append(batch), `${count} applied`).rejects.toThrow('ClickHouse refused')
    }
    await migrate(migrator)
    await appender.append(batch)
    await appender.append(batch)
    for (const table of ['spans', 'actions'])
      expect(await runSql(migrator, `SELECT count() FROM whodid.${table}`, {}), table).toBe('1')
    const threads = await runSql(migrator, 'SELECT count() > 0 FROM whodid.threads', {})
    expect(threads).toBe('1')
  } finally {
    await appender.close()
    await engine.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
})
