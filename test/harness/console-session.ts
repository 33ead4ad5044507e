import type { WhodidProcess } from './whodid-process.ts'

/** A reader signed in without a browser: its cookie, and requests with it. */
export interface ConsoleSession {
  readonly cookie: string
  readonly get: (path: string, headers?: Readonly<Record<string, string>>) => Promise<Response>
  /** Posts a form as a page of the console does: with its token, unless it is given. */
  readonly post: (
    path: string,
    fields: Readonly<Record<string, string>>,
    headers?: Readonly<Record<string, string>>,
  ) => Promise<Response>
}

/** Posts the form of the sign-in page with a token and resolves with the answer. */
export async function postSignIn(
  whodid: Pick<WhodidProcess, 'apiUrl'>,
  token: string,
  next = '/',
): Promise<Response> {
  const page = await fetch(`${whodid.apiUrl}/sign-in`)
  const form = cookieOf(page)
  const fields = { token, next, form_token: hiddenOf(await page.text(), 'form_token') }
  return fetch(`${whodid.apiUrl}/sign-in`, {
    method: 'POST',
    redirect: 'manual',
    headers: { cookie: form, origin: whodid.apiUrl },
    body: new URLSearchParams(fields),
  })
}

/** Signs a reader in. Throws when the token is refused. */
export async function signInConsole(
  whodid: Pick<WhodidProcess, 'apiUrl'>,
  token: string,
): Promise<ConsoleSession> {
  const answer = await postSignIn(whodid, token)
  if (answer.status !== 303) throw new Error(`${answer.status}: ${await answer.text()}`)
  const cookie = cookieOf(answer)
  const get: ConsoleSession['get'] = (path, headers = {}) =>
    fetch(`${whodid.apiUrl}${path}`, { redirect: 'manual', headers: { cookie, ...headers } })
  const post: ConsoleSession['post'] = async (path, fields, headers = {}) => {
    const token_ = hiddenOf(await (await get('/help')).text(), 'form_token')
    return fetch(`${whodid.apiUrl}${path}`, {
      method: 'POST',
      redirect: 'manual',
      headers: { cookie, origin: whodid.apiUrl, ...headers },
      body: new URLSearchParams({ form_token: token_, ...fields }),
    })
  }
  return { cookie, get, post }
}

/** The session's or the form's cookie that an answer sets, as a request sends it. */
function cookieOf(answer: Response): string {
  const set = answer.headers.getSetCookie().find((one) => !/Max-Age=0/iu.test(one))
  return set?.split(';')[0] ?? ''
}

function hiddenOf(html: string, name: string): string {
  return new RegExp(`name="${name}" value="([^"]*)"`, 'u').exec(html)?.[1] ?? ''
}
