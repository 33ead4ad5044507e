import { outcomes, recordKinds } from '@whodid/model'
import type { WhoDidAnswer } from '@whodid/model'
import type { EvidenceRecord } from './evidence/evidence-record.ts'
import { toldOutcome } from './explain-act.ts'
import type { ShownAct } from './explain-act.ts'
import { outcomeGrade } from './outcome-reason.ts'
import { nameOrNull, toInstant } from './text.ts'

/** The act itself; null when there is none. */
export function describeAction(
  subject: EvidenceRecord | undefined,
  act: ShownAct | undefined,
): WhoDidAnswer['action'] {
  if (subject === undefined) return null
  const shown = act ?? subject
  return {
    id: nameOrNull(subject.action) ?? subject.key,
    span: subject.key,
    verb: nameOrNull(shown.verb) ?? '',
    outcome: outcomes.find((outcome) => outcome === shown.outcome) ?? null,
    outcome_grade: outcomeGrade(act === undefined ? subject : toldOutcome(act)),
    tool: nameOrNull(shown.tool),
    resource:
      shown.resource === ''
        ? null
        : { id: nameOrNull(shown.resource) ?? '', type: nameOrNull(shown.resource_type) ?? '' },
    started_at: toInstant(subject.ts),
    ended_at: toInstant(subject.end_ts),
    record_kind: recordKinds.find((kind) => kind === subject.kind) ?? 'other',
    exporter: {
      name: nameOrNull(subject.exporter) ?? '',
      entitled: subject.channel === 'entitled',
    },
  }
}

/** The credential the act used, or the call it was part of. */
export function describeCredential(trail: readonly EvidenceRecord[]): WhoDidAnswer['credential'] {
  const user = trail.find(
    (record) =>
      record.credential !== '' && (record.kind === 'tool_call' || record.kind === 'action'),
  )
  if (user === undefined) return null
  return {
    id: nameOrNull(user.credential) ?? '',
    type: nameOrNull(user.credential_type),
    subject: nameOrNull(user.credential_subject),
    actor: nameOrNull(user.credential_actor),
    issuer: nameOrNull(user.credential_issuer),
    borrowed: user.credential_borrowed,
    scopes: user.credential_scopes.map((scope) => nameOrNull(scope) ?? ''),
  }
}
