import { createHash, randomBytes } from 'node:crypto'
import { appendFile, readFile, rename, writeFile } from 'node:fs/promises'
import { tokenKind, WhodidError } from '@whodid/model'
import type { IngestClient } from './ingest-clients.ts'

/** Milliseconds that a credential lasts unless it is renewed: by default, and at most. */
export const launchLifetimeMs: number = 3_600_000
export const launchLifetimeMsMax: number = 12 * 3_600_000

/** Credentials in force at once, of all senders together. More: `too_many_requests`. */
const launchesMax = 20_000
/** Lines of the file after which it is written anew. */
const linesMax = 4 * launchesMax
/** UTF-16 units of an `Authorization` header that is looked at. */
const authorizationLengthMax = 4096

/** The agent that a credential is asked for. */
export interface LaunchRequest {
  readonly template: string
  readonly instance: string
  /** Templates of which the agent may launch others beside its own; `*` for all that the issuing sender may speak for. */
  readonly mayLaunch: readonly string[] | '*'
  readonly lifetimeMs: number
  /** The person for whom it acts, as its launcher says. It stands in the instance token, and the agent chooses no other. */
  readonly delegator?: { readonly id: string; readonly issuer: string } | undefined
}

/** A credential as it is handed out. The text is kept nowhere here. */
export interface LaunchCredential {
  readonly credential: string
  readonly template: string
  readonly instance: string
  readonly expiresAtMs: number
}

/** One credential as it is held and written: its hash, never its text. */
interface Held {
  readonly hash: string
  /** Name of the sender whose token vouched for it. */
  readonly issuer: string
  readonly template: string
  readonly instance: string
  readonly mayLaunch: readonly string[] | '*'
  readonly delegator?: LaunchRequest['delegator']
  readonly expiresAtMs: number
}

/** The parts around the credentials. */
export interface LaunchDeps {
  /** Keeps them over a restart: one line each. */
  readonly path: string
  readonly nowMs: () => number
  /** The senders of now: a credential ends with its issuer's right to the template. */
  readonly named: (name: string) => IngestClient | undefined
}

/**
 * The short-lived credentials of launched agents. Each is bound to one instance of one template, so that the agent can speak for
 * itself and for nobody else. It is held as its hash, lasts hours, and ends at once when its issuer is removed.
 */
export class LaunchCredentials {
  readonly #deps: LaunchDeps
  readonly #held = new Map<string, Held>()
  #lines = 0
  #writing = Promise.resolve()

  constructor(deps: LaunchDeps) {
    this.#deps = deps
  }

  /** Reads those of an earlier run. A file that cannot be read holds none: their launchers ask again. */
  async restore(): Promise<void> {
    const text = await readFile(this.#deps.path, 'utf8').catch(() => '')
    for (const line of text.split('\n').slice(0, linesMax + launchesMax)) this.#restoreLine(line)
    this.#dropExpired()
    // A full disk keeps no collector from starting: the file is as it was.
    if (text !== '') await this.#rewrite().catch(() => undefined)
  }

  /** The sender that a header's credential makes; undefined when it holds none. Throws `unauthenticated` for one that has ended. */
  find(authorization: string | undefined): IngestClient | undefined {
    const token = launchToken(authorization)
    if (token === undefined) return undefined
    const held = this.#held.get(hashOf(token))
    const client = held && this.#clientOf(held)
    if (client === undefined)
      throw new WhodidError(
        'unauthenticated',
        'the launch credential that came has ended, or its issuer may no longer speak for the template: ask for a new one',
      )
    return client
  }

  /** The sender of that name, as it stands on records; undefined when its credential has ended. */
  named(name: string): IngestClient | undefined {
    for (const held of this.#held.values()) if (nameOf(held) === name) return this.#clientOf(held)
    return undefined
  }

  /** Makes a credential. Throws `too_many_requests` while there are too many. */
  async issue(issuer: string, request: LaunchRequest): Promise<LaunchCredential> {
    this.#dropExpired()
    if (this.#held.size >= launchesMax)
      throw new WhodidError(
        'too_many_requests',
        `launch credentials in force expected at most ${launchesMax}; got more`,
      )
    const credential = `whodid_lau_${randomBytes(32).toString('base64url')}`
    const { template, instance, mayLaunch, delegator } = request
    const expiresAtMs = this.#deps.nowMs() + request.lifetimeMs
    await this.#keep({
      hash: hashOf(credential),
      issuer,
      template,
      instance,
      mayLaunch,
      ...(delegator === undefined ? {} : { delegator }),
      expiresAtMs,
    })
    return { credential, template, instance, expiresAtMs }
  }

  /** Lets the credential of a header last from now on. Throws `unauthenticated` when it has ended. */
  async renew(authorization: string | undefined, lifetimeMs: number): Promise<number> {
    const held = this.#ofHeader(authorization)
    const expiresAtMs = this.#deps.nowMs() + lifetimeMs
    await this.#keep({ ...held, expiresAtMs })
    return expiresAtMs
  }

  /** Ends the credential of a header, before its time. */
  async end(authorization: string | undefined): Promise<void> {
    const held = this.#ofHeader(authorization)
    this.#held.delete(held.hash)
    await this.#append({ ...held, expiresAtMs: 0 })
  }

  /** The issuer and the further templates of the credential of a header. */
  rightsOf(authorization: string | undefined): Pick<Held, 'issuer' | 'mayLaunch' | 'delegator'> {
    return this.#ofHeader(authorization)
  }

  /** The sender whose token vouched for a credential; undefined when it was removed. */
  issuerOf(name: string): IngestClient | undefined {
    return this.#deps.named(name)
  }

  #ofHeader(authorization: string | undefined): Held {
    this.find(authorization)
    const held = this.#held.get(hashOf(launchToken(authorization) ?? ''))
    if (held !== undefined) return held
    throw new WhodidError('forbidden', 'a launch credential was expected; another token came')
  }

