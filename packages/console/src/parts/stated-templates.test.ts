import { expect, test } from 'vitest'
import { statedTemplates } from './stated-templates.ts'

test('a template without a version gives way to the same with one, whatever came first', () => {
  const bare = { id: 'triage', version: null }
  const whole = { id: 'triage', version: '1.4.0' }
  expect(statedTemplates([bare, whole])).toEqual([whole])
  expect(statedTemplates([whole, bare])).toEqual([whole])
})

test('two versions, and a template whose version nobody states, all stay', () => {
  const [old, next] = [
    { id: 'triage', version: '1.4.0' },
    { id: 'triage', version: '1.5.0' },
  ]
  const other = { id: 'fixer', version: null }
  expect(statedTemplates([next, other, old])).toEqual([other, old, next])
})
