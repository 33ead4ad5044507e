import fc from 'fast-check'
import { expect, test } from 'vitest'
import { knownVerbs, nearestVerb } from './nearest-verb.ts'

test.each([
  ['DELETE', 'delete'],
  ['delet', 'delete'],
  ['dleete', 'delete'],
  ['deleted', 'delete'],
  ['deletes', 'delete'],
  ['deleting', 'delete'],
  ['remove', 'delete'],
  ['Removed', 'delete'],
  ['dropped', 'delete'],
  ['merged', 'update'],
  ['merging', 'update'],
  ['udpate', 'update'],
  ['sending', 'send'],
  ['run', 'execute'],
  ['exec', 'execute'],
  ['raed', 'read'],
  ['appr', 'approve'],
])('%s was meant as %s', (typed, verb) => {
  expect(nearestVerb(typed)).toBe(verb)
})

test.each([...knownVerbs, 'deploy', 'rotate', 'x', '', 'e', 'constructor', '__proto__'])(
  '%j suggests nothing',
  (typed) => {
    expect(nearestVerb(typed)).toBeUndefined()
  },
)

test('whatever is typed, what is suggested is a known verb', () => {
  fc.assert(
    fc.property(fc.string(), (typed) => {
      const verb = nearestVerb(typed)
      expect(verb === undefined || (knownVerbs as readonly string[]).includes(verb)).toBe(true)
    }),
  )
})
