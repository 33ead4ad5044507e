import { existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { chromium } from 'playwright-core'
import type { Browser, BrowserContext, Page } from 'playwright-core'

/** A page that was opened, and what the browser said against it. */
export interface WatchedPage {
  readonly page: Page
  /** Errors in the browser's console, exceptions of scripts, and violations of the page's policy. */
  readonly complaints: string[]
}

/** Finds the Chromium of the machine; undefined where there is none. */
export function chromiumPath(): string | undefined {
  const given = process.env['WHODID_CHROMIUM']
  if (given !== undefined && given !== '') return given
  const directories = (process.env['PATH'] ?? '').split(delimiter)
  return directories
    .flatMap((directory) =>
      ['chromium', 'chromium-browser', 'google-chrome'].map((name) => join(directory, name)),
    )
    .find((path) => existsSync(path))
}

/** Launches Chromium without a window. */
export function launchChromium(executablePath: string): Promise<Browser> {
  // As root, which a container's build is, Chromium has no sandbox of its own.
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  return chromium.launch({ executablePath, args: [...args, '--disable-gpu'] })
}

/** Opens a page and collects what the browser says against it. */
export async function openWatched(context: BrowserContext): Promise<WatchedPage> {
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning')
      complaints.push(`${message.text()} (${message.location().url}, on ${page.url()})`)
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  return { page, complaints }
}

const axeSource = readFileSync(new URL(import.meta.resolve('axe-core/axe.min.js')), 'utf8')

/**
 * Runs axe in a page and returns its violations, a line each. It is evaluated by the debugger, which the page's policy does not
 * concern, in the page's own world.
 */
export async function axeViolations(page: Page): Promise<string[]> {
  const session = await page.context().newCDPSession(page)
  try {
    await session.send('Runtime.evaluate', { expression: axeSource })
    const { result } = await session.send('Runtime.evaluate', {
      expression: `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => JSON.stringify(violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => id + ': ' + html.slice(0, 160) + ' ' + failureSummary))))`,
      awaitPromise: true,
    })
    // The expression gives JSON of texts; anything else fails the test that reads it.
    return JSON.parse(String(result.value)) as string[]
  } finally {
    await session.detach()
  }
}

/** Returns true where a page is wider than its window. */
export function scrollsSideways(page: Page): Promise<boolean> {
  return page.evaluate<boolean>(
    'document.documentElement.scrollWidth > document.documentElement.clientWidth',
  )
}
