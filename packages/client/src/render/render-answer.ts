import { printable, printableLine } from '@whodid/model'
import type { Verdict, WhoDidAnswer } from '@whodid/model'
import { chainLines } from './chain-lines.ts'
import { renderInstant } from '../time/instant.ts'
import { createPalette, wrapText } from './terminal-text.ts'
import type { Palette } from './terminal-text.ts'

/** The form in which an answer is shown. */
export interface RenderOptions {
  readonly color: boolean
  /** Columns to wrap sentences at; at least 40 are taken. IDs are never broken. */
  readonly width: number
  /** Number of other actions on the handle that were asked for; all of them are shown. Default: the first five are shown. */
  readonly limit?: number | undefined
}

/** Renders one kind of part: its lines, or none when the answer has no such part. */
type Part = (answer: WhoDidAnswer, palette: Palette, width: number) => string[]

const widthMin = 40
const widthMax = 120
const labelWidth = 13
const quoteLinesMax = 6
const idLengthMax = 300
const alternativesMax = 5
/** Number of other actions that the API returns by default. */
const alternativesAskedDefault = 10

/**
 * An answer for a person, ended by a newline: the verdict first, then who, for whom, from which prompt, through which calls,
 * having read what; what is not known stands apart. Text of agents is made printable here too, whatever the API did.
 *
 * @example
 * ```ts
 * process.stdout.write(renderAnswer(answer, { color: false, width: 100 }))
 * ```
 */
export function renderAnswer(answer: WhoDidAnswer, options: RenderOptions): string {
  const palette = createPalette(options.color)
  const width = Math.min(Math.max(options.width, widthMin), widthMax)
  const parts: Part[] = [
    verdictPart,
    factsPart,
    gapsPart,
    promptPart,
    planPart,
    chainPart,
    inputsPart,
    reasonsPart,
    (shownAnswer, paint) => alternativesPart(shownAnswer, paint, options.limit),
    footPart,
  ]
  const shown = parts.map((part) => part(answer, palette, width)).filter(({ length }) => length > 0)
  return `${shown.map((lines) => lines.join('\n')).join('\n\n')}\n`
}

function verdictPart(answer: WhoDidAnswer, palette: Palette, width: number): string[] {
  const paint: Record<Verdict, (text: string) => string> = {
    agent: palette.cyan,
    human: palette.green,
    service: palette.green,
    undetermined: palette.yellow,
  }
  const verdict = palette.bold(paint[answer.verdict](answer.verdict.toUpperCase()))
  const grade = answer.grade === 'contradicted' ? palette.red(answer.grade) : answer.grade
  return [
    `${verdict}  ${palette.dim('grade')} ${grade}  ${palette.dim('of')} ${id(answer.question.of)}`,
    ...wrapText(printableLine(answer.summary, 1000), width),
  ]
}

function factsPart(answer: WhoDidAnswer, palette: Palette): string[] {
  const facts: [string, string | null][] = [
    ['Who', who(answer)],
    ['Template', template(answer)],
    ['For', delegator(answer)],
    ['Did', did(answer)],
    ['When', answer.action === null ? null : renderInstant(answer.action.started_at)],
    ['Credential', credential(answer, palette)],
    ['Delegation', delegation(answer)],
    ['Correlation', answer.correlation_id === null ? null : id(answer.correlation_id)],
    ['Span', answer.action === null ? null : id(answer.action.span)],
  ]
  return facts.flatMap(([label, text]) => (text === null ? [] : [labelled(palette, label, text)]))
}

function who({ actor, agent }: WhoDidAnswer): string | null {
  if (actor === null) return null
  const parent = agent?.instance?.parent_id ?? null
  const started = parent === null ? '' : `, started by ${id(parent)}`
  return `${actor.type === 'agent' ? 'agent instance' : actor.type} ${id(actor.id)} (${actor.grade})${started}`
}

function template({ agent }: WhoDidAnswer): string | null {
  const found = agent?.template ?? null
  if (found === null) return null
  const { id: templateId, name, version } = found
  const named = name === null || name === templateId ? '' : ` "${id(name)}"`
  return `${id(templateId)}${named}${version === null ? '' : ` version ${id(version)}`}`
}

