import { afterAll, beforeAll, expect, test } from 'vitest'
import { findAnswerSchema } from '@whodid/model/answers'
import { signInConsole } from '../harness/console-session.ts'
import type { ConsoleSession } from '../harness/console-session.ts'
import { runWhodid } from '../harness/run-whodid.ts'
import type { Ran } from '../harness/run-whodid.ts'
import { sendSpans, toolCall } from '../harness/send-spans.ts'
import type { SpanAttributes } from '../harness/send-spans.ts'
import { startWhodidProcess } from '../harness/whodid-process.ts'
import type { WhodidProcess } from '../harness/whodid-process.ts'

const stepsMax = 3
const merged = '9fceb02d0ae598e95dc970b74767f19372d61af8'

let whodid: WhodidProcess
let reader: ConsoleSession

/** An agent that acts for somebody; each incident has its own instance, which tells its answer from the others'. */
const agent = (incident: string, template: string, delegator: string): SpanAttributes => ({
  'gen_ai.agent.id': template,
  'whodid.actor.type': 'agent',
  'whodid.agent.instance.id': incident,
  'whodid.delegator.id': delegator,
  'whodid.delegator.type': 'human',
})

const triage = (incident: string) => agent(incident, 'repo-triage', 'dev@acme.example')

beforeAll(async () => {
  whodid = await startWhodidProcess()
  reader = await signInConsole(whodid, whodid.tokens.investigator)
  await sendSpans(whodid, 'pull', [
    { ...triage('in-pull'), ...toolCall('update', 'github:pull:acme/app/812') },
  ])
  await sendSpans(whodid, 'merge', [
    {
      ...triage('in-merge'),
      ...toolCall('update', 'github:pull:acme/app/815'),
      'vcs.ref.head.revision': merged,
    },
  ])
  await sendSpans(whodid, 'row', [
    {
      ...agent('in-row', 'db-fixer', 'kim@acme.example'),
      ...toolCall('delete', 'db:row:shop/customers/42'),
    },
    {
      ...agent('in-row', 'db-fixer', 'kim@acme.example'),
      ...toolCall('update', 'db:table:shop/customers'),
    },
  ])
  await sendSpans(whodid, 'login', [
    {
      ...agent('in-login', 'mailer', 'dana.ruiz@acme.example'),
      ...toolCall('send', 'mailto:all@acme.example'),
    },
  ])
  await sendSpans(whodid, 'address', [
    {
      ...triage('in-address'),
      ...toolCall('execute', 'host:shell:build-7'),
      'server.address': '10.3.7.9',
    },
  ])
  await sendSpans(whodid, 'slack', [
    { ...triage('in-slack'), ...toolCall('send', 'slack:message:C024BE91L/1700000000.123456') },
  ])
  await sendSpans(whodid, 'words', [
    {
      ...agent('in-words', 'ops-helper', 'lee@acme.example'),
      'whodid.record.kind': 'prompt',
      'gen_ai.input.messages': JSON.stringify([
        {
          role: 'user',
          parts: [{ type: 'text', content: 'Rotate the credentials of the staging cluster' }],
        },
      ]),
    },
    {
      ...agent('in-words', 'ops-helper', 'lee@acme.example'),
      ...toolCall('update', 'k8s:secret:staging/web/tls'),
    },
  ])
  await sendSpans(whodid, 'file', [
    { ...triage('in-file'), ...toolCall('update', 'file:/srv/app/src/billing/invoice.ts') },
  ])
  await sendSpans(whodid, 'ticket', [
    {
      ...triage('in-ticket'),
      ...toolCall('update', 'https://acme.atlassian.net/rest/api/3/issue/OPS-12/transitions'),
    },
  ])
  await sendSpans(whodid, 'grant', [
    {
      ...agent('in-grant', 'access-bot', 'kim@acme.example'),
      ...toolCall('grant', 'arn:aws:iam::123456789012:role/admin'),
    },
  ])
  await whodid.whoDid('arn:aws:iam::123456789012:role/admin', ({ action }) => action !== null)
})
afterAll(async () => {
  await whodid.remove()
})

const run = (args: readonly string[]): Promise<Ran> => runWhodid(whodid, args)

/** The commands that an answer names, as a shell would read them. */
function commandsIn(stdout: string): string[][] {
  return [...stdout.matchAll(/whodid ((?:ask|actions|find|templates) .*)$/gmu)].map(
    ([, line = '']) =>
      [...line.matchAll(/'((?:[^']|'\\'')*)'|(\S+)/gu)].map(([, inQuotes, plain = '']) =>
        inQuotes === undefined ? plain : inQuotes.replaceAll(`'\\''`, `'`),
      ),
  )
}

