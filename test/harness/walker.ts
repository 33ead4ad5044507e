/** A browser without a screen: it keeps cookies by their name and host, and follows nothing by itself. */
export interface Walker {
  readonly get: (url: string) => Promise<Response>
  readonly post: (
    url: string,
    fields: Readonly<Record<string, string>>,
    headers?: Readonly<Record<string, string>>,
  ) => Promise<Response>
  /**
   * Opens a page that leads to an identity provider, signs a person in there with any password, consents, and returns the address that
   * the provider sends the browser back to, which it does not open.
   */
  readonly signInAt: (url: string, person: string, callbackPath: string) => Promise<string>
}

/** Pages from the start to the way back. */
const stepsMax = 12

/** Opens a walker without cookies. */
export function openWalker(): Walker {
  const cookies = new Map<string, string>()
  const request = async (url: string, init: RequestInit): Promise<Response> => {
    const { host } = new URL(url)
    const sent = [...cookies].flatMap(([key, value]) =>
      key.startsWith(`${host} `) ? [`${key.slice(host.length + 1)}=${value}`] : [],
    )
    const headers = new Headers(init.headers)
    if (sent.length > 0) headers.set('cookie', sent.join('; '))
    const answer = await fetch(url, { ...init, headers, redirect: 'manual' })
    for (const set of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/u.exec(set) ?? []
      const isGone = /Max-Age=0|expires=Thu, 01 Jan 1970/iu.test(set)
      if (isGone) cookies.delete(`${host} ${name}`)
      else cookies.set(`${host} ${name}`, value)
    }
    return answer
  }
  const get: Walker['get'] = (url) => request(url, {})
  const post: Walker['post'] = (url, fields, headers = {}) =>
    request(url, { method: 'POST', body: new URLSearchParams(fields), headers })
  const signInAt: Walker['signInAt'] = async (url, person, callbackPath) => {
    let at = url
    let answer = await get(at)
    for (let step = 0; step < stepsMax; step += 1) {
      const location = answer.headers.get('location')
      if (location !== null) {
        at = new URL(location, at).href
        if (new URL(at).pathname === callbackPath) return at
        answer = await get(at)
        continue
      }
      const html = await answer.text()
      const action = /<form[^>]* action="([^"]+)"/u.exec(html)?.[1]
      const prompt = /name="prompt" value="([^"]+)"/u.exec(html)?.[1]
      if (action === undefined || prompt === undefined)
        throw new Error(`${at}: ${answer.status} ${html.slice(0, 500)}`)
      at = new URL(action, at).href
      answer = await post(at, { prompt, login: person, password: 'any' })
    }
    throw new Error(`no way back after ${stepsMax} steps; at ${at}`)
  }
  return { get, post, signInAt }
}
