import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose'
import { describe, expect, it } from 'vitest'
import { createIssuerKeys } from './issuer-keys.ts'
import { keyThumbprint } from './key-thumbprint.ts'
import { createSeenIds } from './seen-ids.ts'

const issuer = 'https://login.acme.example'
const keySetUrl = `${issuer}/jwks`
const key = { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' }

function world(answers: readonly (() => Response)[], url = keySetUrl) {
  const clock = { nowS: 1_000 }
  const asked: string[] = []
  const keys = createIssuerKeys([{ issuer, keySetUrl: url }], {
    fetch: (address) => {
      asked.push(address)
      return Promise.resolve(answers[Math.min(asked.length, answers.length) - 1]!())
    },
    nowS: () => clock.nowS,
  })
  return { keys, clock, asked }
}

const setOf =
  (...ids: readonly string[]) =>
  () =>
    Response.json({ keys: ids.map((kid) => ({ ...key, kid })) })

describe('createIssuerKeys', () => {
  it('fetches a key set once, and again when a new key appears', async () => {
    const { keys, clock, asked } = world([setOf('a'), setOf('a', 'b')])
    expect((await Promise.all([keys.keyOf(issuer, 'a'), keys.keyOf(issuer, 'a')]))[0].kid).toBe('a')
    expect(asked).toHaveLength(1)
    await expect(keys.keyOf(issuer, 'b')).rejects.toMatchObject({ refusal: 'unknown_key' })
    expect(asked).toHaveLength(1)
    clock.nowS += 31
    expect((await keys.keyOf(issuer, 'b')).kid).toBe('b')
  })

  it.each([
    ['a key that occurs twice', setOf('a', 'a'), 'unknown_key'],
    [
      'a private key',
      () => Response.json({ keys: [{ ...key, kid: 'a', d: 'AA' }] }),
      'unknown_key',
    ],
    ['an error', () => new Response('', { status: 500 }), 'keys_unavailable'],
    ['a set that is too large', () => new Response('x'.repeat(300_000)), 'keys_unavailable'],
    ['no JSON', () => new Response('<html>'), 'keys_unavailable'],
  ])('refuses %s', async (_name, answer, refusal) => {
    const { keys } = world([answer])
    await expect(keys.keyOf(issuer, 'a')).rejects.toMatchObject({ refusal })
  })

  it('asks nobody in the clear, and no issuer that is not trusted', async () => {
    const { keys, asked } = world([setOf('a')], 'http://login.acme.example/jwks')
    await expect(keys.keyOf(issuer, 'a')).rejects.toMatchObject({ refusal: 'keys_unavailable' })
    await expect(keys.keyOf('https://evil.example', 'a')).rejects.toMatchObject({
      refusal: 'unknown_issuer',
    })
    expect(asked).toEqual([])
  })
})

describe('keyThumbprint', () => {
  it.each(['ES256', 'RS256', 'EdDSA'])('is that of jose for %s', async (alg) => {
    const { publicKey } = await generateKeyPair(alg, { extractable: true })
    const jwk = await exportJWK(publicKey)
    expect(keyThumbprint(jwk)).toBe(await calculateJwkThumbprint(jwk))
  })

  it('refuses a secret', () => {
    expect(() => keyThumbprint({ kty: 'oct', k: 'AA' })).toThrow(
      expect.objectContaining({ refusal: 'malformed' }),
    )
  })
})

describe('createSeenIds', () => {
  it('takes an identifier once, and forgets it after its time', () => {
    const seen = createSeenIds(1)
    seen.use('a', 10, 0)
    expect(() => seen.use('a', 10, 5)).toThrow(expect.objectContaining({ refusal: 'replayed' }))
    expect(() => seen.use('b', 10, 5)).toThrow(
      expect.objectContaining({ refusal: 'replay_memory_full' }),
    )
    seen.use('b', 30, 11)
    expect(seen.size()).toBe(1)
  })
})
