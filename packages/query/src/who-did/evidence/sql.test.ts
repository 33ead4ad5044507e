import { handleKinds } from '@whodid/model'
import { describe, expect, test } from 'vitest'
import { findActsSql } from './find-acts-sql.ts'
import { linkedRecordsSql, presentRecordsSql, relatedRecordsSql, soughtTextsSql } from './sql.ts'

describe('the statements of a who-did question', () => {
  const read = handleKinds.filter(
    (kind) => !['resource', 'credential', 'template', 'tool', 'delegator'].includes(kind),
  )
  test.each(read)('find the acts on a handle of the kind %s', async (kind) => {
    await expect(findActsSql(kind)).toMatchFileSnapshot(`snapshots/find-acts-${kind}.sql`)
  })

  test('gather what surrounds an act', async () => {
    await expect(relatedRecordsSql()).toMatchFileSnapshot('snapshots/related-records.sql')
  })

  test.each(['trace', 'correlation'] as const)('look for any record of a %s', async (kind) => {
    const path = `snapshots/present-records-${kind}.sql`
    await expect(presentRecordsSql(kind)).toMatchFileSnapshot(path)
  })

  test('follow links, and read texts by their names', async () => {
    await expect(linkedRecordsSql).toMatchFileSnapshot('snapshots/linked-records.sql')
    await expect(soughtTextsSql).toMatchFileSnapshot('snapshots/sought-texts.sql')
  })
})
