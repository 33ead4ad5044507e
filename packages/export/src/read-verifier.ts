import { readFileSync } from 'node:fs'

/** The verifier that goes into packages: one file, with the code that decides answers at its end. */
export function readVerifier(): Buffer {
  return readFileSync(new URL('../verify.mjs', import.meta.url))
}

/**
 * The name of the decision code in the verifier, which is that of the code that runs here: a test holds the two to one
 * text. '' when there is none: an own bug.
 */
export function decisionCodeId(): string {
  const end = readVerifier().subarray(-idWithin).toString('latin1')
  return /id: '([0-9a-f]+)' \}\)\n/u.exec(end)?.[1] ?? ''
}

/** Bytes at the end of the file among which the name stands. */
const idWithin = 400
