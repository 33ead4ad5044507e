import { createServer } from 'node:http'
import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { axeViolations, chromiumPath, launchChromium, openWatched } from '../harness/chromium.ts'
import { signInConsole } from '../harness/console-session.ts'
import { startOidcProvider } from '../harness/oidc-provider.ts'
import type { TestProvider } from '../harness/oidc-provider.ts'
import { openWalker } from '../harness/walker.ts'
import type { Walker } from '../harness/walker.ts'
import { startWhodidProcess } from '../harness/whodid-process.ts'
import type { WhodidProcess } from '../harness/whodid-process.ts'

// The sign-in with a real OpenID provider: the way there and back, what it opens, and what an attacker makes of it.

let whodid: WhodidProcess
let provider: TestProvider
let shut: (() => Promise<void>)[]

const people = {
  kim: { email: 'kim@acme.example', groups: ['staff', 'responders'] },
  lee: { email: 'lee@acme.example', groups: ['sec leads', 'responders'] },
  far: { email: 'far@acme.example', groups: ['far responders'] },
  mallory: { email: 'mallory@acme.example', groups: ['staff'] },
  imp: { email: 'lee@acme.example', emailVerified: false, groups: ['responders'] },
}

beforeAll(async () => {
  const port = await freePort()
  provider = await startOidcProvider(`http://127.0.0.1:${port}`)
  provider.setPeople(people)
  whodid = await startWhodidProcess({
    environment: {
      WHODID_API_PORT: String(port),
      WHODID_OIDC_ISSUER: provider.issuer,
      WHODID_OIDC_CLIENT_ID: provider.clientId,
      WHODID_OIDC_CLIENT_SECRET: provider.clientSecret,
      WHODID_OIDC_CONSOLE_URL: `http://127.0.0.1:${port}`,
      WHODID_OIDC_SCOPES: 'openid email groups',
      WHODID_OIDC_GROUPS:
        'admin default sec leads; investigator default responders; investigator far far responders',
    },
  })
  shut = [() => whodid.remove(), () => provider.stop()]
})

afterAll(async () => {
  for (const stop of shut) await stop()
})

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** Signs a person in and returns the walker and the answer of the callback. */
async function signIn(person: string, next = '/'): Promise<{ walker: Walker; answer: Response }> {
  const walker = openWalker()
  const path = `/sign-in/oidc?next=${encodeURIComponent(next)}`
  const back = await walker.signInAt(`${whodid.apiUrl}${path}`, person, '/sign-in/oidc/callback')
  return { walker, answer: await walker.get(back) }
}

test('the page of the sign-in leads to the provider, and a person comes back as their group says', async () => {
  const page = await fetch(`${whodid.apiUrl}/sign-in?next=%2Fhelp`)
  expect(await page.text()).toContain('href="/sign-in/oidc?next=%2Fhelp"')
  for (const [person, name, tenant] of [
    ['kim', 'kim@acme.example (investigator)', 'default'],
    ['lee', 'lee@acme.example (admin)', 'default'],
    ['far', 'far@acme.example (investigator)', 'far'],
  ] as const) {
    const { walker, answer } = await signIn(person, '/help')
    expect(answer.status, person).toBe(303)
    expect(answer.headers.get('location')).toBe('/help')
    expect(answer.headers.getSetCookie().join('\n')).toMatch(
      /whodid-session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict/u,
    )
    const help = await (await walker.get(`${whodid.apiUrl}/help`)).text()
    expect(help).toContain(name)
    expect(help).toContain(`tenant ${tenant}`)
  }
})

test('what a person does stands under their name, and a name that was not verified is not theirs', async () => {
  const { walker } = await signIn('imp')
  const mark = `t:mark:${Date.now()}`
  await walker.get(`${whodid.apiUrl}/ask?of=${mark}`)
  const log = await whodid.get('/v1/reads?limit=1000', whodid.tokens.admin)
  const { reads } = (await log.json()) as { reads: { reader: string; question: string }[] }
  const host = new URL(provider.issuer).host
  expect(reads.find(({ question }) => question.includes(mark))?.reader).toBe(`imp@${host}`)
})

