import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, BrowserContext } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import {
  axeViolations,
  chromiumPath,
  launchChromium,
  openWatched,
  scrollsSideways,
} from '../harness/chromium.ts'
import type { WatchedPage } from '../harness/chromium.ts'
import { sendSpans, toolCall } from '../harness/send-spans.ts'
import { startWhodidProcess } from '../harness/whodid-process.ts'
import type { WhodidProcess } from '../harness/whodid-process.ts'

// The console in a real Chromium: flows, accessibility, its content security policy, and no width at which a page scrolls sideways.

const executable = chromiumPath()
const demanded = process.env['CI'] === 'true'
const widths = [390, 1280, 1920]
/** A directory for pictures of every page at every width; none are made without it. */
const pictures = process.env['WHODID_SCREENSHOTS']

if (executable === undefined && !demanded)
  process.stderr.write('console-browser: skipped, no chromium on PATH (apt-get install chromium)\n')

test('Chromium is there where CI demands it', () => {
  if (demanded) expect(executable, 'CI=true needs chromium on PATH').toBeDefined()
})

/** Pages that are examined at the narrowest width too. */
const narrowToo = [
  'home',
  'answer',
  'instance',
  'acts',
  'findings',
  'ghosts',
  'completeness',
  'case',
  'compare',
]

const row = 'db:row:shop/customers/42'
const long = `file:/srv/${'a-very-long-directory-name/'.repeat(12)}file.ts`
const pages = {
  home: '/',
  answer: `/ask?of=${row}`,
  undetermined: '/ask?of=db:row:nowhere/1',
  long: `/ask?of=${encodeURIComponent(long)}`,
  instance: '/instance?id=triage-1',
  person: '/person?id=dev%40acme.example',
  template: '/template?id=db-fixer',
  acts: '/acts',
  agents: '/agents',
  findings: '/findings',
  ghosts: '/ghosts',
  completeness: '/completeness?id=numbered-1',
  live: '/live',
  compare: '/compare?a=triage-1&b=fixer-1',
  'compare-choose': '/compare?a=triage-1',
  cases: '/cases',
  case: '/case?id=INC-7',
  'access-log': '/access-log',
  find: '/find?q=nobody',
  help: '/help',
}

