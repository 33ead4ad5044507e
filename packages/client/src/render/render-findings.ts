import { printable, printableLine } from '@whodid/model'
import type {
  DetectionsAnswer,
  Finding,
  FindingAnswer,
  FindingResponse,
  FindingTriage,
} from '@whodid/model'
import { renderInstant } from '../time/instant.ts'
import type { Palette } from './terminal-text.ts'
import { renderTable } from './table.ts'

/** Findings, one a line: its ID, how bad it is, its state, rule and subject, its hits, and when it was found last. */
export function renderFindings(
  { findings, more }: { readonly findings: readonly Finding[]; readonly more: boolean },
  palette: Palette,
): string[] {
  if (findings.length === 0) return ['No finding.']
  const table = renderTable(
    findings,
    [
      { title: 'FINDING', cell: (one) => one.id, paint: palette.cyan },
      { title: 'SEVERITY', cell: (one) => one.severity },
      { title: 'STATE', cell: (one) => one.state },
      { title: 'RULE', cell: (one) => one.rule },
      { title: 'SUBJECT', cell: (one) => one.subject },
      { title: 'HITS', cell: (one) => String(one.hits) },
      { title: 'FOUND', cell: (one) => renderInstant(one.last_found_at), paint: palette.dim },
    ],
    palette,
  )
  return more
    ? [...table, palette.dim('There are more: narrow the list, or raise --limit.')]
    : table
}

/** A finding with its evidence: what was found, hit by hit, what was decided, and what its rule says. */
export function renderFinding(
  { finding, hits, triage, responses, detection }: FindingAnswer,
  palette: Palette,
): string[] {
  const { rule, severity, state, subject } = finding
  return [
    `${palette.bold(printableLine(finding.text))}`,
    `${severity}, ${state}: ${rule} on ${palette.cyan(printableLine(subject, 4_096))}`,
    ...hits.flatMap((hit) => [
      '',
      `${palette.dim(renderInstant(hit.acted_at))}  ${printableLine(hit.text)}`,
      `  ${valuesOf(hit.measured)}`,
      ...(Object.keys(hit.thresholds).length === 0
        ? []
        : [palette.dim(`  thresholds: ${valuesOf(hit.thresholds)}`)]),
      ...hit.spans.map((span) => `  span:${printableLine(span)}`),
    ]),
    ...(triage.length === 0 ? [] : ['', ...triage.map((one) => decisionLine(one, palette))]),
    ...(responses.length === 0 ? [] : ['', ...responses.map((one) => responseLine(one, palette))]),
    ...(detection === null
      ? []
      : [
          '',
          `Asked:   ${printableLine(detection.question, 4_096)}`,
          `Limits:  ${printableLine(detection.limits, 4_096)}`,
          `Advice:  ${printableLine(detection.advice, 4_096)}`,
          palette.dim([...detection.owasp, ...detection.atlas].join(' ')),
        ]),
  ]
}

/** Rules, one a line; with a back-test, how often each would have fired. */
export function renderDetections({ detections }: DetectionsAnswer, palette: Palette): string[] {
  const days = detections.find(({ back_test: test }) => test !== null)?.back_test?.days
  const table = renderTable(
    detections,
    [
      { title: 'RULE', cell: (one) => one.id, paint: palette.cyan },
      { title: 'SEVERITY', cell: (one) => one.severity },
      ...(days === undefined
        ? []
        : [
            {
              title: 'WOULD HAVE FIRED',
              cell: (one: DetectionsAnswer['detections'][number]) => firedText(one.back_test),
            },
          ]),
      { title: 'TITLE', cell: (one) => one.title },
    ],
    palette,
  )
  return days === undefined ? table : [`In what was received in the last ${days} days:`, ...table]
}

function firedText(test: DetectionsAnswer['detections'][number]['back_test']): string {
  if (test === null) return ''
  const { hits, findings, error } = test
  if (hits === null) return `not counted: ${error ?? ''}`
  return `${hits} ${hits === 1 ? 'time' : 'times'}, ${findings ?? 0} ${findings === 1 ? 'finding' : 'findings'}`
}

function decisionLine(
  { action, decided_at: at, reader, reason, until }: FindingTriage,
  palette: Palette,
): string {
  const words = reason === null ? '' : `: ${printable(reason).replaceAll('\n', ' ')}`
  const end = until === null ? '' : ` until ${renderInstant(until)}`
  return `${palette.dim(renderInstant(at))}  ${palette.bold(action)}${end} by ${printableLine(reader)}${words}`
}

function responseLine(
  { response, kind, attempt, attempted_at: at, target, outcome, error }: FindingResponse,
  palette: Palette,
): string {
  const what = target === null ? '' : ` ${palette.cyan(printableLine(target, 1_024))}`
  const why = error === null ? '' : ` (${printableLine(error)})`
  const which = attempt === 1 ? '' : `, attempt ${attempt}`
  return `${palette.dim(renderInstant(at))}  ${palette.bold(kind)}${what} by ${printableLine(response)}: ${outcome.replace('_', ' ')}${why}${which}`
}

function valuesOf(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${printableLine(name)} ${printableLine(value)}`)
    .join(', ')
}
