import { formatInstant } from '@whodid/model'
import type { GhostsAnswer, QuestionCost } from '@whodid/model'
import type { GhostGroup, GhostReport, MatchedEvent, RecordedAct } from '@whodid/reconcile'
import type { Reconciled } from '@whodid/reconcile'
import { nameOrNull } from '../../text.ts'
import type { DeclaredCoverage } from './read-imported.ts'
import type { GhostsQuestion } from './question.ts'

/** The parts of an answer beside the report. */
interface GhostsParts extends GhostsQuestion {
  readonly reconciled: Reconciled
  readonly coverages: readonly DeclaredCoverage[]
  readonly cost: QuestionCost
}

type GhostEvent = GhostsAnswer['borrowed'][number]
type GhostRecord = GhostsAnswer['unconfirmed'][number]

/** Acts that are shown of an event. */
const recordsMax = 8

/** Shapes a report as an answer: its lists cut to the limit, its texts safe to show. */
export function shapeGhosts(
  report: GhostReport,
  { reconciled, coverages, time, limit, cost }: GhostsParts,
): GhostsAnswer {
  const events = (list: readonly MatchedEvent[]): GhostEvent[] =>
    list.slice(0, limit).map(shapeEvent)
  const groups = (list: readonly GhostGroup[]): GhostsAnswer['by']['person'] =>
    list.slice(0, limit).map((group) => ({ ...group, name: shown(group.name) }))
  const open = reconciled.events.filter(
    ({ result, acts }) => result === 'undetermined' && acts.length > 0,
  )
  const { counts, by } = report
  const count = (name: string): number => counts[name] ?? 0
  return {
    from: formatInstant(time.from),
    to: formatInstant(time.to),
    counts: {
      events: count('events'),
      confirmed: count('confirmed'),
      contradicted: count('contradicted'),
      agent_unrecorded: count('agent_unrecorded'),
      human: count('human'),
      undetermined: count('undetermined'),
      acts_confirmed: count('acts_confirmed'),
      acts_not_seen_downstream: count('acts_not_seen_downstream'),
    },
    borrowed: events(report.borrowed),
    agents: events(report.agents),
    contradicted: events(report.contradicted),
    unexplained: events(report.unexplained),
    open: events(open),
    unconfirmed: report.unconfirmed.slice(0, limit).map(({ act }) => shapeRecord(act)),
    by: {
      person: groups(by.person),
      agent: groups(by.agent),
      credential: groups(by.credential),
      system: groups(by.system),
    },
    incidents: report.incidents.slice(0, limit).map((incident) => ({
      agent: shown(incident.agent),
      person: nameOrNull(incident.person),
      credential: nameOrNull(incident.credential),
      system: shown(incident.system),
      acts: incident.acts,
      first_at: formatInstant(incident.firstUnixNs),
      last_at: formatInstant(incident.lastUnixNs),
      attributed_at: formatInstant(incident.attributedUnixNs),
      dwell_seconds: incident.dwellSeconds,
    })),
    dwell: report.dwell.map(({ day, incidents, medianSeconds }) => ({
      day,
      incidents,
      median_seconds: medianSeconds,
    })),
    coverages: coverages.slice(0, limit).map(shapeCoverage),
    cost,
  }
}

function shapeEvent({ event, span, result, reason, rule, agent, acts }: MatchedEvent): GhostEvent {
  return {
    span,
    at: formatInstant(event.atUnixNs),
    system: shown(event.system),
    operation: shown(event.operation),
    verb: nameOrNull(event.verb),
    outcome: nameOrNull(event.outcome),
    resource: nameOrNull(event.resource),
    person: nameOrNull(event.person),
    principal: nameOrNull(event.principal),
    credential: nameOrNull(event.credential),
    marks: event.marks.map(({ by, field, value }) => ({
      by,
      field: shown(field),
      value: shown(value),
    })),
    result,
    reason,
    rule: rule ?? null,
    agent: nameOrNull(agent),
    records: acts.slice(0, recordsMax).map(shapeRecord),
    records_total: acts.length,
  }
}

function shapeRecord(act: RecordedAct): GhostRecord {
  return {
    act: shown(act.id),
    span: act.spans[0] ?? null,
    verdict: act.verdict,
    template: nameOrNull(act.template),
    instance: nameOrNull(act.instance),
    delegator: nameOrNull(act.delegator),
    verb: nameOrNull(act.verb),
    resource: nameOrNull(act.resource),
    outcome: nameOrNull(act.outcome),
    started_at: formatInstant(act.startUnixNs),
  }
}

function shapeCoverage(coverage: DeclaredCoverage): GhostsAnswer['coverages'][number] {
  return {
    span: coverage.span,
    system: shown(coverage.system),
    resources: coverage.resources.map(shown),
    verbs: coverage.verbs.map(shown),
    from: formatInstant(coverage.fromUnixNs),
    to: formatInstant(coverage.toUnixNs),
    sampling: coverage.sampling,
    delay_seconds: coverage.delaySeconds,
    clock_error_seconds: coverage.clockErrorSeconds,
  }
}

function shown(text: string): string {
  return nameOrNull(text) ?? ''
}
