import type { Input, Reason } from '@whodid/model'
import { decidingReason } from './deciding-reason.ts'
import type { BareReason } from './deciding-reason.ts'
import type { Question } from './question.ts'
import { nameOrNull } from './text.ts'
import type { KinRecord, WhoDidRow } from './who-did-row.ts'

/** Sources of untrusted content named in one reason; the inputs list them all. */
const sourcesMax = 5

/** Why the verdict is what it is: what decided it first, then what a responder should weigh beside it. */
export function explainVerdict(
  question: Question,
  row: WhoDidRow,
  inputs: readonly Input[],
): Reason[] {
  const subject = row.trail[0]
  const span = subject === undefined || subject.key === '' ? null : subject.key
  const deciding = { ...decidingReason(question, row), span }
  if (row.verdict === 'undetermined' || subject === undefined) return [deciding]
  const beside = [
    inferredReason(row, subject),
    exporterReason(row, subject),
    delegatorReason(row),
    credentialReason(subject),
  ]
  return [
    deciding,
    ...beside.flatMap((reason) => (reason === undefined ? [] : [{ ...reason, span }])),
    ...untrustedReason(row, inputs),
  ]
}

function inferredReason(row: WhoDidRow, subject: KinRecord): BareReason | undefined {
  if (row.verdict !== 'agent' || row.claim_grades[1] !== 'inferred') return undefined
  return subject.instance === ''
    ? {
        code: 'inherited_from_ancestor',
        text: 'The act’s own record does not name the instance; the nearest record it stands under does.',
      }
    : {
        code: 'inferred_from_convention',
        text: 'The instance was derived from another vocabulary’s attributes by a named rule.',
      }
}

function exporterReason(row: WhoDidRow, subject: KinRecord): BareReason | undefined {
  if (row.grade !== 'channel') return undefined
  return {
    code: 'exporter_entitled',
    text: `The exporter "${nameOrNull(subject.exporter) ?? ''}" was authenticated and may speak for this actor.`,
  }
}

function delegatorReason(row: WhoDidRow): BareReason | undefined {
  if (row.delegator === '') return undefined
  return {
    code: 'delegator_on_record',
    text: `The instance acts for ${row.delegator_type} ${nameOrNull(row.delegator) ?? ''}.`,
  }
}

function credentialReason(subject: KinRecord): BareReason | undefined {
  if (!subject.credential_borrowed) return undefined
  const owner = nameOrNull(subject.credential_subject) ?? 'its owner'
  return {
    code: 'borrowed_credential',
    text: `The credential used is ${owner}'s own and names no actor: the audit log of the system it opened will name that person.`,
  }
}

function untrustedReason(row: WhoDidRow, inputs: readonly Input[]): Reason[] {
  const untrusted = inputs.filter((input) => input.trust === 'untrusted')
  if (row.verdict !== 'agent' || untrusted.length === 0) return []
  const sources = [...new Set(untrusted.map((input) => input.source))].slice(0, sourcesMax)
  return [
    {
      code: 'untrusted_input',
      text: `Before the action, untrusted content from ${sources.join(', ')} had entered the context.`,
      span: untrusted.at(-1)?.span ?? null,
    },
  ]
}
