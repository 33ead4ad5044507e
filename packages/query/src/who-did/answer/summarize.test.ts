import { expect, test } from 'vitest'
import { pastDeed } from './summarize.ts'

const pull = { id: 'github:pull:acme/app/812', type: 'github.pull' }

test.each([
  ['update', 'merge_pull_request'],
  ['update', 'merge'],
  ['execute', 'mergePullRequest'],
  ['update', 'mcp__github__merge_pull_request'],
  ['update', 'github.merge-pr'],
  ['', 'merge_pull_request'],
])('%s of a pull request by %s is a merge', (verb, tool) => {
  expect(pastDeed({ verb, tool, resource: pull })).toBe('merged')
})

test.each([
  ['update', 'enable_auto_merge', pull, 'updated'],
  ['update', 'get_merge_status', pull, 'updated'],
  ['update', 'unmerge', pull, 'updated'],
  ['update', null, pull, 'updated'],
  ['read', 'merge_pull_request', pull, 'read'],
  ['approve', 'merge_pull_request', pull, 'approved'],
  ['update', 'merge', { id: 'db:table:shop/customers', type: 'db.table' }, 'updated'],
  ['update', 'merge', null, 'updated'],
  ['deploy', 'merge', pull, 'did "deploy" to'],
  ['', 'x', null, 'acted on'],
])('%s by %s stays what the record says', (verb, tool, resource, deed) => {
  expect(pastDeed({ verb, tool, resource })).toBe(deed)
})