test('a person in no group gets a page that says so, and no session', async () => {
  const { walker, answer } = await signIn('mallory')
  expect(answer.status).toBe(403)
  expect(answer.headers.getSetCookie().join()).not.toContain('whodid-session=')
  expect(await answer.text()).toContain('mallory@acme.example signed in, and none of their groups')
  expect((await walker.get(`${whodid.apiUrl}/help`)).status).toBe(303)
})

test('the request to the provider has state, nonce and PKCE, and its cookie no script reads', async () => {
  const begun = await fetch(`${whodid.apiUrl}/sign-in/oidc`, { redirect: 'manual' })
  const url = new URL(begun.headers.get('location') ?? '')
  expect(url.origin).toBe(provider.issuer)
  expect(Object.fromEntries(url.searchParams)).toMatchObject({
    response_type: 'code',
    code_challenge_method: 'S256',
    redirect_uri: `${whodid.apiUrl}/sign-in/oidc/callback`,
  })
  for (const name of ['state', 'nonce', 'code_challenge'])
    expect(url.searchParams.get(name)?.length, name).toBeGreaterThanOrEqual(43)
  expect(begun.headers.getSetCookie().join()).toMatch(
    /^whodid-oidc=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/u,
  )
  for (const { headers } of [begun, await fetch(`${whodid.apiUrl}/sign-in/oidc/callback`)]) {
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    expect(headers.get('x-frame-options')).toBe('DENY')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('cache-control')).toBe('no-store')
  }
})

test.each([
  ['//evil.example/'],
  ['https://evil.example/'],
  ['/\\evil.example'],
  ['javascript:alert(1)'],
])('the way on %s leads nowhere else', async (next) => {
  const { answer } = await signIn('kim', next)
  expect(answer.headers.get('location')).toBe('/')
})

test('an answer that is not to the sign-in of this browser opens nothing', async () => {
  const start = `${whodid.apiUrl}/sign-in/oidc`
  const callback = '/sign-in/oidc/callback'
  const attacker = openWalker()
  const stolen = await attacker.signInAt(start, 'lee', callback)
  const refused: [string, Response][] = []
  // The victim's browser began no sign-in, and then one of its own.
  const victim = openWalker()
  refused.push(['without a sign-in', await victim.get(stolen)])
  await victim.get(start)
  refused.push(['with the state of another', await victim.get(stolen)])
  const own = new URL((await victim.get(start)).headers.get('location') ?? '')
  const mixed = new URL(stolen)
  mixed.searchParams.set('state', own.searchParams.get('state') ?? '')
  refused.push(['with the code of another', await victim.get(mixed.href)])
  // The code that the victim's attempt burnt, or that was used, is worth nothing.
  const again = openWalker()
  const back = await again.signInAt(start, 'kim', callback)
  expect((await again.get(back)).status).toBe(303)
  refused.push(['a second time', await again.get(back)])
  for (const [what, answer] of refused) {
    expect(answer.status, what).toBe(401)
    expect(answer.headers.getSetCookie().join(), what).not.toContain('whodid-session=')
    expect(await answer.text(), what).toContain('unauthenticated')
  }
})

test('a refusal of the provider is a page, and its words stay words', async () => {
  const walker = openWalker()
  const begun = await walker.get(`${whodid.apiUrl}/sign-in/oidc`)
  const state = new URL(begun.headers.get('location') ?? '').searchParams.get('state') ?? ''
  const query = new URLSearchParams({
    error: 'access_denied',
    error_description: '<script>alert(1)</script>\u202e',
    state,
    iss: provider.issuer,
  })
  const answer = await walker.get(`${whodid.apiUrl}/sign-in/oidc/callback?${query.toString()}`)
  expect(answer.status).toBe(401)
  const html = await answer.text()
  expect(html).toContain('the provider refused the sign-in: &lt;script&gt;alert(1)')
  expect(html).not.toMatch(/<script>alert|\u202e/u)
})

