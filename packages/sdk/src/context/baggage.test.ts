import fc from 'fast-check'
import { expect, it } from 'vitest'
import { formatBaggage, parseBaggage } from './trace-context.ts'

it('keeps the members of others and replaces its own', () => {
  const header = formatBaggage('a=1;p=x, whodid.correlation.id=old ,b=%20', [
    ['whodid.correlation.id', 'new id'],
    ['whodid.delegator.id', ''],
  ])
  expect(header).toBe('a=1;p=x,b=%20,whodid.correlation.id=new%20id')
})

it('passes over what is not its own, does not decode, or comes again', () => {
  const found = parseBaggage(
    'other=1,whodid.correlation.id=first;ttl=1,whodid.correlation.id=second,whodid.plan.ref=%E0%A4,garbage,=,',
  )
  expect([...found]).toEqual([['whodid.correlation.id', 'first']])
})

it('stays within 8,192 bytes and leaves out what does not fit', () => {
  const header = formatBaggage(`a=${'x'.repeat(8000)}`, [
    ['whodid.delegation.chain', 'y'.repeat(500)],
    ['whodid.correlation.id', 'fits'],
  ])
  expect(header.length).toBeLessThanOrEqual(8192)
  expect(parseBaggage(header).get('whodid.correlation.id')).toBe('fits')
  expect(parseBaggage(header).has('whodid.delegation.chain')).toBe(false)
})

it('carries any identifier over unchanged, and reads anything without throwing', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), (id) => {
      const header = formatBaggage('', [['whodid.delegator.id', id]])
      expect(header).toMatch(/^[\x21-\x7e]*$/u)
      expect(parseBaggage(header).get('whodid.delegator.id')).toBe(id.toWellFormed())
    }),
  )
  fc.assert(fc.property(fc.string(), (header) => void parseBaggage(header)))
})
