import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'

/** A file that pages load: its address holds its hash, so that a browser may keep it. */
export interface Asset {
  readonly url: string
  readonly body: string
  readonly type: string
}

/** The files that pages load. */
export const assets: readonly Asset[] = [
  asset('console.css', 'text/css; charset=utf-8'),
  asset('console.mjs', 'text/javascript; charset=utf-8'),
  asset('live.mjs', 'text/javascript; charset=utf-8'),
  asset('icon.svg', 'image/svg+xml'),
]

/** Their addresses. */
export const assetUrls: Readonly<Record<'style' | 'script' | 'live' | 'icon', string>> = {
  style: urlOf('console.css'),
  script: urlOf('console.mjs'),
  live: urlOf('live.mjs'),
  icon: urlOf('icon.svg'),
}

function urlOf(name: string): string {
  return assets.find(({ url }) => url.endsWith(`/${name}`))?.url ?? ''
}

function asset(name: string, type: string): Asset {
  const body = readFileSync(new URL(`../assets/${name}`, import.meta.url), 'utf8')
  const hash = createHash('sha256').update(body).digest('hex').slice(0, 16)
  return { url: `/assets/${hash}/${name}`, body, type }
}