function delegator({ delegator: found }: WhoDidAnswer): string | null {
  if (found === null) return null
  const issuer = found.issuer === null ? '' : ` of ${id(found.issuer)}`
  return `${found.type} ${id(found.id)}${issuer} (${found.grade})`
}

function did({ action }: WhoDidAnswer): string | null {
  if (action === null) return null
  const resource = action.resource === null ? '' : ` ${id(action.resource.id)}`
  const tool = action.tool === null ? '' : ` with ${id(action.tool)}`
  const inferred = action.outcome_grade === 'inferred' ? ' (inferred)' : ''
  return `${id(action.verb)}${resource}${tool}: ${action.outcome ?? 'outcome not on record'}${inferred}`
}

function credential({ credential: used }: WhoDidAnswer, palette: Palette): string | null {
  if (used === null) return null
  const type = used.type === null ? '' : ` (${id(used.type)})`
  const subject = used.subject === null ? '' : ` of ${id(used.subject)}`
  const borrowed = used.borrowed
    ? ` ${palette.yellow('BORROWED: it names the human, no actor')}`
    : ''
  return `${id(used.id)}${type}${subject}${borrowed}`
}

function delegation({ delegation_chain: hops }: WhoDidAnswer): string | null {
  if (hops.length < 2) return null
  return hops
    .map(
      (hop) => `${hop.type} ${id(hop.id)}${hop.template === null ? '' : ` (${id(hop.template)})`}`,
    )
    .join(' → ')
}

function promptPart(answer: WhoDidAnswer, palette: Palette, width: number): string[] {
  const quoted = [
    ['Prompt', answer.prompt],
    ['Told', answer.nearest_prompt],
  ] as const
  return quoted.flatMap(([label, prompt]) => {
    if (prompt === null) return []
    const head = labelled(palette, label, `from ${prompt.origin} (${prompt.grade})`)
    return [head, ...quote(prompt.text, palette, width)]
  })
}

function planPart({ plan }: WhoDidAnswer, palette: Palette, width: number): string[] {
  if (plan === null) return []
  const head = labelled(palette, 'Plan', plan.step === null ? 'on record' : `step ${plan.step}`)
  return [head, ...quote(plan.text, palette, width)]
}

function chainPart(answer: WhoDidAnswer, palette: Palette): string[] {
  return answer.chain.length === 0
    ? []
    : [heading(palette, 'How it came to this'), ...chainLines(answer.chain, palette)]
}

function inputsPart({ inputs }: WhoDidAnswer, palette: Palette): string[] {
  if (inputs.length === 0) return []
  const lines = inputs.map(({ trust, source, read_at: readAt, instance }) => {
    const mark = trust === 'untrusted' ? palette.red('! untrusted') : `  ${trust.padEnd(9)}`
    const reader = instance === null ? '' : ` by ${id(instance)}`
    return `  ${mark}  ${id(source)}  ${palette.dim(`${renderInstant(readAt)}${reader}`)}`
  })
  return [heading(palette, 'Read before it acted'), ...lines]
}

function gapsPart({ gaps }: WhoDidAnswer, palette: Palette, width: number): string[] {
  if (gaps.length === 0) return []
  const lines = gaps.flatMap(({ code, text }) =>
    hanging(`! ${palette.yellow(code)}`, `! ${code}`, { text, width }),
  )
  return [palette.bold(palette.yellow('NOT KNOWN')), ...lines]
}

function reasonsPart({ reasons }: WhoDidAnswer, palette: Palette, width: number): string[] {
  if (reasons.length === 0) return []
  const lines = reasons.flatMap(({ code, text }) =>
    hanging(`- ${palette.dim(id(code))}`, `- ${id(code)}`, { text, width }),
  )
  return [heading(palette, 'Why this verdict'), ...lines]
}

