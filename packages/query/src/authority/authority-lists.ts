import { approvalDecisions, parseInstant, printableLine } from '@whodid/model'
import type { AuthorityAnswer } from '@whodid/model'
import { nameOrNull, toInstant } from '../text.ts'
import { gradeOfBacking } from './read-facts.ts'
import type { ApprovalRow, CredentialRow, DelegationRow, InstanceFacts } from './read-facts.ts'
import { listedMax } from './sql.ts'

/** Returns true for an end that had come by an instant. An end that is no time ends nothing: it is shown as it stands. */
export function hasEnded(expires: string, at: bigint): boolean {
  try {
    return expires !== '' && parseInstant(expires, 'expires_at') <= at
  } catch {
    // The record says something that is no instant.
    return false
  }
}

/** The lists of an answer. */
export type AuthorityLists = Pick<AuthorityAnswer, 'delegations' | 'approvals' | 'credentials'>

/** Returns the lists of an answer, each cut to its bound. */
export function listsOf(
  { delegations, approvals, credentials }: InstanceFacts,
  at: bigint,
): AuthorityLists {
  return {
    delegations: delegations.slice(0, listedMax).map((row) => shapeDelegation(row, at)),
    approvals: approvals.slice(0, listedMax).flatMap(shapeApproval),
    credentials: credentials.slice(0, listedMax).map((row) => shapeCredential(row, at)),
  }
}

/** A delegation for the answer. */
function shapeDelegation(row: DelegationRow, at: bigint): AuthorityAnswer['delegations'][number] {
  return {
    id: nameOrNull(row.id),
    parent_id: nameOrNull(row.parent),
    delegator:
      row.delegator === ''
        ? null
        : {
            id: nameOrNull(row.delegator) ?? '',
            type: nameOrNull(row.type),
            issuer: nameOrNull(row.delegator_issuer),
          },
    issuer: nameOrNull(row.issuer),
    audience: nameOrNull(row.audience),
    expires_at: nameOrNull(row.expires),
    expired: hasEnded(row.expires, at),
    scopes: namesOrNull(row.scopes),
    chain: row.chain.map((each) => printableLine(each)),
    ...placeOf(row),
  }
}

/** A decision on an act for the answer. */
function shapeApproval(row: ApprovalRow): AuthorityAnswer['approvals'] {
  const decision = approvalDecisions.find((known) => known === row.decision)
  if (decision === undefined) return []
  return [
    {
      decision,
      tool: nameOrNull(row.tool),
      resource: nameOrNull(row.resource),
      action: nameOrNull(row.action),
      approver: nameOrNull(row.approver),
      source: nameOrNull(row.source),
      policy: nameOrNull(row.policy),
      reason: nameOrNull(row.reason),
      ...placeOf(row),
    },
  ]
}

/** A credential for the answer. */
function shapeCredential(row: CredentialRow, at: bigint): AuthorityAnswer['credentials'][number] {
  return {
    id: nameOrNull(row.id) ?? '',
    type: nameOrNull(row.type),
    issuer: nameOrNull(row.issuer),
    subject: nameOrNull(row.subject),
    borrowed: row.borrowed,
    scopes: namesOrNull(row.scopes),
    expires_at: nameOrNull(row.expires),
    expired: hasEnded(row.expires, at),
    ...placeOf(row),
  }
}

/** The scopes that a record states; null for none, since a record cannot state that there are none. */
export function namesOrNull(names: readonly string[]): string[] | null {
  return names.length === 0 ? null : names.map((each) => printableLine(each))
}

function placeOf({
  received,
  span,
  backing,
}: Pick<DelegationRow, 'received' | 'span' | 'backing'>): Pick<
  AuthorityAnswer['delegations'][number],
  'received_at' | 'span' | 'grade'
> {
  return { received_at: toInstant(received), span, grade: gradeOfBacking[backing] ?? 'none' }
}
