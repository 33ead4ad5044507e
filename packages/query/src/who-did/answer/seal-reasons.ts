import type { Reason } from '@whodid/model'
import type { EvidenceRecord } from '../evidence/evidence-record.ts'
import { nameOrNone, nameOrNull } from '../../text.ts'

/** A reason before it is tied to a record. */
type BareReason = Pick<Reason, 'code' | 'text'>

type SealedRecord = Pick<
  EvidenceRecord,
  'seal_result' | 'seal_claims' | 'seal' | 'seal_key' | 'seal_token'
>

/** Returns the reason that tells of a record's seal, or of the token that it names; undefined where it has neither. */
export function sealReason(record: SealedRecord): BareReason | undefined {
  const { seal_result: result, seal_claims: claims } = record
  const backed = claims.split(' ').join(', ')
  const [key, token] = [nameOrNone(record.seal_key), nameOrNone(record.seal_token)]
  if (result === 'verified' && claims !== '')
    return {
      code: 'instance_sealed',
      text: `The instance’s own key ${key} has signed the record (seal ${nameOrNone(record.seal)}), and its token ${token} says the same of: ${backed}.`,
    }
  if (result === 'unsealed' && claims !== '')
    return {
      code: 'token_names_instance',
      text: `The sender has proven to hold the key of the instance token ${token}, which says the same of: ${backed}. The record itself is not signed.`,
    }
  if (result === 'verified') return { code: 'seal_not_verified', text: backsNothing }
  const why = whyNotVerified.get(result)
  return why === undefined ? undefined : { code: 'seal_not_verified', text: why }
}

/** Returns the reason for a record that its own seal contradicts; undefined for any other. */
export function sealContradiction(record: SealedRecord | undefined): BareReason | undefined {
  const why = whyContradicted.get(record?.seal_result ?? '')
  if (record === undefined || why === undefined) return undefined
  const seal = nameOrNull(record.seal)
  return { code: 'seal_contradicts', text: `${why}${seal === null ? '' : ` (seal ${seal})`}.` }
}

const whyContradicted: ReadonlyMap<string, string> = new Map([
  [
    'mismatch',
    'The record is not what the instance signed: it was changed, or the seal does not cover it',
  ],
  ['bad_signature', 'The record names a seal that the key of its token did not sign'],
  ['other_instance', 'The record was signed by another instance than the one that it names'],
  ['other_delegator', 'The record names another person than the instance’s own token does'],
])

const unproven = 'its claims are as good as its sender'

const backsNothing = `The instance has signed the span, but the seal does not cover all that the record says: it names no instance of an agent itself, or a part of it came from elsewhere (the resource, or an attribute that is not signed): ${unproven}.`

const whyNotVerified: ReadonlyMap<string, string> = new Map([
  ['malformed', `The record names a seal that is none: ${unproven}.`],
  ['unknown_key', `The record names a key or a token that was not registered: ${unproven}.`],
  [
    'other_token',
    `The record names a token of another instance, or one that another sender registered: ${unproven}.`,
  ],
  ['wrong_time', `The seal of the record is of another time than its token: ${unproven}.`],
  ['expired', `The instance token had ended when the record came: ${unproven}.`],
  ['revoked', `The instance was stopped when its record came: ${unproven}.`],
  ['replayed', `The seal of the record bears a number that another seal had before: ${unproven}.`],
  ['too_many', `The record came with more seals than are verified at once: ${unproven}.`],
  ['absent', `The record names a seal that did not come with it: ${unproven}.`],
])
