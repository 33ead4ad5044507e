import { expect, test } from 'vitest'
import { markupOf } from '../parts/html-of.tsx'
import { ResourceTree } from './resource-tree.tsx'

const touched = (id: string) => ({
  id,
  type: '',
  touches: [
    {
      verb: 'delete',
      outcome: 'success' as const,
      grade: 'channel' as const,
      acts: 2,
      first_at: '',
      last_at: '',
    },
  ],
  instances: [],
  tools: [],
  first_at: '',
  last_at: '',
})

test('resources of one table are leaves of one branch, and a single way down is one line', async () => {
  const resources = [
    'db:row:shop/customers/1',
    'db:row:shop/customers/2',
    'https://a.example/x/y',
  ].map(touched)
  const text = await markupOf(ResourceTree({ resources }))
  const plain = text.replaceAll(/<[^>]+>/gu, '|').replaceAll(/\|+/gu, '|')
  expect(plain).toContain('|db:row:shop/customers| |2|')
  expect(plain).toContain('|1| |delete| ×2 |')
  expect(plain).toContain('|https://a.example/x| |1|')
  expect(ResourceTree({ resources: [] })).toBeNull()
})

test('a branch shows 25 leaves and a list of the others', async () => {
  const resources = Array.from({ length: 30 }, (_, n) => touched(`db:row:shop/c/${n}`))
  const text = await markupOf(ResourceTree({ resources }))
  expect(text).toContain('5 more')
  expect(text.match(/class="leaf"/gu)).toHaveLength(30)
})

test('a name of many parts makes no deep tree', async () => {
  const deep = ['b', 'c'].map((last) => touched(`file:/${'a/'.repeat(500)}${last}`))
  const text = await markupOf(ResourceTree({ resources: deep }))
  expect(text.match(/<details/gu)?.length ?? 0).toBeLessThan(10)
})
