import { expect, test } from 'vitest'
import { entrySql } from '../proof/sql.ts'
import { blastRadiusSql } from './blast-radius/sql.ts'
import { delegatorSql } from './describe-delegator/sql.ts'
import { afterPosition, instanceSql } from './describe-instance/sql.ts'
import { traceRecordsSql } from './judge-listed/sql.ts'
import { parseActionsQuestion } from './list-actions/question.ts'
import { actionsSql } from './list-actions/sql.ts'
import { templatesSql } from './list-templates/sql.ts'
import { instanceFactsSql, leavesSql } from '../authority/sql.ts'
import {
  newestVersionsSql,
  prunedSql,
  versionInForceSql,
  versionsOfTemplateSql,
} from '../registry/sql.ts'
import { accessLogSql, caseCountSql, caseEntriesSql, casesSql, tailSql } from './sql.ts'

test.each([
  ['access-log', accessLogSql],
  ['case-count', caseCountSql],
  ['case-entries', caseEntriesSql],
  ['cases', casesSql],
  ['tail', tailSql],
  ['../proof/snapshots/entry', entrySql],
  ['blast-radius/snapshots/blast-radius', blastRadiusSql],
  ['describe-delegator/snapshots/delegator', delegatorSql],
  ['describe-instance/snapshots/first-page', instanceSql('')],
  ['describe-instance/snapshots/next-page', instanceSql(afterPosition)],
  ['judge-listed/snapshots/trace-records', traceRecordsSql],
  ['list-templates/snapshots/templates', templatesSql],
  ['../authority/snapshots/instance-facts', instanceFactsSql],
  ['../authority/snapshots/leaves', leavesSql],
  ['../registry/snapshots/newest-versions', newestVersionsSql],
  ['../registry/snapshots/version-in-force', versionInForceSql],
  ['../registry/snapshots/pruned', prunedSql],
  ['../registry/snapshots/versions-of-template', versionsOfTemplateSql],
])('the statement %s', async (name, sql) => {
  const path = name.includes('/') ? `${name}.sql` : `snapshots/${name}.sql`
  await expect(sql).toMatchFileSnapshot(path)
})

const trace = '0af7651916cd43dd8448eb211c80319c'

test.each([
  ['trace', { trace }],
  ['span', { span: `${trace}-b7ad6b7169203331` }],
  ['action', { action: 'a1' }],
  ['instance', { instance: 'i1' }],
  ['delegator', { delegator: 'dev@acme.example' }],
  ['correlation', { correlation: 'c1' }],
  ['credential', { credential: 'k1' }],
  ['resource', { resource: 'github:pull:acme/app/812' }],
  ['template-and-time', { template: 't1', from: '2026-11-22T00:00:00Z' }],
  ['every-filter', { resource: 'github:pull:acme/app/812', verb: 'update', outcome: 'success' }],
])('the statement of a list of actions by %s', async (name, raw) => {
  const { sql } = actionsSql(parseActionsQuestion(raw), 'tenant')
  await expect(sql).toMatchFileSnapshot(`list-actions/snapshots/by-${name}.sql`)
})
