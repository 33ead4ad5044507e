import { createServer } from 'node:http'
import type { Server } from 'node:http'
import { once } from 'node:events'
import { mkdtemp } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createAppender } from './append.ts'
import { createCaseWriter } from './case-writer.ts'
import type { StoreAccess } from './client.ts'
import type { DerivedComparison } from './derived-reader.ts'
import { createContentEraser } from './erase-contents.ts'
import { createFindingWriter } from './finding-writer.ts'
import { createLeafReader } from './leaf-reader.ts'
import { createRecordPruner } from './prune-records.ts'
import { openAccessLog } from './reads/access-log.ts'

/*
 * The text of each statement, as the ClickHouse client sends it, is held in `snapshots/`. A change of a statement shows in
 * its diff; test/engine says whether it is right. `npm run check -- --only unit packages/store -- -u` writes them anew.
 */

const sent: string[] = []
let server: Server
let access: StoreAccess

beforeAll(async () => {
  server = createServer((request, response) => {
    void text(request).then((body) => {
      const url = new URL(request.url ?? '', 'http://127.0.0.1')
      const query = url.searchParams.get('query')
      sent.push(query ?? body)
      response.end((query ?? body).startsWith('DESCRIBE') ? columns : partitions(query ?? body))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  access = { url: `http://127.0.0.1:${port}`, username: 'user', password: '' }
})

afterAll(() => new Promise((resolve) => server.close(resolve)))

const columns = [
  { name: 'tenant', type: 'String' },
  { name: 'trace_id', type: 'FixedString(16)' },
  { name: 'span_id', type: 'FixedString(8)' },
  { name: 'received_at', type: "DateTime64(9, 'UTC')" },
  { name: 'key', type: 'String' },
  { name: 'hour', type: 'DateTime' },
]
  .map((column) => JSON.stringify({ ...column, default_type: '', default_expression: '' }))
  .join('\n')

/** A month to drop, so that the statements that drop it are made too. */
function partitions(query: string): string {
  return query.includes('system.parts') ? '{"partition_id":"202301"}\n' : ''
}

/** What one call sends, each statement once. */
async function statementsOf(call: () => Promise<unknown>): Promise<string> {
  sent.length = 0
  // An empty answer is none that every reader can read; what it asked has been sent by then.
  await call().catch(() => undefined)
  const statements = [...new Set(sent)].filter((statement) => !statement.startsWith('DESCRIBE'))
  return `${statements.map((statement) => statement.trim()).join(';\n\n')}\n`
}

const january = 1_672_531_200_000_000_000n
const comparison: DerivedComparison = {
  table: 'actions',
  version: 0,
  range: { fromUnixNs: january, toUnixNs: january + 1n },
  parts: 2,
}
const trace = '0af7651916cd43dd8448eb211c80319c'

it('appends', async () => {
  const appender = createAppender(access)
  const batch = { blocks: [Buffer.from('r')], contents: [Buffer.from('c')], token: 'log:1' }
  await expect(await statementsOf(() => appender.append(batch))).toMatchFileSnapshot(
    './snapshots/append.sql',
  )
  await appender.close()
})

it('reads leaves and texts', async () => {
  const reader = createLeafReader(access)
  const calls: Record<string, () => Promise<unknown>> = {
    read: () => reader.read({ logId: 'l', from: 0, to: 9 }, () => undefined),
    at: () => reader.at('l', [1, 2]),
    of_trace: () => reader.of({ kind: 'trace', value: trace }),
    of_instance: () => reader.of({ kind: 'instance', value: 'i' }),
    prunes: () => reader.prunes('l'),
    above: () => reader.above('l', 3),
    extents: () => reader.extents(),
    text_rows: () => reader.textRows({ logId: 'l', from: 0, to: 9 }),
    textBlocks: () => reader.textBlocks('t', ['00'.repeat(24)]),
    removals: () => reader.removals(),
    months: () => reader.months(),
    received_before: () => reader.receivedBefore('l', 3),
    buckets: () => reader.buckets(comparison),
    differences: () => reader.differences(comparison, { day: '2023-01-01', part: 0 }),
    differences_of: () => reader.differencesOf(comparison, [trace]),
    traces_since: () => reader.tracesSince(january, [trace]),
  }
  for (const [name, call] of Object.entries(calls)) {
    const statements = await statementsOf(call)
    expect(statements.length, name).toBeGreaterThan(10)
    await expect(statements).toMatchFileSnapshot(`./snapshots/leaf-reader.${name}.sql`)
  }
  await reader.close()
})

it('erases, prunes, records reads, keeps entries of cases and findings', async () => {
  const eraser = createContentEraser(access)
  const pruner = createRecordPruner(access)
  const recorder = await openAccessLog({
    dir: await mkdtemp(`${process.env['TMPDIR'] ?? '/tmp'}/whodid-reads-`),
    access,
  })
  const caseWriter = createCaseWriter(access)
  const findingWriter = createFindingWriter(access)
  const calls: Record<string, () => Promise<unknown>> = {
    'erase.instances_only_of': () => eraser.instancesOnlyOf('t', 'delegator:d'),
    'erase.delete_by_key': () => eraser.deleteByKey('t', '00'.repeat(16)),
    'erase.delete_before': () => eraser.deleteBefore(january),
    'prune.first_indexes_from': () => pruner.firstIndexesFrom(january),
    'prune.logs_before': () => pruner.logsBefore(january),
    'prune.has_before': () => pruner.hasBefore(january),
    'prune.drop_before': () => pruner.dropBefore(january),
    'reads.record': async () => {
      await recorder.record({
        tenant: 't',
        readAtUnixNs: january,
        requestId: 'r',
        reader: 'n',
        role: 'investigator',
        route: '/v1/who-did',
        question: 'q',
        caseId: '',
        remoteAddress: '::1',
        userAgent: 'a',
      })
      await recorder.stored(10_000)
    },
    'cases.write': () =>
      caseWriter.write({
        tenant: 't',
        caseId: 'INC-7',
        writtenAtUnixNs: january,
        entryId: 'e',
        author: 'n',
        role: 'investigator',
        kind: 'note',
        text: 'x',
        question: '',
      }),
    'findings.hits': () =>
      findingWriter.addHits([
        {
          tenant: 't',
          findingId: 'f',
          hitId: 'h',
          rule: 'r',
          ruleVersion: 1,
          queryHash: '00',
          severity: 'low',
          subject: 'instance:i',
          hit: 'x',
          actedAtUnixNs: january,
          foundAtUnixNs: january,
          windowUntilUnixNs: january,
          text: 'x',
          spans: [],
          measured: { acts: '1' },
          thresholds: {},
        },
      ]),
    'findings.triage': () =>
      findingWriter.addTriage({
        tenant: 't',
        findingId: 'f',
        decidedAtUnixNs: january,
        triageId: 'q',
        reader: 'n',
        role: 'investigator',
        action: 'suppress',
        reason: 'x',
        untilUnixNs: january,
      }),
    'findings.runs': () =>
      findingWriter.addRuns([
        {
          tenant: 't',
          rule: 'r',
          ruleVersion: 1,
          ranAtUnixNs: january,
          windowSinceUnixNs: january,
          windowUntilUnixNs: january,
          heads: { log: '2023-01-01 00:00:00.000000000' },
          hits: 0,
          rowsRead: 1,
          error: '',
        },
      ]),
  }
  for (const [name, call] of Object.entries(calls)) {
    const statements = await statementsOf(call)
    expect(statements.length, name).toBeGreaterThan(10)
    await expect(statements).toMatchFileSnapshot(`./snapshots/${name}.sql`)
  }
  await Promise.all(
    [eraser, pruner, recorder, caseWriter, findingWriter].map((writer) => writer.close()),
  )
})
