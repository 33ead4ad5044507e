import type { Schemas } from '../api-client.ts'
import { renderInstant } from '../time/instant.ts'
import { renderRegistrations } from './render-registrations.ts'
import { factLines, wrapText } from './terminal-text.ts'
import type { Palette } from './terminal-text.ts'

type Answer = Schemas['AuthorityAnswer']

/** The authority of an instance for a person: the sentence, the state, and what it rests on. */
export function renderAuthority(answer: Answer, palette: Palette, width: number): string[] {
  const { registration, state, template, integrity } = answer
  const facts = factLines(
    {
      State: state,
      Template: template === null ? 'unknown' : `${template.id} (${template.grade})`,
      Scopes: scopesOf(answer),
      Delegations: answer.delegations.map(describeDelegation),
      Credentials: answer.credentials.map(({ id, type, expired }) =>
        [type, id, expired ? 'ended' : null].filter((part) => part !== null).join(' '),
      ),
      Approvals: answer.approvals.map(({ decision, tool, resource, approver }) =>
        [decision, tool, resource, approver === null ? null : `by ${approver}`]
          .filter((part) => part !== null)
          .join(' '),
      ),
      Stops: answer.stops.map(
        ({ state: stopped, target, since, cause }) =>
          `${target.kind} ${target.id} ${stopped} at ${renderInstant(since)}: ${cause}`,
      ),
      Unknown: answer.unknowns
        .filter(({ code }) => code !== 'scopes_not_stated')
        .map(({ text }) => text.replace(/\.$/u, '')),
      Proof: `${integrity.state}, ${integrity.records.length} records`,
    },
    palette,
  )
  return [
    ...wrapText(answer.summary, width),
    '',
    ...facts,
    ...(registration === null
      ? []
      : [
          '',
          ...renderRegistrations([{ ...registration, in_force: state !== 'expired' }], palette),
        ]),
  ]
}

function scopesOf({ scopes }: Answer): string {
  if (scopes.at_most === null) return 'unknown'
  const bound = scopes.at_most.length === 0 ? 'none' : `at most ${scopes.at_most.join(' ')}`
  return scopes.unknown.length === 0 ? bound : `${bound}; unknown: ${scopes.unknown.join(', ')}`
}

function describeDelegation(delegation: Answer['delegations'][number]): string {
  const { id, delegator, expires_at: end, expired, grade } = delegation
  const parts = [
    id,
    delegator === null ? null : `for ${delegator.id}`,
    end === null ? null : `${expired ? 'ended' : 'until'} ${end}`,
    `(${grade})`,
  ]
  return parts.filter((part) => part !== null).join(' ')
}
