import { claimOf, isClaims, optionalText, textClaim } from './claims.ts'
import type { Claims } from './claims.ts'
import { identityLimits } from './identity-limits.ts'
import { RefusedToken } from './refused-token.ts'

/** One who acts or acted, as an `act` claim names it. */
export interface ActHop {
  readonly issuer: string | undefined
  readonly subject: string
  readonly clientId: string | undefined
  readonly profile: string | undefined
}

/**
 * Reads the `act` claim of RFC 8693 into the agents, the acting one first, then those before it. Empty where there is no `act`.
 *
 * Only the first may decide access; the others are told and not proven. Throws {@link RefusedToken} `act_too_deep` past five hops,
 * `act_loop` where an agent occurs twice, `malformed_claim`.
 */
export function readActChain(claims: Claims): readonly ActHop[] {
  const hops: ActHop[] = []
  const known = new Set<string>()
  let act = claimOf(claims, 'act')
  while (act !== undefined) {
    if (hops.length >= identityLimits.hopsMax)
      throw new RefusedToken('act_too_deep', `"act" is nested past ${identityLimits.hopsMax} hops`)
    if (!isClaims(act)) throw new RefusedToken('malformed_claim', '"act" expected an object')
    const hop = {
      issuer: optionalText(act, 'iss'),
      subject: textClaim(act, 'sub'),
      clientId: optionalText(act, 'client_id'),
      profile: optionalText(act, 'sub_profile'),
    }
    const name = JSON.stringify([hop.issuer ?? '', hop.subject])
    if (known.has(name)) throw new RefusedToken('act_loop', 'an agent occurs twice in "act"')
    known.add(name)
    hops.push(hop)
    act = claimOf(act, 'act')
  }
  return hops
}

/** Makes the `act` claim of the acting agent and those before it. Throws as {@link readActChain} reads. */
export function nestAct(hops: readonly ActHop[]): Claims {
  let act: Claims | undefined
  for (const { issuer, subject, clientId, profile } of hops.toReversed())
    act = {
      ...(issuer === undefined ? {} : { iss: issuer }),
      sub: subject,
      ...(profile === undefined ? {} : { sub_profile: profile }),
      ...(clientId === undefined ? {} : { client_id: clientId }),
      ...(act === undefined ? {} : { act }),
    }
  if (act === undefined) throw new RefusedToken('missing_claim', 'nobody acts')
  readActChain({ act })
  return act
}
