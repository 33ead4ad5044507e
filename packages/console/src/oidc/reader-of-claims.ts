import { createHash } from 'node:crypto'
import { printableLine, WhodidError } from '@whodid/model'
import type { ConsoleReader } from '../session/console-reader.ts'
import type { OidcOptions } from './oidc-options.ts'

/** Claims that the provider made of a person. The ID token was checked before; its values are still what somebody typed. */
export type Claims = Readonly<Record<string, unknown>> & { readonly sub: string }

/** Groups of a person that are looked at. */
const groupsMax = 1_000

/** Characters of a reader's name. */
const nameLengthMax = 200

/**
 * Returns the reader that claims stand for: its role and tenant come from the first rule whose group is among those claimed. Throws
 * `forbidden` for a person in none of them.
 */
export function readerOfClaims(claims: Claims, options: OidcOptions): ConsoleReader {
  const { groupRules, groupsClaim, issuer } = options
  const groups = new Set(textsOf(claims[groupsClaim]).slice(0, groupsMax))
  const rule = groupRules.find(({ group }) => groups.has(group))
  const name = nameOf(claims, options)
  if (rule === undefined)
    throw new WhodidError(
      'forbidden',
      groups.size === 0
        ? `${name} signed in, and the provider names no group of theirs in the claim "${groupsClaim}"; an administrator gives access by a group`
        : `${name} signed in, and none of their groups may read here; an administrator gives access by a group`,
    )
  const sha256 = createHash('sha256').update(`oidc ${issuer} ${claims.sub}`).digest('hex')
  return { name, role: rule.role, tenant: rule.tenant, sha256 }
}

/**
 * Names a person. A name has an `@`, which no token's has, so that nobody signs in under the name of a token. An address that the
 * provider says it did not verify is no name.
 */
function nameOf(claims: Claims, { nameClaim, issuer }: OidcOptions): string {
  const claimed = claims[nameClaim]
  const isVerified = nameClaim !== 'email' || claims['email_verified'] !== false
  const text = typeof claimed === 'string' && isVerified ? claimed : claims.sub
  const line = printableLine(text, nameLengthMax)
  return line.includes('@') && isVerified && text === claimed
    ? line
    : `${line.replaceAll('@', '_')}@${new URL(issuer).host}`
}

function textsOf(claim: unknown): string[] {
  if (typeof claim === 'string') return [claim]
  return Array.isArray(claim) ? claim.filter((one) => typeof one === 'string') : []
}
