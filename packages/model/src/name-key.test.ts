import { expect, test } from 'vitest'
import { nameKey } from './name-key.ts'

// Each key as ClickHouse 26.7 gives it, for example SELECT sipHash64('instance', 'triage-1').
test.each([
  ['instance', 'triage-1', '1747938204845451964'],
  ['instance', '', '16832631437285259541'],
  ['resource', 'github:pull:acme/app/812', '12253517608316925908'],
  ['correlation', '1234567', '11599289287708290387'],
  ['credential', '12345678', '14664835700722416435'],
  ['delegator', 'Zoë 山田 😀', '7216211717922879795'],
  ['trace', '0af7651916cd43dd8448eb211c80319c', '6655806536254545627'],
])('the key of the %s "%s" is the engine’s', (kind, name, key) => {
  expect(nameKey(kind, name)).toBe(BigInt(key))
})
