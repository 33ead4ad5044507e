import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard'
import { expect, test } from 'vitest'
import { makeDashboard } from '../make/make-dashboard.ts'
import { textVariable } from '../make/make-variables.ts'
import { inRange, textOf } from '../make/in-range.ts'
import { lintDashboard, lintSql } from './lint-dashboard.ts'

const good = `SELECT count() AS n FROM whodid.v_acts WHERE ${inRange} AND user_id = ${textOf('person')} LIMIT 1`

function sample(change: (dashboard: Dashboard) => void = () => undefined): string[] {
  const dashboard = makeDashboard({
    uid: 'sample',
    title: 'Sample',
    description: '',
    variables: [textVariable('person', 'Person')],
    panels: ['One', 'Two'].map((title) => ({
      type: 'stat',
      title,
      question: 'How many?',
      description: 'All of them, counted.',
      unit: 'short',
      console: '/',
      size: [6, 4],
      sql: good,
    })),
  })
  change(dashboard)
  return lintDashboard(dashboard)
}

const firstPanel = (dashboard: Dashboard) =>
  dashboard.panels?.[0] as unknown as Record<string, unknown>

test('a good dashboard has no fault', () => {
  expect(sample()).toEqual([])
})

test.each<[string, (dashboard: Dashboard) => void]>([
  ['two panels have one ID', (board) => (firstPanel(board)['id'] = 2)],
  ['two panels have one title', (board) => (firstPanel(board)['title'] = 'Two')],
  ['overlap', (board) => (firstPanel(board)['gridPos'] = { x: 6, y: 0, w: 6, h: 4 })],
  ['outside the grid', (board) => (firstPanel(board)['gridPos'] = { x: 20, y: 9, w: 6, h: 4 })],
  ['no title', (board) => (firstPanel(board)['title'] = '')],
  ['question', (board) => (firstPanel(board)['description'] = 'The number of acts.')],
  ['no unit', (board) => (firstPanel(board)['fieldConfig'] = { defaults: {}, overrides: [] })],
  ['no link into the console', (board) => (firstPanel(board)['links'] = [])],
  ['no query', (board) => (firstPanel(board)['targets'] = [])],
  ['type piechart is not known', (board) => (firstPanel(board)['type'] = 'piechart')],
  ['not the variable', (board) => (firstPanel(board)['datasource'] = { uid: 'whodid' })],
  ['a link leads elsewhere', (board) => (firstPanel(board)['links'] = [{ url: '${__value.raw}' }])],
  [
    'not percent-encoded',
    (board) => (firstPanel(board)['links'] = [{ url: '${console}/ask?of=${__value.raw}' }]),
  ],
  ['no variable "person"', (board) => board.templating.list?.pop()],
  ['"more" is not used', (board) => board.templating.list?.push(textVariable('more', 'More'))],
  ['not the data source', (board) => board.templating.list?.shift()],
  ['uid', (board) => (board.uid = 'Sample board')],
  ['schemaVersion', (board) => (board.schemaVersion = 43)],
  ['edited', (board) => (board.editable = true)],
])('the linter finds: %s', (fault, change) => {
  expect(sample(change).join('\n')).toContain(fault)
})

test.each([
  ['is no view', 'SELECT 1 FROM whodid.spans LIMIT 1'],
  ['is no view', 'SELECT 1 FROM whodid.v_acts JOIN system.tables USING x LIMIT 1'],
  ['a limit', `SELECT 1 FROM whodid.v_acts WHERE ${inRange}`],
  ['part of a second', 'SELECT 1 FROM whodid.v_acts WHERE $__timeFilter(ts) LIMIT 1'],
  ['no macro', 'SELECT 1 FROM whodid.v_acts WHERE $__timeFiler_ms(ts) LIMIT 1'],
  ['percent-encoded', "SELECT 1 FROM whodid.v_acts WHERE x = '${person}' LIMIT 1"],
  ['percent-encoded', 'SELECT 1 FROM whodid.v_acts WHERE x = ${person:singlequote} LIMIT 1'],
  [
    'the beginning of a text',
    'SELECT 1 FROM whodid.v_acts WHERE x = ${person:percentencode} LIMIT 1',
  ],
  ['without braces', "SELECT 1 FROM whodid.v_acts WHERE x = '$person' LIMIT 1"],
  ['second statement', 'SELECT 1; SELECT 2 FROM whodid.v_acts LIMIT 1'],
])('a query is refused: %s: %s', (fault, sql) => {
  expect(lintSql(sql).join('\n')).toContain(fault)
})
