import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { makeBatches } from '../../bench/src/ingest/make-batches.ts'
import { seededRandom } from '../../bench/src/random.ts'
import type { RequestContext } from '../../packages/collector/src/normalize/draft.ts'
import { SealView } from '../../packages/collector/src/seals/seal-view.ts'
import type { OtlpGroup, OtlpSpan } from '../../packages/collector/src/otlp/batch.ts'
import { decode } from '../../packages/collector/src/otlp/decode.ts'
import { outcomesOf } from './fast-path/outcomes-of.ts'
import { request, spanFields } from './fast-path/encode-span.ts'
import type { Pair } from './fast-path/encode-span.ts'
import { mutateSpan } from './fast-path/mutate-span.ts'
import { anyKey, anyValue, conventionKeys } from './fast-path/odd-values.ts'

/** `WHODID_FAST_SPANS=1000000` compares a million. */
const spanCount = Number(process.env['WHODID_FAST_SPANS'] ?? 50_000)
const seed = Number(process.env['WHODID_FAST_SEED'] ?? 20_261_128)
const spansAtOnce = 50

/** Of the bench's spans, which are our SDK's, and of the same once they were changed. */
const fastShareMin = 0.9
const fastShareOfChangedMin = 0.2

const limits = { elementsMax: 2_000_000, valueDepthMax: 32 }
const sender = { name: 'bench', tenant: 'acme', tokenSha256: '', humans: true, services: false }
const contexts: readonly RequestContext[] = (
  ['*', null, ['repo-triage', 'db-fixer'], []] as const
).map((templates) => ({
  client: { ...sender, templates },
  receivedUnixNs: 1_763_900_000_000_000_000n,
}))
const [everybody] = contexts as [RequestContext]
/** One that looks for seals, of a collector that has no token: a span that names a seal or a token is marked, and goes the general path. */
const sealing: RequestContext = {
  ...everybody,
  seals: new SealView([], everybody.client, {
    find: () => undefined,
    standingOf: () => undefined,
    nowS: 1_763_900_000,
  }),
}

function groupsOf(bytes: Buffer, encoding: 'protobuf' | 'json'): readonly OtlpGroup<OtlpSpan>[] {
  const batch = decode({ bytes, encoding, signal: 'spans', limits })
  return batch.signal === 'spans' ? batch.groups : []
}

const batches = makeBatches(seed, 8)
const benchSpans = batches.flatMap(({ body }) =>
  groupsOf(body, 'protobuf').flatMap(({ items }) => items),
)

function vectorGroups(): readonly OtlpGroup<OtlpSpan>[] {
  const dir = new URL('../vectors/otlp/', import.meta.url)
  return readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('traces.json') || name.endsWith('traces.bin'))
    .flatMap((name) =>
      groupsOf(readFileSync(new URL(name, dir)), name.endsWith('.bin') ? 'protobuf' : 'json'),
    )
}

const ours = {
  resource: [
    ['service.name', 'repo-agents'],
    ['process.pid', 4127n],
  ] as Pair[],
  scope: '@whodid/sdk',
}

/** Sends a request both ways; returns how many of its spans were taken fast. */
function expectSame(bytes: Buffer, context: RequestContext, what: string): number {
  const fast = outcomesOf(bytes, context, true)
  const general = outcomesOf(bytes, context, false)
  const at = general.records.findIndex(
    (one, place) => JSON.stringify(one) !== JSON.stringify(fast.records[place]),
  )
  if (at >= 0)
    expect(readable(fast.records[at]), `${what}, span ${at}`).toEqual(readable(general.records[at]))
  expect(fast.records.length, what).toBe(general.records.length)
  expect(fast.refused, what).toEqual(general.refused)
  return fast.fastCount
}

function readable(outcome: ReturnType<typeof outcomesOf>['records'][number] | undefined): unknown {
  return outcome && { ...outcome, rowHex: Buffer.from(outcome.rowHex, 'hex').toString('latin1') }
}

describe('the fast path', () => {
  test('takes nearly all spans of our SDK, as the general path does', () => {
    for (const context of contexts) {
      let fastCount = 0
      for (const { body } of batches) fastCount += expectSame(body, context, 'a batch of the bench')
      expect(fastCount / benchSpans.length).toBeGreaterThanOrEqual(fastShareMin)
    }
  })

  test('takes spans with any key of any convention as the general path does', () => {
    const random = seededRandom(seed)
    for (const [place, key] of conventionKeys.entries()) {
      const spans = Array.from({ length: 6 }, () => {
        const span = random.pick(benchSpans as [OtlpSpan, ...OtlpSpan[]])
        return Buffer.concat(spanFields(span, [...span.attributes, [key, anyValue(random)]]))
      })
      const resource: Pair[] =
        place % 3 === 0 ? [...ours.resource, [key, anyValue(random)]] : ours.resource
      for (const context of [everybody, sealing])
        expectSame(request({ ...ours, resource }, spans), context, `key ${key}`)
    }
  })

  test(`makes of ${spanCount} changed spans what the general path makes of them`, () => {
    const random = seededRandom(seed)
    const groups = vectorGroups()
    let fastCount = 0
    let ofBench = 0
    for (let done = 0; done < spanCount; done += spansAtOnce) {
      const isOfBench = random.int(4) > 0
      const group = groups[random.int(groups.length)]
      const items = isOfBench ? benchSpans : (group?.items ?? [])
      if (items.length === 0) continue
      const spans = Array.from({ length: spansAtOnce }, () =>
        mutateSpan(items[random.int(items.length)] as OtlpSpan, random),
      )
      const head =
        isOfBench || group === undefined
          ? ours
          : { resource: [...group.resource.attributes], scope: group.scope.name }
      const resource: Pair[] =
        random.int(15) === 0
          ? [...head.resource, [anyKey(random), anyValue(random)]]
          : head.resource
      const context = contexts[random.int(contexts.length + 1)] ?? sealing
      const taken = expectSame(
        request({ ...head, resource }, spans),
        context,
        `seed ${seed}, from ${done}`,
      )
      if (isOfBench) {
        fastCount += taken
        ofBench += spansAtOnce
      }
    }
    expect(fastCount / ofBench).toBeGreaterThanOrEqual(fastShareOfChangedMin)
  }, 7_200_000)
})
