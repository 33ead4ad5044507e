import { createHash, createPublicKey } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { appendFile, readFile, rename, writeFile } from 'node:fs/promises'
import { RefusedToken, verifyInstanceToken } from '@whodid/identity'
import type { InstanceTokenDemands, VerifiedInstance } from '@whodid/identity'
import { sealHash } from '@whodid/identity/seal'
import { WhodidError } from '@whodid/model'

/** Instance tokens that are held at once. More: `too_many_requests`. */
const instanceTokensMax = 20_000
/** Seconds for which a token that has ended is held, so that a late seal is told from one by an unknown key. */
const lateS = 900
/** Lines of the file after which it is written anew. */
const linesMax = 4 * instanceTokensMax
/** Seals of one token whose hashes are held: one that comes again is known, one of the same number is not. */
const sealsMax = 64

/** A token that an instance has registered, having proven that its key is its own. */
export interface RegisteredToken {
  /** SHA-256 of the token, base64url. */
  readonly hash: string
  /** Name of the sender that registered it. */
  readonly exporter: string
  readonly tenant: string
  readonly instance: VerifiedInstance
  readonly publicKey: KeyObject
  /** True the first time a seal has this number, and when the same seal comes again. */
  readonly takeSeal: (seq: number, jws: string) => boolean
}

/** One token as it is written. A token is none that a bearer could use, so that it is kept whole. */
interface Line {
  readonly token: string
  readonly exporter: string
  readonly tenant: string
}

/** The sender that registers a token. */
interface Registrant {
  readonly name: string
  readonly tenant: string
}

/** The template and the sender of an instance's live tokens. */
interface Owner {
  readonly template: string
  readonly exporter: string
  readonly expiresAtS: number
}

/** The parts around the tokens. */
export interface InstanceTokensDeps {
  /** Keeps them over a restart: one line each. */
  readonly path: string
  readonly nowS: () => number
  readonly demands: (tenant: string) => InstanceTokenDemands
}

/** The instance tokens that are registered with this collector. */
export class InstanceTokens {
  readonly #deps: InstanceTokensDeps
  readonly #held = new Map<string, RegisteredToken & { readonly line: Line }>()
  /** By tenant and instance, who has registered its live tokens: at most one for each that is held. */
  readonly #owners = new Map<string, Owner>()
  #lines = 0
  #writing = Promise.resolve()

  constructor(deps: InstanceTokensDeps) {
    this.#deps = deps
  }

