import { tokenKind, WhodidError } from '@whodid/model'
import type { Context, Hono } from 'hono'
import type { JSX } from 'hono/jsx/jsx-runtime'
import { htmlOf } from '../parts/html-of.tsx'
import { Page } from '../parts/page.tsx'
import { mayRead, readerOf } from './console-reader.ts'
import type { ConsoleReader } from './console-reader.ts'
import type { PageEnv } from './page-env.ts'
import { checkFormOrigin, pathWithin, readForm } from './request-checks.ts'
import { randomToken, sameToken } from './sessions.ts'
import type { Sessions } from './sessions.ts'
import { readCookie, readSessionForm, removeCookie, signedIn, writeCookie } from './signed-in.ts'

/** The ports of signing in. */
interface SignInDeps {
  readonly sessions: Sessions
  readonly readers: () => readonly ConsoleReader[]
  /** The provider that people may sign in with. */
  readonly oidc?: { readonly issuer: string } | undefined
}

/** Adds the pages by which a reader signs in with a token, and out again. */
export function addSignIn(app: Hono<PageEnv>, { sessions, readers, oidc }: SignInDeps): void {
  const issuer = oidc?.issuer
  const showForm = (c: Context<PageEnv>, next: string, refused?: string) =>
    signInForm(c, { next, refused, issuer })
  app.get('/sign-in', (c) => showForm(c, pathWithin(c.req.query('next'))))
  app.post('/sign-in', async (c) => {
    checkFormOrigin(c)
    const form = await readForm(c)
    const next = pathWithin(form.get('next') ?? undefined)
    const cookie = readCookie(c, 'form')
    if (cookie === undefined || !sameToken(cookie, form.get('form_token') ?? ''))
      return showForm(c, next, 'This page was open for too long. Try again.')
    const token = (form.get('token') ?? '').trim()
    const reader = readerOf(token, readers())
    if (reader === undefined || !mayRead(reader)) return showForm(c, next, refusal(token, reader))
    // A session that was there before is not taken over: its ID may be known to somebody else.
    const before = readCookie(c, 'session')
    if (before !== undefined) sessions.end(before)
    writeCookie(c, 'session', sessions.start(reader))
    removeCookie(c, 'form')
    return c.redirect(next, 303)
  })
  app.post('/sign-out', signedIn(sessions), async (c) => {
    await readSessionForm(c)
    const id = readCookie(c, 'session')
    if (id === undefined) throw new WhodidError('unauthenticated', 'no session is open')
    sessions.end(id)
    removeCookie(c, 'session')
    return c.redirect(issuer === undefined ? '/sign-in' : '/sign-in?signed_out=1', 303)
  })
}

function refusal(token: string, reader: ConsoleReader | undefined): string {
  if (reader !== undefined || tokenKind(token) === 'ingest')
    return 'That token sends records and cannot read. Use an investigator token.'
  return 'That token is not known here. Use the "investigator" token of tokens.json, or one made by `whodid reader add`.'
}

function signInForm(
  c: Context<PageEnv>,
  shown: Omit<SignInProps, 'formToken' | 'isSignedOut'>,
): Response | Promise<Response> {
  const formToken = readCookie(c, 'form') ?? randomToken()
  writeCookie(c, 'form', formToken)
  c.status(shown.refused === undefined ? 200 : 401)
  const isSignedOut = c.req.query('signed_out') !== undefined
  return htmlOf(c, <SignInPage {...shown} formToken={formToken} isSignedOut={isSignedOut} />)
}

interface SignInProps {
  readonly next: string
  readonly formToken: string
  readonly refused: string | undefined
  readonly issuer: string | undefined
  /** True where the reader comes from signing out. */
  readonly isSignedOut: boolean
}

/** The way to the provider: a link, because a form may lead to this site alone. */
function ProviderLink({
  issuer,
  next,
  isSignedOut,
}: Pick<SignInProps, 'issuer' | 'next' | 'isSignedOut'>): JSX.Element | null {
  if (issuer === undefined) return null
  const { host } = new URL(issuer)
  return (
    <>
      <p class="sign-in">
        <a class="button primary" href={`/sign-in/oidc?next=${encodeURIComponent(next)}`}>
          Sign in with {host}
        </a>
      </p>
      {isSignedOut ? (
        <p class="note">
          You are signed out here. {host} may still know you:{' '}
          <a href="/sign-out/oidc">sign out there too</a>.
        </p>
      ) : null}
    </>
  )
}

function SignInPage({ formToken, refused, ...shown }: SignInProps): JSX.Element {
  return (
    <Page title="Sign in" narrow>
      <h1>Sign in</h1>
      <p class="lead">Who did this? The records of your AI agents, with their proof.</p>
      <ProviderLink {...shown} />
      <form class="sign-in" method="post" action="/sign-in">
        <input type="hidden" name="form_token" value={formToken} />
        <input type="hidden" name="next" value={shown.next} />
        <label for="token">Reader token</label>
        <input
          id="token"
          name="token"
          type="password"
          required
          autocomplete="current-password"
          maxlength={512}
          {...(refused === undefined
            ? {}
            : { 'aria-invalid': 'true', 'aria-describedby': 'refused' })}
        />
        {refused === undefined ? null : (
          <p id="refused" class="refused" role="alert">
            {refused}
          </p>
        )}
        <button type="submit" class="primary">
          Sign in
        </button>
      </form>
      <p class="hint">
        The token is the line <code>investigator</code> of <code>tokens.json</code> in the data
        directory, or one that <code>whodid reader add</code> made. It is checked and forgotten:
        this browser keeps a session of half an hour, eight hours at most.
      </p>
    </Page>
  )
}
