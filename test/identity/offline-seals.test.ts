import { attribute } from '@whodid/model'
import { sealLines } from '@whodid/query/offline'
import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  act,
  namingSeal,
  recordsOf,
  sealOver,
  sealSpan,
  sendSpans,
  startInstance,
  startSealWorld,
} from './seal-world.ts'
import type { SealWorld, SentSpan } from './seal-world.ts'

let world: SealWorld

beforeAll(async () => {
  world = await startSealWorld()
})

afterAll(() => world.collector.remove())

/** What the offline verifier says of the records of one trace, with the tokens beside them. */
function linesOn({ traceId }: SentSpan): readonly string[] {
  return sealLines(
    recordsOf(world.store).filter(
      (row) => row['name'] === 'whodid.credential' || row['trace_id'] === traceId,
    ),
  )
}

it.each([
  ['comes before', 'before'],
  ['comes after', 'after'],
])('another’s seal under the ID of an honest one %s: the package verifies', async (_, when) => {
  const [honest, evil] = [await startInstance(world), await startInstance(world)]
  const sealed = act(honest)
  const seal = sealSpan(sealOver(honest, [sealed]), sealed)
  const own = act(evil)
  const shadow = { ...seal, attributes: { [attribute.sealJws]: sealOver(evil, [own]) } }
  const blank = { ...seal, startUnixNs: seal.startUnixNs + 1n, attributes: {} }
  if (when === 'before') await sendSpans(world, [shadow, blank])
  await sendSpans(world, [seal, namingSeal(sealed, seal)])
  if (when === 'after') await sendSpans(world, [shadow, blank])
  expect(linesOn(sealed)).toEqual([expect.stringMatching(/^SEALED: 1 records .* key and seal$/u)])
})

it('another seal of the same token under the ID of the honest one is not taken for it', async () => {
  const by = await startInstance(world)
  const acts = [act(by), act(by)] as const
  const seal = sealSpan(sealOver(by, [acts[0]]), acts[0])
  const other = {
    ...seal,
    attributes: { [attribute.sealJws]: sealOver(by, [acts[1]], { seq: 2 }) },
  }
  await sendSpans(world, [seal, namingSeal(acts[0], seal)])
  await sendSpans(world, [other])
  expect(linesOn(acts[0])).toEqual([expect.stringMatching(/^SEALED: 1 records .* key and seal$/u)])
})
