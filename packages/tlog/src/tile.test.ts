import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { entriesPath, isInTree, parseTilePath, tilePath } from './tile.ts'

describe('tile paths', () => {
  it('are those of the specification', () => {
    expect(tilePath({ level: 0, index: 1_234_067 })).toBe('tile/0/x001/x234/067')
    expect(tilePath({ level: 2, index: 0, width: 1 })).toBe('tile/2/000.p/1')
    expect(tilePath({ level: 63, index: 999 })).toBe('tile/63/999')
    expect(tilePath({ level: 1, index: 1000, width: 256 })).toBe('tile/1/x001/000')
    expect(entriesPath({ index: 273, width: 112 })).toBe('tile/entries/273.p/112')
  })

  it('come back', () => {
    const tiles = fc.record({
      level: fc.oneof(fc.nat({ max: 63 }), fc.constant('entries' as const)),
      index: fc.maxSafeNat(),
      width: fc.integer({ min: 1, max: 256 }),
    })
    fc.assert(
      fc.property(tiles, (tile) => {
        const { level } = tile
        const path = level === 'entries' ? entriesPath(tile) : tilePath({ ...tile, level })
        expect(parseTilePath(path)).toEqual(tile)
      }),
    )
  })

  it.each([
    'tile/0/0',
    'tile/00/000',
    'tile/64/000',
    'tile/0/x000/001',
    'tile/0/1000',
    'tile/0/x001/x002',
    'tile/0/000.p/0',
    'tile/0/000.p/256',
    'tile/0/000.p/01',
    'tile/0/000.p/',
    'tile/0/000/',
    'tile/0/../../keys/log',
    'tile/entries/%30%30%30',
    '/tile/0/000',
    'tile/0/000\n',
    'tile/0/x999/x999/x999/x999/x999/999',
    'checkpoint',
    '',
  ])('%j is none', (path) => {
    expect(parseTilePath(path)).toBeUndefined()
  })

  it('are only made of tiles there can be', () => {
    for (const bad of [
      { level: -1 },
      { level: 64 },
      { index: -1 },
      { index: 0.5 },
      { index: 2 ** 53 },
      { width: 0 },
      { width: 257 },
    ])
      expect(() => tilePath({ level: 0, index: 0, ...bad })).toThrow(
        expect.objectContaining({ code: 'invalid_range' }),
      )
  })
})

it.each([
  ['tile/0/000', 255, false],
  ['tile/0/000', 256, true],
  ['tile/0/000.p/7', 6, false],
  ['tile/0/000.p/7', 7, true],
  ['tile/0/000.p/7', 1000, true],
  ['tile/0/001.p/1', 256, false],
  ['tile/0/001.p/1', 257, true],
  ['tile/1/000.p/1', 255, false],
  ['tile/1/000.p/1', 256, true],
  ['tile/1/000', 65_535, false],
  ['tile/1/000', 65_536, true],
  ['tile/entries/000.p/3', 2, false],
  ['tile/entries/000.p/3', 3, true],
  ['tile/0/000.p/0', 9, false],
  ['checkpoint', 9, false],
  ['', 9, false],
])('%s is in the tree of %d leaves: %s', (path, size, isThere) => {
  expect(isInTree(path, size)).toBe(isThere)
})
