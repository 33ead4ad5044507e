import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { RefusedToken } from '../refused-token.ts'
import {
  keyThumbprint,
  makeSeal,
  readSeal,
  sealDigest,
  sealHash,
  sealLimits,
  verifySeal,
} from './index.ts'
import type { SealClaims, SealedTexts, SealLeaf } from './index.ts'

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const key = { privateKey, thumbprint: keyThumbprint(publicKey.export({ format: 'jwk' })) }

const texts: SealedTexts = {
  traceId: 'a'.repeat(32),
  spanId: 'b'.repeat(16),
  parentSpanId: '',
  startUnixNs: 1n,
  endUnixNs: 2n,
  instance: 'i-1',
  template: 'triage',
  delegator: 'jane',
  delegatorIssuer: 'https://login.acme.example',
  correlation: 'c-1',
  credential: '',
  verb: 'delete',
  resource: 'db:table:shop/customers',
  argumentsHash: 'sha256:00',
  resultHash: '',
  kind: 'tool_call',
  actorType: 'agent',
  delegatorType: 'human',
  actionId: 'act-1',
  outcome: 'success',
  parentInstance: 'i-0',
  tool: 'drop_table',
  prompt: '',
}

function claimsWith(leaves: readonly SealLeaf[]): SealClaims {
  return {
    issuer: 'spiffe://acme.example/agent/triage/i/i-1',
    issuedAtS: 1_780_000_000,
    seq: 1,
    prev: '',
    tokenHash: 'T'.repeat(43),
    seen: 7,
    leaves,
  }
}

const leaf = { traceId: texts.traceId, spanId: texts.spanId, digest: sealDigest(texts) }

function leafAt(place: number): SealLeaf {
  return { ...leaf, spanId: place.toString(16).padStart(16, '0') }
}

describe('the digest of a span', () => {
  it('is that of the format', () => {
    // Computed apart from this code, in another language.
    expect(sealDigest(texts)).toBe('VQo6WIpoXi0G0fTdvLXqTcUDiCMXhLI15O0LDJIMHbA')
  })

  it.each(Object.keys(texts) as (keyof SealedTexts)[])('changes with %s', (field) => {
    const value = texts[field]
    const changed = typeof value === 'bigint' ? value + 1n : `${value}x`
    expect(sealDigest({ ...texts, [field]: changed })).not.toBe(sealDigest(texts))
  })

  it('tells texts apart whose borders have moved, also beyond ASCII', () => {
    const digests = [
      sealDigest({ ...texts, instance: 'i-1t', template: 'riage' }),
      sealDigest({ ...texts, instance: 'i-1,6:triage', template: '' }),
      sealDigest({ ...texts, instance: 'i-é', template: 'triage' }),
      sealDigest({ ...texts, instance: 'i-e\u0301', template: 'triage' }),
      sealDigest(texts),
    ]
    expect(new Set(digests).size).toBe(digests.length)
  })
})

describe('a seal', () => {
  it('is read as it was made, and verified by its own key alone', () => {
    const jws = makeSeal(claimsWith([leaf]), key)
    const read = readSeal(jws)
    const { leaves, ...claims } = claimsWith([leaf])
    expect(read).toMatchObject({ ...claims, keyThumbprint: key.thumbprint })
    expect([...read.leaves]).toEqual(
      leaves.map((one) => [`${one.traceId}-${one.spanId}`, one.digest]),
    )
    expect(verifySeal(read, publicKey)).toBe(true)
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    expect(verifySeal(read, other.publicKey)).toBe(false)
  })

  it('names the one before it by a hash', () => {
    const first = makeSeal(claimsWith([leaf]), key)
    const second = makeSeal({ ...claimsWith([leaf]), seq: 2, prev: sealHash(first) }, key)
    expect(readSeal(second).prev).toBe(sealHash(first))
  })

  it('covers 1 to 256 spans, and fits into one attribute', () => {
    const many = Array.from({ length: sealLimits.leavesMax }, (_, place) => leafAt(place))
    const jws = makeSeal(claimsWith(many), key)
    expect(jws.length).toBeLessThan(sealLimits.lengthMax)
    expect(readSeal(jws).leaves.size).toBe(sealLimits.leavesMax)
    expect(() => makeSeal(claimsWith([...many, leafAt(9_999)]), key)).toThrow('oversized')
    expect(() => makeSeal(claimsWith([]), key)).toThrow('malformed')
  })

  it('is refused whatever is cut off it', () => {
    const jws = makeSeal(claimsWith([leaf]), key)
    for (let length = 0; length < jws.length; length += 7)
      expect(() => readSeal(jws.slice(0, length)), `${length}`).toThrow(RefusedToken)
  })
})
