import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { RefusedToken, verifyInstanceToken } from '@whodid/identity'
import { isWrapped, listKeyFiles, plainKeys, systemFiles, wrappedKeys } from '@whodid/tlog-posix'
import type { KeyWrapping } from '@whodid/tlog-posix'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { InstanceTokens } from './instance-tokens.ts'
import { openIdentity } from './open-identity.ts'
import type { Identity } from './open-identity.ts'

let dir: string
let nowS = 1_780_000_000

beforeEach(async () => {
  nowS = 1_780_000_000
  dir = await mkdtemp(join(tmpdir(), 'whodid-identity-'))
})

afterEach(() => rm(dir, { recursive: true }))

function open(wrapping: KeyWrapping = plainKeys): Promise<Identity> {
  return openIdentity({
    files: systemFiles,
    keysDir: join(dir, 'keys'),
    wrapping,
    origin: 'acme.example/ledger',
    logDir: dir,
    nowUnixNs: () => BigInt(nowS) * 1_000_000_000n,
    standingOf: () => ({ standing: 'active', by: undefined }),
    trustedIssuers: [],
  })
}

const sender = { name: 'ci', tenant: 'acme' }

async function registered(identity: Identity): Promise<{ token: string; hash: string }> {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const token = await identity.issuer.mint({
    template: 'triage',
    instance: 'i-1',
    key: publicKey.export({ format: 'jwk' }),
    id: 't-1',
    nowS,
    lifetimeS: 900,
  })
  const instance = await verifyInstanceToken(token, identity.demands('acme'))
  const hash = identity.tokens.check(token, instance, sender)
  await identity.tokens.add(token, instance, sender)
  return { token, hash }
}

describe('the identity of instances', () => {
  it('is over a restart what it was: the issuer’s key, and the tokens with their senders', async () => {
    const first = await open()
    const { hash } = await registered(first)
    const second = await open()
    expect(second.issuer.publicKey).toEqual(first.issuer.publicKey)
    expect(second.tokens.find(hash)).toMatchObject({
      exporter: 'ci',
      tenant: 'acme',
      instance: { instance: 'i-1', template: 'triage' },
    })
    for (const path of ['keys/instance-issuer.jwk', 'instance-tokens.jsonl'])
      expect((await stat(join(dir, path))).mode & 0o777).toBe(0o600)
  })

  it('forgets a token a quarter of an hour after its end, and one that a crash has cut', async () => {
    const { hash } = await registered(await open())
    const file = join(dir, 'instance-tokens.jsonl')
    const text = await readFile(file, 'utf8')
    await writeFile(file, `${text}${text.slice(0, 40)}`)
    nowS += 1_799
    expect((await open()).tokens.find(hash)).toBeDefined()
    nowS += 1
    expect((await open()).tokens.find(hash)).toBeUndefined()
  })

  it('verifies no ended token of its file, however many there are', async () => {
    await registered(await open())
    const file = join(dir, 'instance-tokens.jsonl')
    const line = await readFile(file, 'utf8')
    await writeFile(file, line.repeat(20_000))
    nowS += 1_800
    let verified = 0
    const demands = (): never => {
      verified += 1
      throw new RefusedToken('malformed', 'counted')
    }
    await new InstanceTokens({ path: file, nowS: () => nowS, demands }).restore()
    expect(verified).toBe(0)
    expect(await readFile(file, 'utf8')).toBe('')
  })

  it('opens where its file cannot be written anew', async () => {
    const { hash } = await registered(await open())
    await mkdir(join(dir, 'instance-tokens.jsonl.draft'))
    expect((await open()).tokens.find(hash)).toBeDefined()
  })

  it('takes no token from its file that its issuer did not sign', async () => {
    const { hash } = await registered(await open())
    await rm(join(dir, 'keys', 'instance-issuer.jwk'))
    // Another key: what the lost one signed is no longer anybody's word.
    expect((await open()).tokens.find(hash)).toBeUndefined()
  })

  it('keeps the issuer’s key wrapped where keys are, and among those that are wrapped anew', async () => {
    const wrapping = wrappedKeys(randomBytes(32))
    const first = await open(wrapping)
    const path = join(dir, 'keys', 'instance-issuer.jwk')
    expect(isWrapped(await readFile(path))).toBe(true)
    expect(await listKeyFiles(join(dir, 'keys'))).toContain(path)
    expect((await open(wrapping)).issuer.publicKey).toEqual(first.issuer.publicKey)
    await expect(open()).rejects.toMatchObject({ code: 'invalid_config' })
  })

  it('refuses a damaged key, and quotes none of it', async () => {
    await open()
    const path = join(dir, 'keys', 'instance-issuer.jwk')
    const text = await readFile(path, 'utf8')
    await writeFile(path, text.replace('"crv"', '"crw"'))
    const thrown: unknown = await open().catch((error: unknown) => error)
    expect(String(thrown)).toContain('it is damaged')
    const { d } = JSON.parse(text) as { d: string }
    expect(String(thrown)).not.toContain(d)
  })

  it('mints no token for a name that a SPIFFE ID cannot hold', async () => {
    const { issuer } = await open()
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const key = publicKey.export({ format: 'jwk' })
    const asked = { instance: 'i-1', key, id: 't', nowS, lifetimeS: 900 }
    await expect(issuer.mint({ ...asked, template: 'a/b' })).rejects.toThrow(RefusedToken)
    await expect(issuer.mint({ ...asked, template: 'a', lifetimeS: 901 })).rejects.toThrow(
      'lifetime_too_long',
    )
  })
})
