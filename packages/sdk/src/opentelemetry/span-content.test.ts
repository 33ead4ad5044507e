import { expect, it } from 'vitest'
import { databaseFacts, isContentKey, withoutContent } from './span-content.ts'

it.each([
  ['DELETE FROM orders WHERE id = $1', 'DELETE', 'orders'],
  ['  insert into shop."order items" (a) values (1)', 'INSERT', 'shop.order items'],
  ['UPDATE ONLY `shop`.`orders` SET a = 1', 'UPDATE', 'shop.orders'],
  ['DROP TABLE IF EXISTS [dbo].[orders]', 'DROP', 'dbo.orders'],
  ['SELECT a, b FROM orders WHERE a = 1', 'SELECT', 'orders'],
])('reads the table of %j', (statement, operation, table) => {
  expect(databaseFacts({ 'db.statement': statement })).toEqual({
    'db.collection.name': table,
    'db.operation.name': operation,
  })
})

it.each([
  'SELECT 1',
  'SELECT * FROM a JOIN b ON a.id = b.id',
  'SELECT * FROM a, b',
  'SELECT * FROM a WHERE x IN (SELECT y FROM b)',
  'BEGIN',
  'WITH gone AS (DELETE FROM a RETURNING *) SELECT 1',
])('names no table for %j', (statement) => {
  expect(databaseFacts({ 'db.query.text': statement })).toEqual({})
})

it('leaves alone what the span says itself', () => {
  const statement = 'DELETE FROM orders'
  expect(databaseFacts({ 'db.statement': statement, 'db.collection.name': 'other' })).toEqual({})
  expect(databaseFacts({ 'db.statement': statement, 'db.operation.name': 'erase' })).toEqual({
    'db.collection.name': 'orders',
  })
})

it('knows which texts are content, and what of them is not', () => {
  expect(
    ['db.statement', 'url.full', 'http.request.header.cookie', 'exception.message'].every(
      isContentKey,
    ),
  ).toBe(true)
  expect(['db.system.name', 'server.address', 'http.request.method'].some(isContentKey)).toBe(false)
  expect(withoutContent('db.query.text', "DELETE FROM a WHERE b = 'secret'")).toBe('DELETE')
  expect(withoutContent('url.full', 'https://a.example/b?token=c#d')).toBe('https://a.example/b')
  expect(withoutContent('exception.message', 'no')).toBeUndefined()
})
