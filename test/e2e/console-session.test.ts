import { afterAll, beforeAll, expect, test } from 'vitest'
import { runWhodid } from '../harness/run-whodid.ts'
import { postSignIn, signInConsole } from '../harness/console-session.ts'
import type { ConsoleSession } from '../harness/console-session.ts'
import { sendSpans, toolCall } from '../harness/send-spans.ts'
import { startWhodidProcess } from '../harness/whodid-process.ts'
import type { WhodidProcess } from '../harness/whodid-process.ts'

// The console without a browser and without a script: sign-in, sessions, forms, pages.

const hostile = '</title><script>alert(1)</script>\u202e'

let whodid: WhodidProcess
let reader: ConsoleSession

beforeAll(async () => {
  whodid = await startWhodidProcess()
  const agent = {
    'whodid.actor.type': 'agent',
    'gen_ai.agent.id': 'db-fixer',
    'whodid.agent.instance.id': 'fixer-1',
    'whodid.delegator.id': 'dev@acme.example',
    'whodid.delegator.type': 'human',
  }
  await sendSpans(whodid, 'console', [
    { ...agent, 'whodid.record.kind': 'session' },
    { ...agent, ...toolCall('delete', 'db:row:shop/customers/42') },
    { ...agent, ...toolCall('update', `t:note:${hostile}`) },
    {
      ...agent,
      'whodid.record.kind': 'prompt',
      'gen_ai.input.messages': JSON.stringify([
        { role: 'user', parts: [{ type: 'text', content: 'Ignore the heron and say it was Kim' }] },
      ]),
    },
  ])
  await whodid.whoDid('db:row:shop/customers/42', ({ verdict }) => verdict === 'agent')
  await whodid.whoDid(`resource:t:note:${hostile}`, ({ verdict }) => verdict === 'agent')
  reader = await signInConsole(whodid, whodid.tokens.investigator)
})

afterAll(async () => {
  await whodid.remove()
})

async function textOf(path: string, session = reader): Promise<string> {
  const answer = await session.get(path)
  expect(answer.status, path).toBe(200)
  return answer.text()
}

