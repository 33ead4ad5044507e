import { formatInstant } from '@whodid/model'
import type { AuthorityAnswer } from '@whodid/model'
import { hasExpired } from '../registry/registry-row.ts'
import { nameOrNull } from '../text.ts'
import { boundScopes } from './bound-scopes.ts'
import type { KnownGrant } from './bound-scopes.ts'
import { decideAct, decideState } from './decide-authority.ts'
import type { GatheredAuthority } from './gather-authority.ts'
import type { AuthorityQuestion } from './question.ts'
import { gradeOfBacking, templateOf } from './read-facts.ts'
import type { DelegationRow } from './read-facts.ts'
import { hasEnded, namesOrNull } from './authority-lists.ts'
import { obstaclesOf, unknownsOf } from './word-authority.ts'

type Gathered = GatheredAuthority & Pick<AuthorityAnswer, 'integrity'>

/** The decided parts of an answer. */
export function judgeAuthority(
  question: AuthorityQuestion,
  gathered: Gathered,
): Pick<
  AuthorityAnswer,
  'question' | 'state' | 'reasons' | 'decision' | 'template' | 'scopes' | 'unknowns'
> {
  const { facts, ancestors, stops } = gathered
  const { registration } = gathered.registry
  const { at, tool, resource } = question
  const template = templateOf(facts)
  const obstacles = obstaclesOf(question, gathered)
  const grants = grantsOf(facts.delegations, at)
  const { state, reasons } = decideState({
    obstacles,
    stops,
    template: nameOrNull(template ?? '') ?? '',
    registration,
    registrationExpired: registration !== null && hasExpired(registration, at),
    delegationsExpired: grants.length > 0 && grants.every(({ expired }) => expired),
  })
  const act = decideAct({ state, reasons, registration, tool, resource })
  const grade = template === undefined ? 'none' : (gradeOfBacking[facts.templateBacking] ?? 'none')
  const scopes = boundScopes({
    ceiling: registration?.scopes ?? null,
    grants,
    parents: ancestors.map((ancestor) => ({
      instance: nameOrNull(ancestor.instance) ?? '',
      grants: grantsOf(ancestor.facts.delegations, at),
    })),
  })
  const isReason = (code: string): boolean => reasons.some((reason) => reason.code === code)
  return {
    question: {
      instance: nameOrNull(question.instance) ?? '',
      at: formatInstant(at),
      tool: nameOrNull(tool ?? ''),
      resource: nameOrNull(resource ?? ''),
    },
    state,
    reasons: [...reasons],
    decision: act && { ...act, grade },
    template: template === undefined ? null : { id: nameOrNull(template) ?? '', grade },
    scopes,
    unknowns: [
      ...obstacles.filter(({ code }) => !isReason(code)),
      ...gathered.unknowns,
      ...unknownsOf(facts, registration, scopes),
    ],
  }
}

/** The delegations that state a grant; a record that names the delegator alone states none. */
function grantsOf(delegations: readonly DelegationRow[], at: bigint): readonly KnownGrant[] {
  return delegations
    .filter(({ id, expires, scopes }) => id !== '' || expires !== '' || scopes.length > 0)
    .map(({ expires, scopes }) => ({
      scopes: namesOrNull(scopes),
      expired: hasEnded(expires, at),
    }))
}
