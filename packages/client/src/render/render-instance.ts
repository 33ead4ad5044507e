import type { Schemas } from '../api-client.ts'
import { factLines } from './terminal-text.ts'
import { renderInstant } from '../time/instant.ts'
import type { Palette } from './terminal-text.ts'
import { renderTable } from './table.ts'

type About = Schemas['InstanceAbout']
type Entry = Schemas['TimelineEntry']

/** An instance for a person: what is said of it, then its timeline. */
export function renderInstance(answer: Schemas['InstanceAnswer'], palette: Palette): string[] {
  const { instance, timeline } = answer
  if (instance === null)
    return [
      'No record names this instance. Absence of a record is no evidence that it did nothing.',
    ]
  return [...aboutLines(answer.id, instance, palette), '', ...timelineLines(timeline, palette)]
}

function aboutLines(id: string, about: About, palette: Palette): string[] {
  const templates = about.templates.map(({ id: template, version }) =>
    version === null ? template : `${template} ${version}`,
  )
  const facts = factLines(
    {
      Instance: id,
      Template: templates,
      'Acts for': about.delegators.map(({ id: who, type }) =>
        type === null ? who : `${type} ${who}`,
      ),
      'Started by': about.parents,
      Started: about.children.map(({ id: child, template }) =>
        template === null ? child : `${template} ${child}`,
      ),
      Identity: about.identities,
      Correlation: about.correlation_ids,
      Exporter: about.exporters.map(({ name, entitled }) =>
        entitled === false ? `${name} (may not speak for it)` : name,
      ),
      Seen: `${renderInstant(about.first_at)} to ${renderInstant(about.last_at)}, ${about.records} records`,
    },
    palette,
  )
  if (about.sequence_missing === 0) return facts
  const missing = `${about.sequence_missing} records of its sequence never came`
  return [...facts, palette.yellow(`! ${missing}`)]
}

function timelineLines(timeline: readonly Entry[], palette: Palette): string[] {
  return renderTable(
    timeline,
    [
      { title: 'TIME', cell: (entry) => renderInstant(entry.started_at), paint: palette.dim },
      { title: 'SEQ', cell: ({ seq }) => (seq === null ? null : String(seq)) },
      { title: 'RECORD', cell: (entry) => entry.record_kind, paint: palette.cyan },
      { title: 'WHAT', cell: (entry) => entry.verb ?? entry.tool ?? entry.name },
      { title: 'OUTCOME', cell: ({ outcome }) => outcome },
      { title: 'ON', cell: ({ resource, input }) => resource ?? (input && `read ${input.source}`) },
      {
        title: 'NOTE',
        cell: noteOf,
        paint: (text) => (text === '' ? text : palette.red(text)),
      },
    ],
    palette,
  ).map((line) => line.trimEnd())
}

function noteOf({ input, grade, approval }: Entry): string {
  const notes = [
    input?.trust === 'untrusted' ? 'untrusted input' : '',
    grade === 'contradicted' ? 'forged' : '',
    approval === 'deny' ? 'denied' : '',
  ]
  return notes.filter((note) => note !== '').join(', ')
}
