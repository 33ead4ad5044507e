import { printableLine } from '@whodid/model'
import type { Schemas } from '../api-client.ts'
import { renderInstant } from '../time/instant.ts'
import { renderTable } from './table.ts'
import type { Palette } from './terminal-text.ts'

type Ghosts = Schemas['Ghosts']
type GhostEvent = Schemas['GhostEvent']
type GhostRecord = Schemas['GhostRecord']

/** Each reason in words, for a person. */
const reasons: ReadonlyMap<string, string> = new Map(
  Object.entries({
    one_record: 'one record',
    several_records_of_one_actor: 'several records of one actor',
    several_records: 'it may be several records, of different actors',
    several_events: 'as many events as records do not fit',
    authority_unknown: 'same thing and time; whose authority is not known',
    thing_unknown: 'the same credential and time; what it was done to is not known',
    record_names_nobody: 'its record names nobody',
    outcome_differs: 'the outcomes differ',
    thing_differs: 'the things differ',
    instance_differs: 'the instances differ',
    human_record_with_agent_mark: 'a human’s record, an agent’s mark',
    system_states_agent: 'the system says that an agent did it',
    client_carries_agent_mark: 'the client carried an agent’s mark',
    run_without_this_act: 'a run on record that lacks this act',
    no_record: 'no record',
  }),
)

/** The report on acts whose actor is not who they seem: counts, a table for each kind, the incidents. */
export function renderGhosts(ghosts: Ghosts, palette: Palette): string[] {
  const { counts, borrowed, agents, contradicted, unexplained, open, unconfirmed } = ghosts
  return [
    `From ${renderInstant(ghosts.from)} to ${renderInstant(ghosts.to)}: ${counts.events} imported events; ${counts.confirmed} confirmed, ${counts.agent_unrecorded} an agent’s without a record, ${counts.human} a human’s, ${counts.contradicted} contradicted, ${counts.undetermined} undetermined.`,
    ...section('Under a person’s name, and an agent’s:', eventTable(borrowed, palette)),
    ...section('An agent’s, under an account of no person:', eventTable(agents, palette)),
    ...section('Log and record differ:', eventTable(contradicted, palette)),
    ...section('No record explains:', eventTable(unexplained, palette)),
    ...section('Open:', eventTable(open, palette)),
    ...section('On record, and not in a log that covers it:', recordTable(unconfirmed, palette)),
    ...section('Incidents:', incidentTable(ghosts, palette)),
    ...(counts.events === 0
      ? ['Nothing was imported of this time. `whodid import` takes the log of another system.']
      : []),
    ...(ghosts.coverages.length === 0
      ? ['No log declares what it holds: absence from a log says nothing here.']
      : []),
  ]
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', title, ...lines]
}

function eventTable(events: readonly GhostEvent[], palette: Palette): string[] {
  if (events.length === 0) return []
  return renderTable(
    events,
    [
      { title: 'TIME', cell: ({ at }) => renderInstant(at), paint: palette.dim },
      { title: 'NAME', cell: ({ person, principal }) => person ?? principal },
      { title: 'AGENT', cell: ({ agent }) => agent, paint: palette.cyan },
      { title: 'DID', cell: ({ system, operation }) => `${system} ${operation}` },
      { title: 'ON', cell: ({ resource }) => resource },
      { title: 'BY', cell: byOf },
      { title: 'SPAN', cell: ({ span }) => span, paint: palette.dim },
    ],
    palette,
  )
}

function byOf(event: GhostEvent): string {
  return printableLine(describeGhost(event))
}

/**
 * Returns in words why an event of another system's log has its result, and the rule that joined it with records. A reason that this
 * version does not know is given as its code.
 *
 * @example
 * ```ts
 * describeGhost({ reason: 'no_record', rule: null }) // 'no record'
 * ```
 */
export function describeGhost({ reason, rule }: Pick<GhostEvent, 'reason' | 'rule'>): string {
  const text = reasons.get(reason) ?? reason
  return rule === null ? text : `${text} (${rule})`
}

function recordTable(records: readonly GhostRecord[], palette: Palette): string[] {
  if (records.length === 0) return []
  return renderTable(
    records,
    [
      { title: 'TIME', cell: (one) => renderInstant(one.started_at), paint: palette.dim },
      {
        title: 'AGENT',
        cell: ({ template, instance }) => instance ?? template,
        paint: palette.cyan,
      },
      { title: 'FOR', cell: ({ delegator }) => delegator },
      { title: 'VERB', cell: ({ verb }) => verb },
      { title: 'ON', cell: ({ resource }) => resource },
      { title: 'SPAN', cell: ({ span }) => span, paint: palette.dim },
    ],
    palette,
  )
}

function incidentTable({ incidents }: Ghosts, palette: Palette): string[] {
  if (incidents.length === 0) return []
  return renderTable(
    incidents,
    [
      { title: 'FIRST', cell: (one) => renderInstant(one.first_at), paint: palette.dim },
      { title: 'AGENT', cell: ({ agent }) => agent, paint: palette.cyan },
      { title: 'NAME', cell: ({ person }) => person },
      { title: 'IN', cell: ({ system }) => system },
      { title: 'ACTS', cell: ({ acts }) => String(acts) },
      { title: 'UNKNOWN FOR', cell: (one) => `${one.dwell_seconds} s` },
    ],
    palette,
  )
}
