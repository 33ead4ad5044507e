import type { Decision } from './decision.ts'
import type { EvidenceRecord } from './evidence/evidence-record.ts'
import { claimStrength } from './rules/claim-strength.ts'

/** Parents that are followed to find the run that a record belongs to. */
const parentsMax = 256

/**
 * Rule `named_by_steps`: where only a service's name says which agent it is, and every step of the run that the act stands in
 * which names an agent names the same one, it is that one. LlamaIndex names its agents so, and on no other record.
 */
export function nameFromSteps(decision: Decision): Decision {
  const { verdict, speakers, trail } = decision
  const isWeak = speakers.template?.template_rule === 'resource.service_name'
  const run = trail.records.find(({ kind }) => kind === 'prompt')
  if (verdict !== 'agent' || !isWeak || run === undefined) return decision
  const steps = stepsOf(decision, run)
  const [step] = steps
  if (step === undefined || new Set(steps.map(({ template }) => template)).size > 1) return decision
  return {
    ...decision,
    isNamedBySteps: true,
    template: step.template,
    actorId: decision.instance === '' ? step.template : decision.actorId,
    speakers: { ...speakers, template: step },
    grades: { ...decision.grades, template: 'inferred' },
  }
}

/** The records of the run itself, from its own exporter, that name an agent. */
function stepsOf({ evidence, testimony }: Decision, run: EvidenceRecord): EvidenceRecord[] {
  const trace = run.key.slice(0, 32)
  return [...evidence.kin.keys()].flatMap((key) => {
    const record = key.startsWith(trace) ? testimony(key)?.record : undefined
    const isStep =
      record !== undefined &&
      record.actor_type === 'agent' &&
      record.exporter === run.exporter &&
      record.channel !== 'unentitled' &&
      claimStrength(record, 'template') === 'read' &&
      isUnder(record, run, testimony)
    return isStep ? [record] : []
  })
}

function isUnder(
  record: EvidenceRecord,
  run: EvidenceRecord,
  testimony: Decision['testimony'],
): boolean {
  let key = record.parent
  for (let parents = 0; parents < parentsMax && key !== ''; parents += 1) {
    if (key === run.key) return true
    const above = testimony(key)?.record
    if (above === undefined || above.kind === 'prompt') return false
    key = above.parent
  }
  return false
}