describe.skipIf(executable === undefined)('the console in Chromium', () => {
  let whodid: WhodidProcess
  let browser: Browser
  let context: BrowserContext
  let watched: WatchedPage

  beforeAll(async () => {
    whodid = await startWhodidProcess({ environment: { WHODID_DETECT_SECONDS: '2' } })
    await sendIncident(whodid)
    browser = await launchChromium(executable ?? '')
    context = await browser.newContext({ viewport: { width: 1280, height: 900 } })
    watched = await openWatched(context)
  })

  afterAll(async () => {
    await browser.close()
    await whodid.remove()
  })

  test('a reader signs in, asks, checks the proof and signs out', async () => {
    const { page, complaints } = watched
    await page.goto(`${whodid.apiUrl}/ask?of=${row}`)
    expect(await axeViolations(page)).toEqual([])
    await page.getByLabel('Reader token').fill(whodid.tokens.admin)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.waitForURL(/\/ask\?of=/u)
    expect(await page.textContent('h1')).toContain('db-fixer')
    await page.getByRole('button', { name: 'Check in this browser' }).click()
    await page.waitForSelector('.steps li:nth-child(4)')
    expect(await page.locator('.steps .is-bad').count()).toBe(0)
    expect(await page.textContent('.steps')).toContain('lead from the leaf to the root of')
    await page.keyboard.press('/')
    expect(await page.evaluate('document.activeElement.id')).toBe('search')
    await page.keyboard.type('dev@acme.example')
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/person\?/u)
    await page.keyboard.press('j')
    expect(await page.locator('.is-picked').count()).toBe(1)
    await page.keyboard.press('?')
    await page.waitForURL(/\/help/u)
    // A link on another site comes without the strict cookie, and still arrives.
    await page.goto(`data:text/html,<a href="${whodid.apiUrl}/person?id=dev@acme.example">link</a>`)
    await page.click('a')
    await page.waitForURL(/\/person/u)
    expect(await page.textContent('h1')).toBe('dev@acme.example')
    expect(complaints).toEqual([])
  })

  test('a proof that was changed on its way is refused by the browser', async () => {
    const { page } = watched
    await page.route('**/proof?*', async (route) => {
      const answer = await route.fetch()
      const proof = (await answer.json()) as { proof: string[]; index: number; checkpoint: string }
      const [first = '', ...rest] = proof.proof
      const flipped = Buffer.from(first, 'base64')
      flipped[0] = (flipped[0] ?? 0) ^ 1
      await route.fulfill({ json: { ...proof, proof: [flipped.toString('base64'), ...rest] } })
    })
    await page.goto(`${whodid.apiUrl}/ask?of=${row}`)
    await page.getByRole('button', { name: 'Check in this browser' }).click()
    await page.waitForSelector('.steps .is-bad')
    expect(await page.textContent('.steps .is-bad')).toContain('does not lead to the root')
    await page.unroute('**/proof?*')
  })

  test('an answer is pinned in a case, and a note goes beside it', async () => {
    const { page, complaints } = watched
    await page.goto(`${whodid.apiUrl}/ask?of=${row}`)
    await page.getByText('Keep in a case').click()
    expect(await axeViolations(page)).toEqual([])
    await picture(page, 'keep')
    await page.getByLabel('Case').fill('INC-7')
    await page.getByRole('button', { name: 'Pin this' }).click()
    await page.waitForURL(/\/case\?id=INC-7#entry-/u)
    expect(await page.textContent('.entry')).toContain('db-fixer')
    await page.getByLabel(/What you found/u).fill(`${'a long word'.repeat(40)}\n\u202e<b>bold</b>`)
    await page.getByRole('button', { name: 'Add the note' }).click()
    await page.waitForSelector('.entry.is-note')
    const note = (await page.locator('.entry-text').last().textContent()) ?? ''
    // The API replaces the character that turns the text, and no other.
    expect(note).toContain('\n\ufffd<b>bold</b>')
    await page.locator('.entry.is-pin a').click()
    await page.waitForURL(/as_recorded=/u)
    expect(complaints).toEqual([])
  })

  test('the ghosts of an imported log lead to the person, and to what the ledger has of the thing', async () => {
    const { page, complaints } = watched
    await page.goto(`${whodid.apiUrl}/`)
    await page.getByRole('link', { name: 'Ghosts' }).click()
    await page.waitForURL(/\/ghosts$/u)
    const borrowed = page.locator('section', { hasText: 'Under a person’s name' })
    expect(await borrowed.textContent()).toContain('the client carried an agent’s mark')
    await borrowed.getByRole('link', { name: 'github:pull:acme/app/812' }).click()
    await page.waitForURL(/\/ask\?of=/u)
    await page.goto(`${whodid.apiUrl}/ghosts?days=30`)
    await borrowed.getByRole('link', { name: 'dev', exact: true }).click()
    await page.waitForURL(/\/person\?id=dev/u)
    expect(complaints).toEqual([])
  })

  test('a finding leads to its records, and is suppressed for a time and a reason', async () => {
    const { page, complaints } = watched
    await page.goto(`${whodid.apiUrl}/findings`)
    const row = page.locator('.inventory tbody tr', { hasText: 'missing-delegation' }).first()
    await row.locator('.act a').click()
    await page.waitForURL(/\/finding\?id=[0-9a-f]{32}$/u)
    const finding = page.url()
    expect(await axeViolations(page)).toEqual([])
    await picture(page, 'finding')
    await page.getByRole('link', { name: 'record 1' }).first().click()
    await page.waitForURL(/\/ask\?of=span/u)
    expect(await page.textContent('h1')).toContain('fixer')
    await page.goto(finding)
    await page.getByLabel('decision').selectOption('suppress')
    await page.getByLabel('days suppressed').selectOption('7')
    await page.getByRole('button', { name: 'Decide' }).click()
    // Without a reason nothing is suppressed, and the page says so.
    await page.waitForSelector('text=reason')
    expect(await page.textContent('main')).toContain('invalid_parameter')
    await page.goto(finding)
    await page.getByLabel('decision').selectOption('suppress')
    await page.getByLabel('why').fill('a drill\u202e')
    await page.getByRole('button', { name: 'Decide' }).click()
    await page.waitForSelector('.entry:has-text("a drill")')
    expect(await page.textContent('.kind')).toContain('suppressed')
    await page.goto(`${whodid.apiUrl}/findings?state=suppressed`)
    expect(await page.locator('.inventory tbody tr').count()).toBe(1)
    // The browser itself reports the page of status 400.
    expect(complaints.filter((one) => !one.includes('400'))).toEqual([])
    complaints.length = 0
  })

  test('a hole in the record of a run is shown between its neighbours', async () => {
    const { page } = watched
    await page.goto(`${whodid.apiUrl}/instance?id=numbered-1`)
    await page.getByRole('link', { name: 'Is its record whole?' }).click()
    await page.waitForURL(/\/completeness\?id=numbered-1/u)
    expect(await page.textContent('h1')).toContain('incomplete')
    const holes = page.locator('section', { hasText: 'Missing' }).locator('tbody tr')
    expect(await holes.count()).toBe(1)
    expect(await holes.textContent()).toContain('2 to 3')
    await holes.getByRole('link').first().click()
    await page.waitForURL(/\/ask\?of=span/u)
  })

  test('no page scrolls sideways, complains or violates its policy, and axe finds nothing', async () => {
    const { page, complaints } = watched
    const findings: string[] = []
    for (const [name, path] of Object.entries(pages)) {
      await page.goto(`${whodid.apiUrl}${path}`)
      for (const width of widths) {
        await page.setViewportSize({ width, height: 900 })
        if (await scrollsSideways(page)) findings.push(`${name} at ${width} scrolls sideways`)
        if (width === 1280 || (width === 390 && narrowToo.includes(name)))
          findings.push(...(await axeViolations(page)).map((one) => `${name} at ${width}: ${one}`))
        await picture(page, `${name}-${width}`)
      }
    }
    await page.emulateMedia({ colorScheme: 'dark' })
    await page.setViewportSize({ width: 1280, height: 900 })
    for (const name of ['home', 'answer', 'instance'] as const) {
      await page.goto(`${whodid.apiUrl}${pages[name]}`)
      findings.push(...(await axeViolations(page)).map((one) => `${name}, dark: ${one}`))
      await picture(page, `${name}-dark`)
    }
    await page.emulateMedia({ colorScheme: 'light' })
    expect(findings).toEqual([])
    expect(complaints).toEqual([])
  })

  test('the live page adds records as they come in', async () => {
    const { page, complaints } = watched
    await page.goto(`${whodid.apiUrl}/live`)
    await page.waitForSelector('[data-live-state]:text-is("Following")')
    await sendSpans(whodid, 'live', [
      { ...fixer, ...toolCall('delete', 'db:row:shop/live/1\u202e') },
    ])
    // The API replaces the character that turns the text before any page sees it.
    await page.waitForSelector('text=db:row:shop/live/1\ufffd')
    await page.goto('about:blank')
    expect(complaints).toEqual([])
  })

  test('every page works without scripts, and is readable on paper', async () => {
    const plain = await browser.newContext({
      javaScriptEnabled: false,
      storageState: await context.storageState(),
    })
    const page = await plain.newPage()
    await page.goto(`${whodid.apiUrl}/ask?of=${row}`)
    expect(await page.getByRole('button', { name: 'Check in this browser' }).isVisible()).toBe(
      false,
    )
    expect(await page.textContent('.check .note')).toContain('whodid verify --of span:')
    await page.fill('#search', 'triage-1')
    await page.press('#search', 'Enter')
    await page.waitForURL(/\/instance\?id=triage-1/u)
    await page.emulateMedia({ media: 'print' })
    await page.goto(`${whodid.apiUrl}/ask?of=${row}`)
    expect(await page.locator('.search').isVisible()).toBe(false)
    await page.emulateMedia({ media: 'screen' })
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.waitForURL(/\/sign-in/u)
    await page.goto(`${whodid.apiUrl}/`)
    expect(page.url()).toContain('/sign-in')
    await plain.close()
  })
})