function alternativesPart(
  { alternatives }: WhoDidAnswer,
  palette: Palette,
  limit: number | undefined,
): string[] {
  if (alternatives.length === 0) return []
  const lines = alternatives.slice(0, limit ?? alternativesMax).map((other) => {
    const actor = other.actor === null ? '' : ` ${id(other.actor)}`
    const resource = other.resource === null ? '' : ` ${id(other.resource)}`
    return `  ${renderInstant(other.started_at)}  ${other.verdict}${actor}: ${id(other.verb)}${resource} ${other.outcome ?? 'outcome not on record'}`
  })
  const more = alternatives.length - lines.length
  return [
    heading(palette, 'Also on this handle'),
    ...lines,
    ...(more > 0
      ? [palette.dim(`  +${more} more: --limit ${alternatives.length} shows them`)]
      : []),
    ...(alternatives.length >= (limit ?? alternativesAskedDefault)
      ? [palette.dim('  There may be others: a higher --limit, or `whodid actions`')]
      : []),
  ]
}

function footPart({ integrity, cost }: WhoDidAnswer, palette: Palette): string[] {
  const state = integrity.state === 'failed' ? palette.red('FAILED') : integrity.state
  const statements = cost.statements === 1 ? '1 statement' : `${cost.statements} statements`
  const spent = `${statements}, ${cost.rows_read.toLocaleString('en')} rows read, ${Math.round(cost.elapsed_ms)} ms`
  const assurance = integrity.assurance === null ? '' : `, ${integrity.assurance}`
  const foot = `${palette.dim('Integrity')} ${state}${assurance}${palette.dim(` · ${spent}`)}`
  return [foot, ...checkLines(integrity, palette)]
}

/** The result of the service's check of its own ledger, unless all is well. */
function checkLines({ check }: WhoDidAnswer['integrity'], palette: Palette): string[] {
  if (check === null) return []
  const losses = check.accepted_losses.map(lossLine)
  if (check.state === 'ok' && check.findings.length === 0) return losses
  const said = {
    ok: 'the ledger is as it was sealed',
    failed: palette.red('THE LEDGER IS NOT WHAT WAS SEALED'),
    stale: palette.yellow('the last check, or the newest checkpoint, is too old'),
    never: 'this service has not verified its ledger yet',
    loss_accepted: palette.yellow(
      'records are lost, and the loss was accepted; what is left is as it was sealed',
    ),
  }[check.state]
  const findings = check.findings.map(
    ({ code, log, text }) => `  ${code}  ${id(log)}: ${printableLine(text, 400)}`,
  )
  return [`${palette.dim('Self-check')} ${said}`, ...findings, ...losses]
}

/** One accepted loss: an answer of "no record" may be one of these. */
function lossLine(
  loss: NonNullable<WhoDidAnswer['integrity']['check']>['accepted_losses'][number],
) {
  const places =
    loss.to - loss.from === 1 ? `place ${loss.from}` : `places ${loss.from}–${loss.to - 1}`
  const who = `${printableLine(loss.accepted_by, 80)} on ${loss.accepted_at}`
  return `  lost  ${id(loss.log)}, ${places}: accepted by ${who}: ${printableLine(loss.reason, 200)}`
}

function id(text: string): string {
  return printableLine(text, idLengthMax)
}

function heading(palette: Palette, text: string): string {
  return palette.bold(text)
}

function labelled(palette: Palette, label: string, text: string): string {
  return `${palette.dim(label.padEnd(labelWidth))}${text}`
}

/** A marked head and its sentence: beside it where it fits on the line, otherwise below it. */
function hanging(
  shownHead: string,
  plainHead: string,
  { text, width }: { readonly text: string; readonly width: number },
): string[] {
  const sentence = printableLine(text, 500)
  if (plainHead.length + sentence.length + 4 <= width) return [`  ${shownHead}  ${sentence}`]
  return [`  ${shownHead}`, ...wrapText(sentence, width - 6).map((line) => `      ${line}`)]
}

/** Text of an agent, set off from ours by a bar so that it cannot pass for it. */
function quote(text: string | null, palette: Palette, width: number): string[] {
  if (text === null) return [`  ${palette.dim('(its text is not on record)')}`]
  const lines = printable(text)
    .split('\n')
    .flatMap((line) => wrapText(line.replaceAll('\t', ' '), width - 4))
  const more = lines.length - quoteLinesMax
  return [
    ...lines
      .slice(0, quoteLinesMax)
      .map((line) => `  ${palette.dim('│')} ${printableLine(line, 2 * width)}`),
    ...(more > 0 ? [`  ${palette.dim(`│ … ${more} more lines`)}`] : []),
  ]
}