  #clientOf(held: Held): IngestClient | undefined {
    const issuer = this.#deps.named(held.issuer)
    if (issuer === undefined || held.expiresAtMs <= this.#deps.nowMs()) return undefined
    if (!mayLaunchOf(issuer, held.template)) return undefined
    return {
      name: nameOf(held),
      tenant: issuer.tenant,
      tokenSha256: held.hash,
      templates: [held.template],
      humans: false,
      services: false,
      instance: held.instance,
    }
  }

  async #keep(held: Held): Promise<void> {
    this.#held.set(held.hash, held)
    await this.#append(held)
  }

  #append(held: Held): Promise<void> {
    this.#lines += 1
    const isLong = this.#lines > linesMax
    const write = (): Promise<void> =>
      isLong
        ? this.#rewrite()
        : appendFile(this.#deps.path, `${JSON.stringify(held)}\n`, { mode: 0o600 })
    // A credential that is not written is lost at a restart, and its launcher asks again: no reason to refuse it now.
    this.#writing = this.#writing.then(write).catch(() => undefined)
    return this.#writing
  }

  async #rewrite(): Promise<void> {
    const draft = `${this.#deps.path}.draft`
    const lines = [...this.#held.values()].map((held) => `${JSON.stringify(held)}\n`)
    await writeFile(draft, lines.join(''), { mode: 0o600 })
    await rename(draft, this.#deps.path)
    this.#lines = lines.length
  }

  #restoreLine(line: string): void {
    const held = readHeld(line)
    if (held === undefined) return
    if (held.expiresAtMs === 0) this.#held.delete(held.hash)
    else this.#held.set(held.hash, held)
  }

  #dropExpired(): void {
    const now = this.#deps.nowMs()
    for (const [hash, { expiresAtMs }] of this.#held)
      if (expiresAtMs <= now) this.#held.delete(hash)
  }
}

/** True when a sender's token may vouch for agents of a template: it is bound to it, or to every one. */
export function mayLaunchOf({ templates }: IngestClient, template: string): boolean {
  return templates === '*' || (templates !== null && templates.includes(template))
}

/** Unlike the name of any sender that an operator makes: those have no colon. */
function nameOf({ issuer, instance }: Held): string {
  return `${issuer}:${instance}`
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

function launchToken(authorization: string | undefined): string | undefined {
  if (authorization === undefined || authorization.length > authorizationLengthMax) return undefined
  const token = /^Bearer +([^\s]+) *$/iu.exec(authorization)?.[1] ?? ''
  return tokenKind(token) === 'launch' ? token : undefined
}

function readHeld(line: string): Held | undefined {
  try {
    const held: unknown = line === '' ? undefined : JSON.parse(line)
    // Sound: only this class writes the file, which nobody else may read or write.
    return typeof held === 'object' && held !== null && 'hash' in held ? (held as Held) : undefined
  } catch {
    // A line that a crash cut off.
    return undefined
  }
}
