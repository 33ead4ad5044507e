import { seededChance } from '../chance.ts'
import { encodeAs } from './encode-as.ts'
import { fillTemplate } from './fill-template.ts'
import { formLines } from './form-lines.ts'
import { innocentFileLines } from './innocent-file-lines.ts'
import { innocentLines } from './innocent-lines.ts'
import { tokenPlaces, vendorLines } from './vendor-lines.ts'

/** A text, and the secret in it. */
export interface LabelledSample {
  readonly kind: string
  /** The redactor's rules were looked at beside the tuning part only; the other tells whether they hold for texts nobody looked at. */
  readonly part: 'tuning' | 'held-out'
  readonly text: string
  /** What must be gone; none of an innocent text, which must come back as it is. */
  readonly secrets: readonly string[]
}

const marked = /«([^»]*)»/gu

/**
 * A labelled set for the redactor: secrets of many issuers and forms, and as many texts that hold none. Made anew from
 * `seed` on each call, always the same; no secret of it is anybody's.
 */
export function labelledSamples(seed = 20_261_128): LabelledSample[] {
  const chance = seededChance(seed)
  const samples: LabelledSample[] = []
  let count = 0
  const add = (kind: string, template: string): void => {
    const [, encoding = '', body = ''] = /^(?:([a-z0-9]+)\|)?([\s\S]*)$/u.exec(template) ?? []
    const filled = fillTemplate(body, chance)
    const encoded = encodeAs(encoding, filled.replace(marked, '$1'))
    const secrets = encoding.startsWith('b64')
      ? encodedRuns(encoded, filled)
      : Array.from(filled.matchAll(marked), ([, secret = '']) => secret)
    count += 1
    samples.push({ kind, part: count % 2 === 0 ? 'tuning' : 'held-out', text: encoded, secrets })
  }
  let place = 0
  for (const [kind, ...templates] of vendorLines)
    for (const template of templates) {
      place += 1
      const around = tokenPlaces[place % tokenPlaces.length] ?? tokenPlaces[0]
      add(
        `token: ${kind}`,
        around.replace('@', () => `«${template}»`),
      )
    }
  for (const [kind, ...templates] of formLines)
    for (const template of templates) add(`form: ${kind}`, template)
  for (const [kind, ...templates] of [...innocentLines, ...innocentFileLines])
    for (const template of templates) add(`innocent: ${kind}`, template)
  return samples
}

/** The base64 in a text, where what is encoded is a secret. */
function encodedRuns(encoded: string, filled: string): string[] {
  return filled.includes('«') ? (encoded.match(/[\w+/-]{16,}/gu) ?? []) : []
}