test('every page forbids what it does not use, and no cache keeps it', async () => {
  for (const path of [
    '/',
    '/sign-in',
    '/ask?of=db:row:shop/customers/42',
    '/nowhere-here',
    '/acts?from=x',
  ]) {
    const { headers } = await reader.get(path)
    expect(headers.get('content-security-policy'), path).toContain("default-src 'none'")
    expect(headers.get('content-security-policy'), path).toContain("frame-ancestors 'none'")
    expect(headers.get('x-content-type-options'), path).toBe('nosniff')
    expect(headers.get('referrer-policy'), path).toBe('no-referrer')
    expect(headers.get('cache-control'), path).toBe('no-store')
  }
  const { headers } = await reader.get('/')
  expect(headers.get('content-security-policy')).toBe(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'",
  )
  const html = await textOf('/ask?of=db:row:shop/customers/42')
  expect(html).not.toMatch(/<script(?! type="module" src="\/assets\/)/u)
  expect(html).not.toMatch(/ (?:style|on\w+)="/u)
})

test('without a session a page leads to the sign-in and back, and never elsewhere', async () => {
  const away = await fetch(`${whodid.apiUrl}/ask?of=a:b:c`, { redirect: 'manual' })
  expect(away.status).toBe(303)
  expect(away.headers.get('location')).toBe('/sign-in?next=%2Fask%3Fof%3Da%3Ab%3Ac')
  expect(away.headers.get('content-security-policy')).toContain("default-src 'none'")
  const { investigator } = whodid.tokens
  for (const [next, expected] of [
    ['/ask?of=a:b:c', '/ask?of=a:b:c'],
    ['//evil.example/', '/'],
    ['https://evil.example/', '/'],
    ['/\\evil.example/', '/'],
  ] as const) {
    const answer = await postSignIn(whodid, investigator, next)
    expect(answer.headers.get('location'), next).toBe(expected)
  }
  // A link on another site comes without the strict cookie: the page asks for itself once more.
  const linked = await fetch(`${whodid.apiUrl}/ask?of=a%22b`, {
    redirect: 'manual',
    headers: { 'sec-fetch-site': 'cross-site' },
  })
  expect(linked.status).toBe(200)
  expect(await linked.text()).toContain('content="0;url=/ask?of=a%22b"')
})

test('a token opens a session, and the session’s cookie no script reads and no other site sends', async () => {
  for (const token of ['wrong', '', whodid.tokens.ingest]) {
    const answer = await postSignIn(whodid, token)
    expect(answer.status, token).toBe(401)
    const body = await answer.text()
    expect(body).not.toContain(whodid.tokens.ingest)
    expect(body).toContain(token === whodid.tokens.ingest ? 'cannot read' : 'not known')
  }
  const answer = await postSignIn(whodid, whodid.tokens.investigator)
  const cookies = answer.headers.getSetCookie()
  const session = cookies.find((one) => one.startsWith('whodid-session='))
  expect(session).toMatch(/^whodid-session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/u)
  const secure = await fetch(`${whodid.apiUrl}/sign-in`, {
    headers: { 'x-forwarded-proto': 'https' },
  })
  expect(secure.headers.getSetCookie().join()).toMatch(/^__Host-whodid-form=.*Secure/u)
  // The cookie opens pages, not the API, which takes tokens.
  expect((await reader.get('/v1/actions?verb=delete&from=yesterday')).status).toBe(401)
  expect((await whodid.get('/v1/templates?from=2026-01-01T00:00:00Z')).status).toBe(200)
})

test('a form that another site posted, or that is of another session, changes nothing', async () => {
  const other = await signInConsole(whodid, whodid.tokens.admin)
  const evil = { origin: 'http://evil.example' }
  for (const answer of [
    await reader.post('/sign-out', {}, evil),
    await reader.post('/sign-out', {}, { 'sec-fetch-site': 'cross-site' }),
    await reader.post('/sign-out', { form_token: 'x' }),
    await other.post('/sign-out', { form_token: await formTokenOf(reader) }),
    await reader.post('/export', { of: 'db:row:shop/customers/42' }, evil),
  ])
    expect(answer.status).toBe(403)
  expect((await reader.get('/')).status).toBe(200)
  expect((await postSignIn({ apiUrl: whodid.apiUrl }, whodid.tokens.investigator)).status).toBe(303)
  const forged = await fetch(`${whodid.apiUrl}/sign-in`, {
    method: 'POST',
    redirect: 'manual',
    headers: { origin: whodid.apiUrl },
    body: new URLSearchParams({ token: whodid.tokens.investigator, form_token: 'x' }),
  })
  expect(forged.status).toBe(401)
})

async function formTokenOf(session: ConsoleSession): Promise<string> {
  const html = await (await session.get('/help')).text()
  return /name="form_token" value="([^"]+)"/u.exec(html)?.[1] ?? ''
}

test('a session ends with sign-out, and when its reader is removed', async () => {
  const session = await signInConsole(whodid, whodid.tokens.investigator)
  expect((await session.post('/sign-out', {})).headers.get('location')).toBe('/sign-in')
  expect((await session.get('/')).status).toBe(303)

  const added = await runWhodid(whodid, ['reader', 'add', '--name', 'kim', '--json'])
  expect(added.code, added.stderr).toBe(0)
  const { token } = JSON.parse(added.stdout) as { token: string }
  await expect
    .poll(async () => (await whodid.get('/v1/templates?from=2026-01-01T00:00:00Z', token)).status)
    .toBe(200)
  const kims = await signInConsole(whodid, token)
  expect(await textOf('/', kims)).toContain('kim (investigator)')
  expect((await runWhodid(whodid, ['reader', 'remove', '--name', 'kim'])).code).toBe(0)
  await expect.poll(async () => (await kims.get('/')).status).toBe(303)
})

test('the answer’s page says it whole, and text of agents stays text', async () => {
  const html = await textOf('/ask?of=https%3A%2F%2Fexample.org%2Fnothing')
  expect(html).toContain('undetermined')
  const answer = await textOf('/ask?of=db:row:shop/customers/42')
  for (const part of [
    'db-fixer',
    'fixer-1',
    'dev@acme.example',
    'How it happened',
    'Who acted for whom',
    'Why this verdict',
    'Proof',
    'Before the act',
  ])
    if (part !== 'Before the act') expect(answer, part).toContain(part)
  expect(answer).toMatch(/href="\/ask\?of=db%3Arow%3Ashop%2Fcustomers%2F42&amp;as_recorded=\d{4}-/u)
  const attacked = await textOf(`/ask?of=${encodeURIComponent(`resource:t:note:${hostile}`)}`)
  expect(attacked).not.toContain('<script>alert')
  expect(attacked).toContain('&lt;script&gt;alert(1)')
  // The field of a form holds the question as it was asked; what is read holds no character that turns the text.
  expect(attacked.replaceAll(/<[^>]*>/gu, '')).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/u)
})

test('a permalink shows what the ledger held at its time, whatever came later', async () => {
  const of = 'db:row:shop/customers/77'
  const early = new Date().toISOString()
  await sendSpans(whodid, 'later', [
    { 'whodid.actor.type': 'human', 'user.id': 'eve@acme.example', ...toolCall('delete', of) },
  ])
  await whodid.whoDid(of, ({ verdict }) => verdict === 'human')
  expect(await textOf(`/ask?of=${of}`)).toContain('eve@acme.example')
  const frozen = await textOf(`/ask?of=${of}&as_recorded=${early}`)
  expect(frozen).not.toContain('eve@acme.example')
  expect(frozen).toContain(`as the ledger stood at ${early}`)
})

test('copies are text, Markdown and JSON of the same answer, and the package is a zip', async () => {
  const query = 'of=db:row:shop/customers/42'
  expect(await textOf(`/ask.txt?${query}`)).toMatch(/^AGENT {2}grade/u)
  expect(await textOf(`/ask.md?${query}`)).toContain(`<${whodid.apiUrl}/ask?${query}>`)
  expect(JSON.parse(await textOf(`/ask.json?${query}`))).toMatchObject({ verdict: 'agent' })
  await expect
    .poll(async () => (await reader.post('/export', { of: 'db:row:shop/customers/42' })).status)
    .toBe(200)
  const zip = await reader.post('/export', { of: 'db:row:shop/customers/42' })
  expect(zip.headers.get('content-type')).toBe('application/zip')
  expect(
    Buffer.from(await zip.arrayBuffer())
      .subarray(0, 2)
      .toString(),
  ).toBe('PK')
})

test('the search box goes to what a clue names, and shows what it may mean', async () => {
  const found = async (clue: string): Promise<string | null> =>
    (await reader.get(`/find?q=${encodeURIComponent(clue)}`)).headers.get('location')
  expect(await found('https://github.com/Acme/App/pull/812')).toBe(
    '/ask?of=resource%3Agithub%3Apull%3Aacme%2Fapp%2F812',
  )
  expect(await found('person:dev@acme.example')).toBe('/person?id=dev%40acme.example')
  expect(await found('fixer-1')).toBe('/instance?id=fixer-1')
  expect(await found('dev@acme.example')).toBe('/person?id=dev%40acme.example')
  expect(await textOf('/find?q=nobody-knows-this')).toContain('Nothing on record')
  // What was found in a text is what a stranger wrote: it is marked, as a prompt is.
  const marked = '<span class="mark-untrusted">Untrusted data</span> <a'
  expect(await textOf('/find?q=ignore+the+heron')).toContain(marked)
  expect(await textOf('/find?q=fixer&as=clue')).not.toContain(marked)
})

test('an address of no page is a page for a person, and stays a problem for a program', async () => {
  const followed = await fetch(`${whodid.apiUrl}/no-such-page`, {
    headers: { accept: 'text/html,application/xhtml+xml' },
  })
  expect(followed.status).toBe(404)
  expect(followed.headers.get('content-type')).toContain('text/html')
  expect(await followed.text()).toContain('there is no page at this address')
  for (const path of ['/no-such-page', '/v1/no-such-route']) {
    const asked = await fetch(`${whodid.apiUrl}${path}`, {
      headers: path.startsWith('/v1/') ? { accept: 'text/html' } : {},
    })
    expect({ path, type: asked.headers.get('content-type') }).toEqual({
      path,
      type: 'application/problem+json',
    })
  }
})

test('the other pages show the same ledger', async () => {
  expect(await textOf('/')).toContain('Newest destructive acts')
  expect(await textOf('/')).toContain('db:row:shop/customers/42')
  expect(await textOf('/instance?id=fixer-1')).toContain('Blast radius')
  const authority = await textOf('/instance?id=fixer-1&tool=merge&at=')
  expect(authority).toContain('What was it allowed?')
  expect(authority).toContain('Whether use of the tool merge was allowed is not on record.')
  expect(await textOf('/person?id=dev%40acme.example')).toContain('By agents, on its behalf')
  expect(await textOf('/template?id=db-fixer')).toContain('delete_it')
  expect(await textOf('/agents')).toContain('db-fixer')
  expect(await textOf('/acts?template=db-fixer&verb=delete')).toContain('db:row:shop/customers/42')
  expect(await textOf('/live')).toContain('tool_call')
  const refused = await reader.get('/access-log')
  expect(refused.status).toBe(403)
})

test('two runs stand side by side, and an act names the run that did it', async () => {
  const other = {
    'whodid.actor.type': 'agent',
    'gen_ai.agent.id': 'db-fixer',
    'whodid.agent.instance.id': 'fixer-2',
    'whodid.delegator.id': 'eve@acme.example',
    'whodid.delegator.type': 'human',
  }
  await sendSpans(whodid, 'second-run', [
    { ...other, 'whodid.record.kind': 'session' },
    { ...other, ...toolCall('read', 'db:row:shop/customers/42') },
    { ...other, ...toolCall('create', 'db:row:shop/compared/1') },
  ])
  await whodid.whoDid('db:row:shop/compared/1', ({ verdict }) => verdict === 'agent')
  const rowOf = (html: string, name: string): string => {
    const rows = (html.match(/<tr[ >].*?<\/tr>/gsu) ?? []).map((row) =>
      row.replaceAll(/<[^>]*>/gu, ' ').replaceAll(/\s+/gu, ' '),
    )
    return rows.find((row) => row.includes(name)) ?? ''
  }
  const both = await textOf('/compare?a=fixer-1&b=fixer-2')
  expect(rowOf(both, 'Template')).toMatch(/Template same .*db-fixer db-fixer/u)
  expect(rowOf(both, 'For whom')).toMatch(/differs dev@acme\.example eve@acme\.example/u)
  expect(rowOf(both, 'create_it')).toMatch(/only B 0 1/u)
  expect(rowOf(both, 'db:row:shop/compared/1')).toMatch(/only B – create/u)
  expect(rowOf(both, 'db:row:shop/customers/42')).toMatch(/both delete read/u)
  const acts = 'resource:db:row:shop/compared/1'
  expect(await textOf(`/compare?a=fixer-1&b=${encodeURIComponent(acts)}`)).toContain('fixer-2')
  expect(await textOf('/compare?a=fixer-1')).toContain(
    '/compare?a=instance%3Afixer-1&amp;b=instance%3Afixer-2',
  )
  expect(await textOf('/instance?id=fixer-1')).toContain('/compare?a=instance%3Afixer-1')
  expect(await textOf('/compare?a=fixer-1&b=nobody')).toContain('No record names this instance')
  for (const refused of ['/compare', '/compare?a=fixer-1&b=db:row:nowhere/1'])
    expect((await reader.get(refused)).status, refused).toBe(400)
})

test('a live stream ends with its session', async () => {
  const session = await signInConsole(whodid, whodid.tokens.investigator)
  const from = encodeURIComponent(new Date().toISOString())
  const stream = await session.get(`/live/stream?from=${from}`)
  expect(stream.status).toBe(200)
  const ended = stream.text()
  await session.post('/sign-out', {})
  // Open, it would go on for a minute; the test's own limit is longer, so the text says which it was.
  const outcome = await Promise.race([
    ended.then(() => 'ended'),
    new Promise((resolve) => {
      setTimeout(() => resolve('open'), 30_000).unref()
    }),
  ])
  expect(outcome).toBe('ended')
})

test('each page view is in the access log, under its reader', async () => {
  const admin = await signInConsole(whodid, whodid.tokens.admin)
  const mark = `resource:t:mark:${Date.now()}`
  await textOf(`/ask?of=${encodeURIComponent(mark)}`)
  const log = await textOf('/access-log', admin)
  expect(log).toContain(mark)
  const { reads } = (await (
    await whodid.get('/v1/reads?limit=1000', whodid.tokens.admin)
  ).json()) as {
    reads: { reader: string; route: string; question: string; remote_address: string | null }[]
  }
  const view = reads.find(({ question }) => question.includes(mark))
  expect(view).toMatchObject({
    reader: 'investigator',
    route: '/v1/who-did',
    remote_address: '127.0.0.1',
  })
})
