import { WhodidError } from '@whodid/model'
import { describe, expect, it } from 'vitest'
import { fullDiskError } from './start-errors.ts'

const systemError = (code: string): Error => Object.assign(new Error(`${code}: write`), { code })

describe('fullDiskError', () => {
  it.each([
    ['a file that could not be written', systemError('ENOSPC')],
    ['a quota', systemError('EDQUOT')],
    [
      'what another error was caused by',
      new WhodidError('invalid_config', 'WHODID_DATA_DIR cannot be used', {
        cause: systemError('ENOSPC'),
      }),
    ],
    [
      'the end of the log of ClickHouse',
      new WhodidError('engine_failed', 'ClickHouse did not start', {
        cause: 'Cannot write to file: errno: 28, strerror: No space left on device',
      }),
    ],
  ])('says log_full, and where, of %s', (_, thrown) => {
    const told = fullDiskError(thrown, '/data')
    expect(told).toMatchObject({ code: 'log_full' })
    expect(String(told)).toContain('/data is full')
  })

  it('leaves other failures as they are, and a log_full that says more', () => {
    const full = new WhodidError('log_full', 'the log in /data/log could not be opened')
    for (const thrown of [systemError('EACCES'), full, undefined, 'text'])
      expect(fullDiskError(thrown, '/data')).toBe(thrown)
  })
})
