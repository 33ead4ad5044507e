import fc from 'fast-check'
import { blankRecord, recordFields, restFields } from '@whodid/model'
import type { LedgerRecord, RecordField, RestField } from '@whodid/model'

type AnyField = RecordField | RestField

/** Every field that is written: those with a column, and the members of "rest" in its place. */
const fields: readonly AnyField[] = [
  ...recordFields.filter(({ column }) => column !== 'rest'),
  ...restFields,
]

/** Text that encodings trip over: NUL, trailing zeroes, combining characters, quotes, what looks like another field. */
const traps = [
  '',
  '\0',
  'a\0\0',
  '\0\0\0\0',
  '🛰',
  'e\u0301',
  '\ufeff',
  '\\N',
  "'",
  '\n',
  '\u202e',
  '0',
  ' ',
]

const text = fc.oneof(
  fc.constant(''),
  fc.constantFrom(...traps),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 40 }).map((value) => value.toWellFormed()),
  // Around the lengths at which a VarUInt takes one byte more.
  fc
    .constantFrom(127, 128, 300, 16_383, 16_384)
    .map((length) => 'ä'.repeat(length / 2).padEnd(length, 'x')),
)

/** Any record that the normalizer could have made, and some that it would have cut. */
export const anyRecord: fc.Arbitrary<LedgerRecord> = fc
  .tuple(...fields.map(valueOf))
  .map((values) => recordOf(values))

/** The field's name in a record: the one that its reader reads. */
function fieldName(field: AnyField): string {
  const seen: string[] = []
  const spy: ProxyHandler<LedgerRecord> = {
    get: (target, property: string): unknown => {
      seen.push(property)
      return Reflect.get(target, property)
    },
  }
  field.read(new Proxy(blankRecord(), spy))
  return seen[0] ?? ''
}

/** A record with these values in the order of the fields. */
function recordOf(values: readonly unknown[]): LedgerRecord {
  const record = blankRecord()
  for (const [index, field] of fields.entries())
    Object.assign(record, { [fieldName(field)]: values[index] })
  return record
}

function valueOf(field: AnyField): fc.Arbitrary<unknown> {
  switch (field.kind) {
    case 'text':
      return text
    case 'list':
      return fc.oneof(fc.constant([]), fc.array(text, { maxLength: 4 }))
    case 'fixed':
      return hexOf(field.bytes)
    case 'time':
      // A row's partition is the month of its receipt, and one insert may meet a hundred months.
      return fc.constantFrom(-(2n ** 60n), -1n, 0n, 1n, 1_763_800_000_123_456_789n, 2n ** 62n)
    case 'bool':
      return fc.boolean()
    case 'count':
      return fc.nat(255)
    case 'uint32':
      return fc.oneof(fc.constantFrom(0, 2 ** 31, 2 ** 32 - 1), fc.nat())
    case 'uint64':
      return fc.maxSafeNat()
    case 'number':
      return fc.oneof(fc.constantFrom(-1, 0, 2 ** 32, -(2 ** 40)), fc.maxSafeInteger())
  }
}

/** IDs that end in zero bytes among them: functions that make text of a FixedString cut those. */
function hexOf(bytes: number): fc.Arbitrary<string> {
  const whole = fc
    .uint8Array({ minLength: bytes, maxLength: bytes })
    .map((value) => Buffer.from(value).toString('hex'))
  return fc.oneof(
    fc.constant(''),
    whole,
    whole.map((hex) => `${hex.slice(0, -6)}000000`),
  )
}
