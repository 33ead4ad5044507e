import { printableLine, WhodidError } from '@whodid/model'

/** A field's text as one printable line without space around it. Throws `invalid_parameter` for one that is too short or too long. */
export function boundedLine(
  field: string,
  text: string,
  { min, max }: { readonly min: number; readonly max: number },
): string {
  const line = printableLine(text.trim(), text.length + 1)
  // As the document counts: characters, not UTF-16 units.
  const count = Array.from(line).length
  if (count >= min && count <= max) return line
  throw new WhodidError(
    'invalid_parameter',
    `"${field}" expected ${min}–${max} characters; got ${count}`,
  )
}
