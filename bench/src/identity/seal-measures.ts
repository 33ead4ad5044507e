import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { keyThumbprint, makeSeal, readSeal, sealDigest, verifySeal } from '@whodid/identity/seal'
import type { SealedTexts } from '@whodid/identity/seal'
import type { Measure } from '../bench.ts'

/** Spans of a batch: the size at which the cost of a seal is stated. */
const batchSpans = 32
const batches = { full: 4_000, quick: 400 }
/** Batches before the measured ones, in which the code is compiled. */
const warmUpBatches = 200

/**
 * Measures what a seal costs: to the agent that makes it, and to the collector that verifies it. Each is the CPU of this process, of
 * digests and signature together, a span.
 */
export function sealMeasures(isQuick: boolean): readonly Measure[] {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const key = { privateKey, thumbprint: keyThumbprint(publicKey.export({ format: 'jwk' })) }
  const spans = Array.from({ length: batchSpans }, makeTexts)
  const make = (): string =>
    makeSeal(
      {
        issuer: 'spiffe://bench.example/agent/bench-agent/i/i-1',
        issuedAtS: 1_780_000_000,
        seq: 1,
        prev: '',
        tokenHash: 'A'.repeat(43),
        seen: 0,
        leaves: spans.map((texts) => ({ ...texts, digest: sealDigest(texts) })),
      },
      key,
    )
  const jws = make()
  const verify = (): void => {
    const seal = readSeal(jws)
    const isWhole = spans.every(
      (texts) => seal.leaves.get(`${texts.traceId}-${texts.spanId}`) === sealDigest(texts),
    )
    if (!isWhole || !verifySeal(seal, publicKey)) throw new Error('the seal does not hold')
  }
  const count = isQuick ? batches.quick : batches.full
  const of = `digests and signature, in batches of ${batchSpans} spans`
  return [
    {
      name: 'seal_verify_cpu_us_per_span',
      unit: 'us',
      value: cpuPerSpan(verify, count),
      of: `CPU of verifying a seal at ingest: ${of}`,
    },
    {
      name: 'seal_make_cpu_us_per_span',
      unit: 'us',
      value: cpuPerSpan(make, count),
      of: `CPU of making a seal in the agent: ${of}`,
    },
  ]
}

function cpuPerSpan(run: () => unknown, count: number): number {
  for (let batch = 0; batch < warmUpBatches; batch += 1) run()
  const before = process.cpuUsage()
  for (let batch = 0; batch < count; batch += 1) run()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / (count * batchSpans)
}

function makeTexts(_: unknown, place: number): SealedTexts {
  return {
    traceId: randomBytes(16).toString('hex'),
    spanId: randomBytes(8).toString('hex'),
    parentSpanId: randomBytes(8).toString('hex'),
    startUnixNs: 1_780_000_000_000_000_000n + BigInt(place),
    endUnixNs: 1_780_000_000_100_000_000n + BigInt(place),
    instance: '01a22653-35fc-78e0-8abb-023ff80b1984',
    template: 'bench-agent',
    delegator: 'jane@acme.example',
    delegatorIssuer: 'https://login.acme.example',
    correlation: '01a22653-35fc-78e0-8abb-023ff80b1985',
    credential: '',
    verb: 'update',
    resource: `bench:row:${place}`,
    argumentsHash: `sha256:${randomBytes(32).toString('hex')}`,
    resultHash: `sha256:${randomBytes(32).toString('hex')}`,
    kind: 'tool_call',
    actorType: 'agent',
    delegatorType: 'human',
    actionId: `act-${place}`,
    outcome: 'success',
    parentInstance: '',
    tool: 'update_row',
    prompt: '',
  }
}
