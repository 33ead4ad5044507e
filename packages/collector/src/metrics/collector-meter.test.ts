import { WhodidError } from '@whodid/model'
import { expect, test } from 'vitest'
import { CollectorMeter } from './collector-meter.ts'

const levels = { logBytes: 0, oldestUnstoredAgeMs: 0, unstoredSegments: 0 }

test('a refusal is 0 before the first, so that the first is an increase', () => {
  const meter = new CollectorMeter(() => undefined)
  // Sound: a meter passes the levels on as they are.
  const read = (): Readonly<Record<string, number>> => meter.read(levels as never).refusals
  expect(read()).toMatchObject({ log_full: 0, log_failed: 0, unauthenticated: 0 })
  meter.failed(new WhodidError('log_full', 'the log is full'))
  meter.failed(new WhodidError('not_sealed', 'a code of elsewhere counts too'))
  expect(read()).toMatchObject({ log_full: 1, log_failed: 0, not_sealed: 1 })
})