test('an admin sees the sessions and ends one; nobody else may', async () => {
  const [kim, lee, far] = await Promise.all([signIn('kim'), signIn('lee'), signIn('far')])
  expect((await kim.walker.get(`${whodid.apiUrl}/sessions`)).status).toBe(403)
  const html = await (await lee.walker.get(`${whodid.apiUrl}/sessions`)).text()
  expect(html).not.toContain('far@acme.example')
  const row = html.split('<tr').find((one) => one.includes('kim@acme.example')) ?? ''
  expect(row).toContain('identity provider')
  const hidden = (text: string, name: string): string =>
    new RegExp(`name="${name}" value="([^"]*)"`, 'u').exec(text)?.[1] ?? ''
  const end = (walker: Walker, text: string, headers = {}) =>
    walker.post(
      `${whodid.apiUrl}/sessions`,
      { form_token: hidden(html, 'form_token'), name: hidden(text, 'name') },
      { origin: whodid.apiUrl, ...headers },
    )
  expect((await end(kim.walker, row)).status).toBe(403)
  expect((await end(lee.walker, row, { origin: 'http://evil.example' })).status).toBe(403)
  expect((await kim.walker.get(`${whodid.apiUrl}/help`)).status).toBe(200)
  expect((await end(lee.walker, row)).status).toBe(303)
  expect((await kim.walker.get(`${whodid.apiUrl}/help`)).status).toBe(303)
  expect((await far.walker.get(`${whodid.apiUrl}/help`)).status).toBe(200)
})

describe.skipIf(chromiumPath() === undefined)('in Chromium', () => {
  test('a person signs in from a deep link, signs out, and the provider may be left too', async () => {
    const browser = await launchChromium(chromiumPath() ?? '')
    const { page, complaints } = await openWatched(await browser.newContext())
    await page.goto(`${whodid.apiUrl}/person?id=kim@acme.example`)
    expect(await axeViolations(page)).toEqual([])
    if (process.env['WHODID_SCREENSHOTS'] !== undefined)
      await page.screenshot({ path: `${process.env['WHODID_SCREENSHOTS']}/sign-in-oidc.png` })
    await page.getByRole('link', { name: /^Sign in with/u }).click()
    await page.locator('input[name=login]').fill('kim')
    await page.locator('input[name=password]').fill('any')
    await page.locator('button[type=submit]').click()
    await page.locator('button[type=submit]').click()
    // The page that the provider leads to comes without the strict cookie, asks for itself again, and is there.
    await page.waitForURL(/\/person\?id=/u)
    await page.waitForSelector('h1')
    expect(await page.textContent('h1')).toBe('kim@acme.example')
    const ours = complaints.filter((one) => one.includes(whodid.apiUrl))
    expect(ours).toEqual([])
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.waitForURL(/\/sign-in\?signed_out=1/u)
    expect(await axeViolations(page)).toEqual([])
    await page.getByRole('link', { name: 'sign out there too' }).click()
    await page.waitForURL(`${provider.issuer}/**`)
    await browser.close()
  })
})

test('without the provider a token still opens the console, and a provider that comes back is taken', async () => {
  const [port, consolePort] = [await freePort(), await freePort()]
  const consoleUrl = `http://127.0.0.1:${consolePort}`
  const second = await startWhodidProcess({
    environment: {
      WHODID_API_PORT: String(consolePort),
      WHODID_OIDC_ISSUER: `http://localhost:${port}`,
      WHODID_OIDC_CLIENT_ID: provider.clientId,
      WHODID_OIDC_CLIENT_SECRET: provider.clientSecret,
      WHODID_OIDC_CONSOLE_URL: consoleUrl,
      WHODID_OIDC_SCOPES: 'openid email groups',
      WHODID_OIDC_GROUPS: 'investigator default responders',
    },
  })
  shut.push(() => second.remove())
  const start = `${consoleUrl}/sign-in/oidc`
  const answer = await fetch(start, { redirect: 'manual' })
  expect(answer.status).toBe(502)
  expect(await answer.text()).toContain('provider_failed')
  const reader = await signInConsole(second, second.tokens.investigator)
  expect((await reader.get('/help')).status).toBe(200)
  // This one puts the groups into the ID token.
  const late = await startOidcProvider(consoleUrl, { port, claimsInToken: true })
  shut.push(() => late.stop())
  late.setPeople(people)
  const walker = openWalker()
  const back = await walker.signInAt(start, 'kim', '/sign-in/oidc/callback')
  expect((await walker.get(back)).status).toBe(303)
  expect(await (await walker.get(`${consoleUrl}/help`)).text()).toContain('kim@acme.example')
})
