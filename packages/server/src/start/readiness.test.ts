import { describe, expect, it } from 'vitest'
import { missingOf } from './readiness.ts'

const well = { isStoreFailing: false, sealFailure: '', checkpointAgeMs: 46_000 }

describe('missingOf a collector', () => {
  it('is nothing while all is well, an idle log included', () => {
    expect(missingOf(well)).toEqual([])
  })

  it.each([
    [
      'the tree does not agree',
      { sealFailure: 'the tile expected another hash' },
      'nothing is sealed any more: the tile',
    ],
    [
      'the disk lets no checkpoint through',
      { checkpointAgeMs: 200_000 },
      'nothing has been sealed for 200 seconds',
    ],
    ['ClickHouse takes nothing', { isStoreFailing: true }, 'ClickHouse does not take'],
  ])('says what is missing when %s', (_, what, told) => {
    expect(missingOf({ ...well, ...what })).toEqual([expect.stringContaining(told)])
  })
})