async function picture(page: WatchedPage['page'], name: string): Promise<void> {
  if (pictures === undefined) return
  mkdirSync(pictures, { recursive: true })
  await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true })
}

const triage = {
  'gen_ai.agent.id': 'repo-triage',
  'whodid.actor.type': 'agent',
  'whodid.agent.instance.id': 'triage-1',
  'whodid.delegator.id': 'dev@acme.example',
  'whodid.delegator.type': 'human',
  'whodid.correlation.id': 'corr-1',
}
const fixer = {
  ...triage,
  'gen_ai.agent.id': 'db-fixer',
  'whodid.agent.instance.id': 'fixer-1',
  'whodid.agent.instance.parent_id': 'triage-1',
}

const numbered = { ...triage, 'whodid.agent.instance.id': 'numbered-1' }
const hourAgo = new Date(Date.now() - 3_600_000).toISOString()

/** A merge under the engineer's name, by a client that carries an agent's mark. */
function auditEvent(): object {
  return {
    '@timestamp': Date.now() - 600_000,
    _document_id: 'audit-812',
    action: 'pull_request.merge',
    actor: 'dev',
    user_agent: 'claude-code/2.1',
    pull_request_url: 'https://github.com/acme/app/pull/812',
  }
}

/** An incident with a poisoned input, a sub-agent, an act that nobody claims, and names that attack the page. */
async function sendIncident(service: WhodidProcess): Promise<void> {
  const kind = (name: string) => ({ 'whodid.record.kind': name })
  const poisoned = {
    'whodid.input.source': 'github:issue:acme/app/901',
    'whodid.input.trust': 'untrusted',
  }
  const credential = {
    'whodid.credential.id': 'sha256:5f48c9c2eb8bd537b6c070224b156503',
    'whodid.credential.type': 'password',
    'whodid.credential.subject': 'shop_app',
  }
  await sendSpans(service, 'console-incident', [
    { ...triage, ...kind('session') },
    { ...triage, ...kind('prompt'), 'whodid.prompt.origin': 'human' },
    { ...triage, ...toolCall('read', 'github:issue:acme/app/901'), ...poisoned },
    { ...fixer, ...kind('session') },
    { ...fixer, ...toolCall('delete', row), ...credential },
    { ...fixer, ...toolCall('update', long) },
    { ...fixer, ...toolCall('update', '<img src=x onerror=alert(1)>\u202e"\'') },
    { ...toolCall('delete', 'db:row:shop/customers/43') },
    ...[1, 4].map((number) => ({
      ...numbered,
      ...toolCall('read', `file:/${number}`),
      'whodid.seq': number,
    })),
  ])
  const imported = await fetch(`${service.apiUrl}/v1/imports`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${service.tokens.admin}`,
    },
    body: JSON.stringify({ format: 'github-audit', events: [auditEvent()] }),
  })
  expect(imported.status).toBe(200)
  const isImported = async (): Promise<void> => {
    const ghosts: unknown = await (await service.get(`/v1/ghosts?from=${hourAgo}`)).json()
    expect(ghosts).toMatchObject({ counts: { events: 1 } })
    const found: unknown = await (await service.get('/v1/findings')).json()
    expect(JSON.stringify(found)).toContain('missing-delegation')
  }
  await vi.waitFor(isImported, { timeout: 60_000, interval: 200 })
  await service.whoDid(
    row,
    ({ verdict, integrity }) => verdict === 'agent' && integrity.state === 'sealed',
  )
}