  /**
   * Reads those of an earlier run; one that does not verify as of its own time is left out. One that has ended is not verified: a file of
   * many would hold the start up.
   */
  async restore(): Promise<void> {
    const text = await readFile(this.#deps.path, 'utf8').catch(() => '')
    const ended = this.#deps.nowS() - lateS
    for (const line of text.split('\n').slice(0, linesMax + instanceTokensMax)) {
      const read = readLine(line)
      if (read !== undefined && timeIn(read.token, 'exp') > ended) await this.#restoreToken(read)
    }
    this.#dropEnded()
    // A full disk keeps no collector from starting: the file is as it was.
    if (text !== '') await this.#rewrite().catch(() => undefined)
  }

  /** The token of a hash, also for a quarter of an hour after its end; undefined where none is registered. */
  find(hash: string): RegisteredToken | undefined {
    return this.#held.get(hash)
  }

  /** As {@link find}, by the token itself. */
  findToken(token: string): RegisteredToken | undefined {
    return this.find(hashOf(token))
  }

  /**
   * Checks that a token that was verified may be registered, before it is put on record; returns its hash. Throws `too_many_requests` while
   * there are too many, and `token_refused` for an instance that has a live token of another template or by another sender.
   */
  check(token: string, instance: VerifiedInstance, { name, tenant }: Registrant): string {
    this.#dropEnded()
    const hash = hashOf(token)
    const owner = this.#owners.get(ownerKey(tenant, instance))
    const isTaken =
      owner !== undefined &&
      owner.expiresAtS > this.#deps.nowS() &&
      (owner.exporter !== name || owner.template !== instance.template)
    if (isTaken)
      throw new RefusedToken(
        'instance_taken',
        'the instance has a token of another template, or by another sender, that has not ended',
      )
    if (!this.#held.has(hash) && this.#held.size >= instanceTokensMax)
      throw new WhodidError(
        'too_many_requests',
        `instance tokens held expected at most ${instanceTokensMax}; got more`,
      )
    return hash
  }

  /** Registers a token that was verified, and that is on record: it counts from here on. Throws as `check` does. */
  async add(token: string, instance: VerifiedInstance, registrant: Registrant): Promise<void> {
    if (this.#held.has(this.check(token, instance, registrant))) return
    const { name, tenant } = registrant
    const line: Line = { token, exporter: name, tenant }
    this.#hold(line, instance)
    await this.#append(line)
  }

  #hold(line: Line, instance: VerifiedInstance): void {
    const hash = hashOf(line.token)
    const { kty = '', crv = '', x = '', y = '' } = instance.key
    const held = {
      hash,
      line,
      exporter: line.exporter,
      tenant: line.tenant,
      instance,
      publicKey: createPublicKey({ key: { kty, crv, x, y }, format: 'jwk' }),
      takeSeal: sealMemory(),
    }
    this.#held.set(hash, held)
    const key = ownerKey(line.tenant, instance)
    const { template } = instance
    const expiresAtS = Math.max(instance.expiresAtS, this.#owners.get(key)?.expiresAtS ?? 0)
    this.#owners.set(key, { template, exporter: line.exporter, expiresAtS })
  }

  async #restoreToken(line: Line): Promise<void> {
    try {
      const demands = this.#deps.demands(line.tenant)
      const issuedAtS = timeIn(line.token, 'iat')
      const standingOf = (): ReturnType<typeof demands.standingOf> => ({
        standing: 'active',
        by: undefined,
      })
      const instance = await verifyInstanceToken(line.token, {
        ...demands,
        standingOf,
        nowS: issuedAtS,
      })
      this.#hold(line, instance)
    } catch (thrown) {
      // Its issuer is no longer trusted, or a crash cut the line: the instance registers again.
      if (!(thrown instanceof RefusedToken)) throw thrown
    }
  }

  #append(line: Line): Promise<void> {
    this.#lines += 1
    const write = (): Promise<void> =>
      this.#lines > linesMax
        ? this.#rewrite()
        : appendFile(this.#deps.path, `${JSON.stringify(line)}\n`, { mode: 0o600 })
    // A token that is not written is lost at a restart, and its instance registers again: no reason to refuse it now.
    this.#writing = this.#writing.then(write).catch(() => undefined)
    return this.#writing
  }

  async #rewrite(): Promise<void> {
    const draft = `${this.#deps.path}.draft`
    const lines = [...this.#held.values()].map(({ line }) => `${JSON.stringify(line)}\n`)
    await writeFile(draft, lines.join(''), { mode: 0o600 })
    await rename(draft, this.#deps.path)
    this.#lines = lines.length
  }

  #dropEnded(): void {
    const ended = this.#deps.nowS() - lateS
    for (const [hash, { instance }] of this.#held)
      if (instance.expiresAtS <= ended) this.#held.delete(hash)
    for (const [key, { expiresAtS }] of this.#owners)
      if (expiresAtS <= ended) this.#owners.delete(key)
  }
}

function sealMemory(): RegisteredToken['takeSeal'] {
  const bySeq = new Map<number, string>()
  let oldestSeq = 0
  return (seq, jws) => {
    const hash = sealHash(jws)
    const known = bySeq.get(seq)
    if (known !== undefined) return known === hash
    if (seq <= oldestSeq) return false
    bySeq.set(seq, hash)
    if (bySeq.size > sealsMax) {
      oldestSeq = Math.min(...bySeq.keys())
      bySeq.delete(oldestSeq)
    }
    return true
  }
}

function ownerKey(tenant: string, { instance }: VerifiedInstance): string {
  return JSON.stringify([tenant, instance])
}

/** SHA-256 of a token, base64url. */
function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url')
}

/** A time that a token states, which nothing has proven yet; 0 where it states none. */
function timeIn(token: string, name: 'iat' | 'exp'): number {
  try {
    // Sound: what is no number is not taken.
    const claims = JSON.parse(
      Buffer.from(token.split('.')[1] ?? '', 'base64url').toString(),
    ) as Readonly<Record<string, unknown>>
    const value = claims[name]
    return typeof value === 'number' ? value : 0
  } catch {
    // No token: it is not verified.
    return 0
  }
}

function readLine(line: string): Line | undefined {
  try {
    const read: unknown = line === '' ? undefined : JSON.parse(line)
    // Sound: only this class writes the file, which nobody else may read or write.
    return typeof read === 'object' && read !== null && 'token' in read ? (read as Line) : undefined
  } catch {
    // A line that a crash cut off.
    return undefined
  }
}
