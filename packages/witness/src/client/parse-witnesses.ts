import { printableLine, trimEnd, WhodidError } from '@whodid/model'
import { parseVkey, ProofError } from '@whodid/tlog'
import type { NoteVerifier } from '@whodid/tlog'
import type { WitnessEndpoint } from './submit-checkpoint.ts'

/** Most witnesses a log submits to: the number that a policy must be able to name (C2SP tlog-policy). */
const witnessesMax = 32

/**
 * Reads the witnesses a log submits to: `<vkey> <url>` each, one a line or separated by `;`, `#` beginning a comment line.
 *
 * Throws `invalid_config`, whose message names `setting` and the wrong value.
 */
export function parseWitnesses(text: string, setting: string): WitnessEndpoint[] {
  const witnesses = text
    .split(/[\n;]/u)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => parseWitness(line, setting))
  if (witnesses.length > witnessesMax)
    throw invalid(setting, `at most ${witnessesMax} witnesses`, `${witnesses.length}`)
  const twice = witnesses.find(({ key }, place) =>
    witnesses.slice(0, place).some((other) => other.key.publicKey.equals(key.publicKey)),
  )
  if (twice !== undefined) throw invalid(setting, 'each key once', twice.key.vkey)
  return witnesses
}

function parseWitness(line: string, setting: string): WitnessEndpoint {
  const [vkey = '', url = '', ...rest] = line.split(/\s+/u)
  const key = readVkey(vkey, line, setting)
  if (key.kind !== 'cosignature') throw invalid(setting, 'a witness’s key, of type 4', line)
  if (rest.length > 0 || !URL.canParse(url) || !/^https?:$/u.test(new URL(url).protocol))
    throw invalid(setting, '"<vkey> <http or https URL>"', line)
  return { key, url: trimEnd(url, '/') }
}

function readVkey(vkey: string, line: string, setting: string): NoteVerifier {
  try {
    return parseVkey(vkey)
  } catch (error) {
    if (!(error instanceof ProofError)) throw error
    throw invalid(setting, `"<vkey> <URL>" (${error.message})`, line)
  }
}

function invalid(setting: string, expected: string, got: string): WhodidError {
  return new WhodidError(
    'invalid_config',
    `${setting} expected ${expected}; got "${printableLine(got, 120)}"`,
  )
}
