import { wrapText } from '@whodid/client'
import type { Palette } from '@whodid/client'
import { printableLine } from '@whodid/model'
import { tokensPath } from '@whodid/server/credentials'
import { cast, issueSeed, pullResource } from './cast.ts'
import type { PlainLogs, Stage } from './stage.ts'

/** The addresses of a running Whodid. */
export interface WhodidFacts {
  readonly apiUrl: string
  readonly otlpUrl: string
  readonly dataDir: string
}

const whoWidth = 34
const textWidth = 100
const lineLengthMax = 400

/** The introduction of the story. */
export function openingText(palette: Palette): string {
  const poisoned = issueSeed.find(({ number }) => number === cast.poisonedIssue)
  const quoted = (poisoned?.body ?? '').split('\n').map((line) => `  ${palette.dim('│')} ${line}`)
  return `
${palette.bold('An incident, played with real parts: a git repository, a Postgres, agents in two processes.')}
Only what the model says is scripted. Issue ${cast.poisonedIssue} of ${cast.repository} was written by ${poisoned?.author ?? ''}, an outsider:

${quoted.join('\n')}

`
}

/** One step of the story: who, and what. */
export function stepText(who: string, what: string, palette: Palette): string {
  const [first = '', ...rest] = wrapText(printableLine(what, lineLengthMax), textWidth - whoWidth)
  const indent = ' '.repeat(whoWidth + 2)
  const lines = [`  ${palette.cyan(who.padEnd(whoWidth))}${first}`]
  return `${[...lines, ...rest.map((line) => `${indent}${line}`)].join('\n')}\n`
}

/** The incident as the logs of git and the database show it. */
export function plainLogsText({ commits, statements }: PlainLogs, palette: Palette): string {
  const merges = commits
    .filter(({ message }) => message.startsWith('Merge'))
    .map(
      ({ oid, author, message }) =>
        `  ${palette.dim(oid.slice(0, 9))}  ${author}  ${message.split('\n')[0] ?? ''}\n`,
    )
  const ran = statements.map(
    ({ role, statement }) => `  ${palette.dim(role)}  ${printableLine(statement, lineLengthMax)}\n`,
  )
  return `
${palette.bold('What the plain logs say')}
git log: ${cast.dev} merged both pull requests. One of the two they never saw: the agent had their token.
${merges.join('')}The database's log: every statement came from the one role that all of them share. The comment leads into the ledger.
${ran.join('')}`
}

/** The heading of an answer. */
export function questionText(handle: string, palette: Palette): string {
  return `\n${palette.bold(`whodid ask ${handle}`)}\n\n`
}

/** Next steps, shown while Whodid keeps running. */
export function goOnText(facts: WhodidFacts, stage: Stage, palette: Palette): string {
  const { apiUrl, otlpUrl, dataDir } = facts
  const ask = `WHODID_API_URL=${apiUrl} WHODID_DATA_DIR=${dataDir}`
  return `
${palette.bold('Whodid serves on.')} ^C stops it and removes what the demo made.

  Ask at           ${palette.cyan(apiUrl)}
  Send spans to    ${palette.cyan(otlpUrl)}
  Tokens           ${tokensPath(dataDir)}
  Repository       git -C ${stage.gitDir} log main
  Database log     ${stage.databaseLog}

  Ask on:
    ${ask} npm run whodid -- ask ${pullResource(cast.mergedByAgent)}
    ${ask} npm run whodid -- ask delegator:${cast.dev}

`
}
