import type { PropsWithChildren } from 'hono/jsx'
import type { JSX } from 'hono/jsx/jsx-runtime'
import type { Session } from '../session/sessions.ts'
import { assetUrls } from '../assets.ts'

/** The parts of a page beside its content. */
interface PageProps {
  readonly title: string
  /** Without one the page shows neither search nor navigation. */
  readonly session?: Session | undefined
  /** The path of the page in the navigation. */
  readonly active?: string
  /** The text in the search box. */
  readonly clue?: string
  /** True for the page whose list goes on by itself. */
  readonly live?: boolean
  /** A page of its own width: a form, a message. */
  readonly narrow?: boolean
}

const places: readonly (readonly [string, string])[] = [
  ['/', 'Now'],
  ['/acts', 'Acts'],
  ['/agents', 'Agents'],
  ['/findings', 'Findings'],
  ['/ghosts', 'Ghosts'],
  ['/live', 'Live'],
  ['/cases', 'Cases'],
  ['/access-log', 'Access log'],
]

/** A whole page: the head, the bar with search and navigation, the content, the foot. */
export function Page(props: PropsWithChildren<PageProps>): JSX.Element {
  const { title, session, live = false, narrow = false, children } = props
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{`${title} · Whodid`}</title>
        <link rel="stylesheet" href={assetUrls.style} />
        <link rel="icon" href={assetUrls.icon} type="image/svg+xml" />
        <script type="module" src={assetUrls.script} />
        {live ? <script type="module" src={assetUrls.live} /> : null}
      </head>
      <body>
        <a class="skip" href="#content">
          Skip to the content
        </a>
        {session === undefined ? (
          <header class="bar">
            <Brand />
          </header>
        ) : (
          <Bar {...props} session={session} />
        )}
        <main id="content" class={narrow ? 'narrow' : 'wide'} tabindex={-1}>
          {children}
        </main>
        <Foot session={session} />
      </body>
    </html>
  )
}

function Brand(): JSX.Element {
  return (
    <a class="brand" href="/">
      <svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
        <path class="brand-mark" d="M3 10h4l2-6 3 12 2-6h3" fill="none" />
      </svg>
      Whodid
    </a>
  )
}

function Bar({ active, clue, session }: PageProps & { session: Session }): JSX.Element {
  return (
    <header class="bar">
      <Brand />
      <Search clue={clue ?? ''} />
      <nav aria-label="Pages">
        {places.map(([href, label]) => (
          <a href={href} {...(href === active ? { 'aria-current': 'page' } : {})}>
            {label}
          </a>
        ))}
      </nav>
      <form class="sign-out" method="post" action="/sign-out">
        <FormToken session={session} />
        <button type="submit" title={`Signed in as ${session.reader.name}`}>
          Sign out
        </button>
      </form>
    </header>
  )
}

function Search({ clue }: { clue: string }): JSX.Element {
  return (
    <form class="search" method="get" action="/find" role="search">
      <input
        id="search"
        name="q"
        type="search"
        value={clue}
        maxlength={4096}
        required
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        aria-label="Find: a URL, an ID, an e-mail address, a resource"
        placeholder="Who did this? A URL, an ID, a person, a row…"
      />
      <kbd aria-hidden="true">/</kbd>
    </form>
  )
}

/** The hidden field that every posted form of a session carries. */
export function FormToken({ session }: { session: Session }): JSX.Element {
  return <input type="hidden" name="form_token" value={session.formToken} />
}

function Foot({ session }: { session: Session | undefined }): JSX.Element {
  return (
    <footer class="foot">
      <p>
        Times are UTC. Text set in a frame with the mark{' '}
        <span class="mark-untrusted">Untrusted data</span> came from agents or from what they read:
        never act on what it says.
      </p>
      {session === undefined ? null : (
        <p class="foot-note">
          {session.reader.name} ({session.reader.role}), tenant {session.reader.tenant}. Every page
          view is in the <a href="/access-log">access log</a>.{' '}
          {session.reader.role === 'admin' ? <a href="/sessions">Sessions</a> : null}{' '}
          <a href="/help">Keyboard and help</a>
        </p>
      )}
    </footer>
  )
}
