import { printableLine } from '@whodid/model'
import type { WhoDidAnswer } from '@whodid/model'

/** Inputs and gaps listed at most. */
const listedMax = 20

/** An answer for a ticket or a chat, in Markdown: the sentence, the facts, what is not known, and the link. */
export function markdownAnswer(answer: WhoDidAnswer, link: string): string {
  const inputs = answer.inputs
    .slice(0, listedMax)
    .map(({ trust, source }) => `- ${trust}: ${code(source)}`)
  const gaps = answer.gaps
    .slice(0, listedMax)
    .map(({ code: gap, text }) => `- \`${gap}\`: ${plain(text)}`)
  return [
    `**${plain(answer.summary)}**`,
    '',
    ...factsOf(answer).flatMap(([label, value]) =>
      value === null ? [] : [`- ${label}: ${value}`],
    ),
    ...(inputs.length === 0 ? [] : ['', 'Read before it acted:', '', ...inputs]),
    ...(gaps.length === 0 ? [] : ['', 'Not known:', '', ...gaps]),
    '',
    `<${link}>`,
    '',
  ].join('\n')
}

function factsOf(answer: WhoDidAnswer): [string, string | null][] {
  const { action, actor, agent, delegator, credential, integrity } = answer
  const template = agent?.template ?? null
  const borrowed = credential?.borrowed === true ? ', borrowed' : ''
  const assurance = integrity.assurance === null ? '' : `, ${integrity.assurance}`
  return [
    ['Verdict', `${answer.verdict}, grade ${answer.grade}`],
    ['Who', actor && `${actor.type} ${code(actor.id)} (${actor.grade})`],
    ['Template', template && code(template.id)],
    ['For', delegator && `${delegator.type} ${code(delegator.id)} (${delegator.grade})`],
    ['Did', action && `${code(action.verb)} ${code(action.resource?.id ?? '')}`],
    ['When', action && action.started_at],
    ['Credential', credential && `${code(credential.id)}${borrowed}`],
    ['Record', action && code(`span:${action.span}`)],
    ['Integrity', `${integrity.state}${assurance}`],
  ]
}

/** Text of agents as code: nothing in it is a link, a mention or an image. */
function code(text: string): string {
  const line = printableLine(text, 300).replaceAll('`', 'ˋ')
  return line === '' ? 'none' : `\`${line}\``
}

/** A sentence with what Markdown reads as markup escaped. */
function plain(text: string): string {
  return printableLine(text, 1000).replace(/[\\`*_{}[\]()<>#+!|@~-]/gu, (found) => `\\${found}`)
}