const incidents = [
  ['a number of a repository', 'acme/app#812', 'in-pull'],
  ['the beginning of a merge commit', merged.slice(0, 9), 'in-merge'],
  ['a table', 'shop.customers', 'in-row'],
  ['everything below a resource', 'db:row:shop/customers/', 'in-row'],
  ['a login', 'dana.ruiz', 'in-login'],
  ['an address', '10.3.7.9', 'in-address'],
  ['a URL of Slack', 'acme.slack.com/archives/C024BE91L/p1700000000123456', 'in-slack'],
  ['words of a prompt', 'rotate credentials staging', 'in-words'],
  ['the end of a path', 'billing/invoice.ts', 'in-file'],
  ['a ticket', 'OPS-12', 'in-ticket'],
  ['a slip', 'acess-bot', 'in-grant'],
  ['a time and a verb', 'what was granted in the last 2 hours', 'in-grant'],
] as const

test.each(incidents)(
  '%s leads to who did it in at most three steps',
  async (_what, clue, incident) => {
    const first = await run(['find', ...clue.split(' ')])
    expect({ code: first.code, stderr: first.stderr }).toEqual({ code: 0, stderr: '' })
    // What a person does: the first command that asks, or else the first that narrows.
    let shown = first
    let name = 'find'
    for (let steps = 1; steps < stepsMax && name !== 'ask'; steps += 1) {
      const commands = commandsIn(shown.stdout)
      const next = commands.find(([command]) => command === 'ask') ?? commands[0] ?? []
      expect(next, shown.stdout).not.toEqual([])
      name = next[0] ?? ''
      shown = await run(next)
      expect(shown.code, shown.stderr).toBe(0)
    }
    expect(name).toBe('ask')
    expect(shown.stdout).toContain(incident)
  },
)

/** The links of a page below its head: to what the clue names first, then to what narrows it. */
function linksIn(html: string): string[] {
  const links = [...html.slice(html.indexOf('<h1')).matchAll(/href="(\/[^"]*)"/gu)].map(
    ([, href = '']) => href.replaceAll('&amp;', '&'),
  )
  const isThing = (href: string): boolean => /^\/(?:ask|instance|person|template)\?/u.test(href)
  return [...links.filter(isThing), ...links.filter((href) => /^\/(?:find|acts)\?/u.test(href))]
}

test.each(incidents)('%s leads there in the console', async (_what, clue, incident) => {
  let at = `/find?${new URLSearchParams({ q: clue }).toString()}`
  let html = ''
  for (let steps = 1; steps <= stepsMax && !html.includes(incident); steps += 1) {
    let answer = await reader.get(at)
    if (answer.status === 303) {
      at = answer.headers.get('location') ?? ''
      answer = await reader.get(at)
    }
    html = await answer.text()
    expect(answer.status, html).toBe(200)
    at = linksIn(html)[0] ?? '/nowhere'
  }
  expect(html).toContain(incident)
})

test('nothing found says what was looked at, and a program gets the answer as JSON', async () => {
  const nothing = await run(['find', 'zebra-crossing-77'])
  expect(nothing.code).toBe(0)
  expect(nothing.stdout).toContain('Nothing on record fits')
  expect(nothing.stdout).toMatch(/LOOKED AT\n· Looked up \d+ exact names/u)
  const answer = findAnswerSchema.parse(
    JSON.parse((await run(['find', 'OPS-12', '--json'])).stdout),
  )
  expect(answer.candidates[0]?.leads_to).toEqual({
    question: 'who_did',
    of: 'resource:jira:issue:acme/OPS-12',
    filters: {},
  })
  const before = await run(['find', 'OPS-12', '--before', '2020-01-01'])
  expect(before.stdout).toContain('Nothing on record fits')
})

test('the route refuses what it does not understand, takes any clue, and its reads are on record', async () => {
  const ask = (query: string) => whodid.get(`/v1/find?${query}`)
  const codeOf = async (query: string): Promise<unknown> => {
    const problem: unknown = await (await ask(query)).json()
    return typeof problem === 'object' && problem !== null
      ? Reflect.get(problem, 'code')
      : undefined
  }
  expect(await codeOf('')).toBe('invalid_parameter')
  expect(await codeOf('q=%20')).toBe('invalid_parameter')
  expect(await codeOf('q=a&from=2026-11-01T00:00:00Z')).toBe('invalid_parameter')
  expect(await codeOf('q=a&after=yesterday')).toBe('invalid_time')
  expect(await codeOf('q=a&after=2026-11-02T00:00:00Z&before=2026-11-01T00:00:00Z')).toBe(
    'invalid_time',
  )
  expect(await codeOf('q=a&zone=Nowhere/Atall')).toBe('invalid_parameter')
  expect(await codeOf('q=a&limit=101')).toBe('invalid_parameter')
  expect((await whodid.get('/v1/find?q=a', whodid.tokens.ingest)).status).toBe(403)
  const answer = await ask(`q=${encodeURIComponent('x'.repeat(4000))}&zone=Europe%2FBerlin&limit=1`)
  expect(answer.status).toBe(200)
  expect(findAnswerSchema.parse(await answer.json()).is_cut).toBe(true)
  const reads = await (await whodid.get('/v1/reads?limit=100', whodid.tokens.admin)).text()
  expect(reads).toContain('/v1/find')
})
