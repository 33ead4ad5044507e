import fc from 'fast-check'
import { expect, it } from 'vitest'
import { carrierScope, chainHopsMax } from './carrier-scope.ts'

const baggage = (chain: string): { baggage: string } => ({
  baggage: `whodid.delegation.chain=${encodeURIComponent(chain)}`,
})

it('names nobody when the carrier does not', () => {
  expect(carrierScope({}, undefined).actor).toMatchObject({ type: '', id: '', chain: [] })
})

it.each(['', 'nonsense', '{}', '[1,{}]', 'null'])('takes the chain %j for none', (chain) => {
  expect(carrierScope(baggage(chain), undefined).actor.chain).toEqual([])
})

it('bounds the chain and every identifier', () => {
  const hops = JSON.stringify(Array.from({ length: 500 }, () => 'x'))
  expect(carrierScope(baggage(hops), undefined).actor.chain).toHaveLength(chainHopsMax)
  const { actor } = carrierScope({ WHODID_AGENT_INSTANCE: 'x'.repeat(10_000) }, undefined)
  expect(actor.id).toHaveLength(512)
})

it('reads headers, variables and a Headers object alike', () => {
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
  for (const carrier of [
    { traceparent },
    { TRACEPARENT: traceparent },
    new Headers({ traceparent }),
  ])
    expect(carrierScope(carrier, undefined).frame.parent?.spanId).toBe('00f067aa0ba902b7')
})

it('never throws', () => {
  const key = fc.constantFrom('traceparent', 'baggage', 'WHODID_DELEGATOR', 'WHODID_AGENT_INSTANCE')
  fc.assert(
    fc.property(
      fc.dictionary(key, fc.string()),
      (carrier) => void carrierScope(carrier, undefined),
    ),
  )
})
