import { printableLine } from '@whodid/model'
import type { WhoDidAnswer } from '@whodid/model'

/** Inputs and gaps listed at most. */
const listedMax = 20

/** An answer for a ticket or a chat, in Markdown: the sentence, the facts, what is not known, and the link. */
export function markdownAnswer(answer: WhoDidAnswer, link: string): string {
  const { action, actor, agent, delegator, credential, integrity } = answer
  const facts: [string, string | null][] = [
    ['Verdict', `${answer.verdict}, grade ${answer.grade}`],
    ['Who', actor === null ? null : `${actor.type} ${code(actor.id)} (${actor.grade})`],
    ['Template', agent?.template == null ? null : code(agent.template.id)],
    [
      'For',
      delegator === null ? null : `${delegator.type} ${code(delegator.id)} (${delegator.grade})`,
    ],
    ['Did', action === null ? null : `${code(action.verb)} ${code(action.resource?.id ?? '')}`],
    ['When', action === null ? null : action.started_at],
    [
      'Credential',
      credential === null
        ? null
        : `${code(credential.id)}${credential.borrowed ? ', borrowed' : ''}`,
    ],
    ['Record', action === null ? null : code(`span:${action.span}`)],
    [
      'Integrity',
      `${integrity.state}${integrity.assurance === null ? '' : `, ${integrity.assurance}`}`,
    ],
  ]
  const inputs = answer.inputs
    .slice(0, listedMax)
    .map(({ trust, source }) => `- ${trust}: ${code(source)}`)
  const gaps = answer.gaps
    .slice(0, listedMax)
    .map(({ code: gap, text }) => `- \`${gap}\`: ${plain(text)}`)
  return [
    `**${plain(answer.summary)}**`,
    '',
    ...facts.flatMap(([label, value]) => (value === null ? [] : [`- ${label}: ${value}`])),
    ...(inputs.length === 0 ? [] : ['', 'Read before it acted:', '', ...inputs]),
    ...(gaps.length === 0 ? [] : ['', 'Not known:', '', ...gaps]),
    '',
    `<${link}>`,
    '',
  ].join('\n')
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
