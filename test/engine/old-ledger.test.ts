import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startEngine } from '@whodid/engine'
import { createAppender, encodeRecords, migrate, readMigrations } from '@whodid/store'
import { expect, it } from 'vitest'
import { done } from '../harness/incident.ts'
import { newTrace, runSql } from '../harness/ledger.ts'

// The schema of format version 2 as it first was, on 2026-11-28, kept as it was: a ledger that was made then is opened by today's version.
const kept = fileURLToPath(new URL('../vectors/ledger-2026-11-28/', import.meta.url))
/** Users that an older version may not have had. */
const newUsers = ['verifier', 'eraser', 'pruner']

it('opens the data directory of an older version, its rows, its users and its schema', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'whodid-old-ledger-'))
  const credentials = join(dataDir, 'engine', 'credentials.json')
  try {
    const before = await startEngine({ dataDir, startTimeoutMs: 180_000 })
    const keptMigrations = await readMigrations(kept)
    const keptNames = new Set(keptMigrations.map(({ name }) => name))
    await migrate({ url: before.url, ...before.users.migrator }, keptMigrations)
    await append(before, 'old')
    await before.stop()
    const users = JSON.parse(await readFile(credentials, 'utf8')) as Record<string, unknown>
    const old = Object.entries(users).filter(([user]) => !newUsers.includes(user))
    await writeFile(credentials, JSON.stringify(Object.fromEntries(old)))

    const after = await startEngine({ dataDir, startTimeoutMs: 180_000 })
    try {
      const migrator = { url: after.url, ...after.users.migrator }
      expect(after.users.writer).toEqual(before.users.writer)
      const { applied } = await migrate(migrator)
      const today = await readMigrations()
      expect(applied).toEqual(today.map(({ name }) => name).filter((name) => !keptNames.has(name)))
      expect((await migrate(migrator)).applied).toEqual([])
      await append(after, 'new')
      const verifier = { url: after.url, ...after.users.verifier }
      const names = 'SELECT groupArray(name) FROM (SELECT name FROM whodid.v_spans ORDER BY name)'
      expect(await runSql(verifier, names, {})).toBe("['new','old']")
      expect(await runSql(migrator, 'SELECT count() FROM whodid.actions', {})).toBe('2')
      const reader = { url: after.url, ...after.users.reader }
      const asked = await runSql(reader, "SELECT verdict FROM whodid.who_did(of = 't:row:old')", {})
      expect(['agent', 'human', 'service', 'undetermined']).toContain(asked)
    } finally {
      await after.stop()
    }
  } finally {
    await rm(dataDir, { recursive: true, force: true })
  }
})

it('refuses a ledger whose schema no version of this list had', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'whodid-odd-ledger-'))
  const engine = await startEngine({ dataDir, startTimeoutMs: 180_000 })
  try {
    const migrator = { url: engine.url, ...engine.users.migrator }
    const odd = (await readMigrations(kept)).map((migration) => ({
      ...migration,
      checksum: migration.checksum.replace(/^./u, 'x'),
    }))
    await migrate(migrator, odd)
    await expect(migrate(migrator)).rejects.toMatchObject({ code: 'migration_changed' })
    // A migration that only ledgers of format version 1 have.
    await runSql(
      migrator,
      "INSERT INTO whodid.migrations (name, checksum) VALUES ('0007_create_threads.sql', 'x')",
      {},
    )
    await expect(migrate(migrator)).rejects.toThrow(/it holds those of version 1/u)
  } finally {
    await engine.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
})

async function append(
  { url, users }: Awaited<ReturnType<typeof startEngine>>,
  name: string,
): Promise<void> {
  const appender = createAppender({ url, ...users.writer })
  const record = newTrace().record({ ...done, name, verb: 'update', resourceId: `t:row:${name}` })
  try {
    await appender.append({ blocks: [encodeRecords([record])], token: name })
  } finally {
    await appender.close()
  }
}
