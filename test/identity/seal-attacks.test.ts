import { createPrivateKey, sign } from 'node:crypto'
import { exportJWK } from 'jose'
import { attribute, contradictingSeals } from '@whodid/model'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { depsOf, instanceToken, keys, nowS } from './attack-world.ts'
import { part } from './forge-token.ts'
import { instanceTokenAttacks } from './instance-token-attacks.ts'
import { registrationAttacks } from './registration-attacks.ts'
import { sealAttacks } from './seal-attacks.ts'
import type { SealAttack } from './seal-attacks.ts'
import {
  act,
  active,
  idOf,
  ledger,
  makeOwnKey,
  namingSeal,
  proofBy,
  reasonIn,
  recordsOf,
  register,
  sealOver,
  sealSpan,
  sendSpans,
  startInstance,
  startSealWorld,
} from './seal-world.ts'
import type { OwnKey, Recorded, Registered, SealWorld, Sender, SentSpan } from './seal-world.ts'

let world: SealWorld
let tokenKey: OwnKey

beforeAll(async () => {
  world = await startSealWorld()
  const jwk = await exportJWK(keys.instance.privateKey)
  const own = makeOwnKey()
  tokenKey = {
    ...own,
    privateKey: createPrivateKey({ key: { ...jwk }, format: 'jwk' }),
    publicKey: keys.instance.publicKey,
  }
})

afterEach(() => {
  world.clockS = 0
  world.standingOf = active
})

afterAll(() => world.collector.remove())

const marks = ({ attributes }: Recorded) => ({
  result: attributes[attribute.sealResult],
  claims: attributes[attribute.sealClaims],
})

const named = sealAttacks.map(([name, result, attack, claims]) => ({
  name,
  result,
  attack,
  claims,
}))

describe('attacks on seals', () => {
  it('are at least sixty', () => {
    expect(sealAttacks.length).toBeGreaterThanOrEqual(60)
    expect(registrationAttacks.length + instanceTokenAttacks.length).toBeGreaterThan(60)
  })

  it('are made on material that is good as it stands, and comes again unharmed', async () => {
    const by = await startInstance(world)
    const sent = play(by, act(by))
    const first = await sendSpans(world, sent)
    const [seal, covered] = sent as [SentSpan, SentSpan]
    const record = first.get(covered.spanId) as Recorded
    expect(marks(record)).toEqual({ result: 'verified', claims: 'instance template delegator' })
    expect(record.attributes[attribute.sealKey]).toBe(by.key.thumbprint)
    expect(record.attributes[attribute.sealToken]).toBe(by.tokenHash)
    // The seal stays whole: it is checked again by whoever doubts this collector.
    const kept = first.get(seal.spanId) as Recorded
    expect(kept.attributes[attribute.sealJws]).toBe(seal.attributes[attribute.sealJws])
    expect(kept.attributes[attribute.sealResult]).toBe('verified')
    // Half a minute is what clocks may differ by, and a batch that comes again is no replay.
    world.clockS = 920
    const count = recordsOf(world.store).length
    await sendSpans(world, sent)
    expect(recordsOf(world.store)).toHaveLength(count)
  })

  it.each(named)('$name: $result', async ({ result, attack, claims }) => {
    const by = await startInstance(world)
    const subject = without(act(by, attack.said), attack.unsaid)
    const sent = play(by, subject, { attack, other: await startInstance(world) })
    if (attack.delivery === 'reused_number') await sendSpans(world, play(by, act(by)))
    if (attack.isStopped !== undefined) {
      const { isStopped } = attack
      world.standingOf = ({ instance }) => {
        if (instance !== by.instance) return active()
        return isStopped === 'unknown' ? undefined : { standing: isStopped, by: undefined }
      }
    }
    world.clockS = attack.laterS ?? 0
    const records = await sendSpans(world, sent, attack.sender)
    const record = records.get(subject.spanId) as Recorded
    expect(marks(record)).toEqual({ result, claims })
    // Whoever grades by the channel alone believes a contradicted record no more.
    const isContradicted = contradictingSeals.has(result)
    expect(record.columns['channel'] === 'unentitled').toBe(isContradicted)
  })

  it('leave the honest spans of the same request as they are', async () => {
    const by = await startInstance(world)
    const good = act(by)
    const bad = act(by)
    const unsealed = act(by)
    const jws = sealOver(by, [good, bad])
    const seal = sealSpan(jws, good)
    const altered = { ...bad, attributes: { ...bad.attributes, [attribute.actionVerb]: 'read' } }
    const records = await sendSpans(world, [
      namingSeal(good, seal),
      unsealed,
      seal,
      namingSeal(altered, seal),
    ])
    const resultOf = (span: SentSpan) => marks(records.get(span.spanId) as Recorded).result
    expect([good, bad, unsealed].map(resultOf)).toEqual(['verified', 'mismatch', undefined])
  })

  it('a grade that a sender gives itself is left out and counted, on spans and on logs', async () => {
    const by = await startInstance(world)
    const forged = act(by, {
      [attribute.sealResult]: 'verified',
      [attribute.sealKey]: by.key.thumbprint,
      [attribute.sealToken]: by.tokenHash,
      [attribute.sealClaims]: 'instance template delegator',
    })
    const record = (await sendSpans(world, [forged])).get(forged.spanId) as Recorded
    expect(Object.keys(record.attributes).filter((key) => key.startsWith('whodid.seal'))).toEqual(
      [],
    )
    expect(record.columns['dropped_count']).toBe(4)
  })

  it('a token alone binds the spans of its own sender, and of nobody else', async () => {
    const by = await startInstance(world)
    const named = { [attribute.identityToken]: by.tokenHash }
    const own = act(by, named)
    const records = await sendSpans(world, [own])
    expect(marks(records.get(own.spanId) as Recorded)).toEqual({
      result: 'unsealed',
      claims: 'instance template delegator',
    })
    const stolen = act(by, named)
    const others = await sendSpans(world, [stolen], 'bound')
    expect(marks(others.get(stolen.spanId) as Recorded).result).toBe('other_token')
    const lying = act({ ...by, instance: 'i-of-another' }, named)
    const lies = await sendSpans(world, [lying])
    expect(marks(lies.get(lying.spanId) as Recorded)).toEqual({
      result: 'other_token',
      claims: undefined,
    })
    world.standingOf = ({ instance }) =>
      instance === by.instance ? { standing: 'paused', by: undefined } : active()
    const stopped = act(by, named)
    const after = await sendSpans(world, [stopped])
    expect(marks(after.get(stopped.spanId) as Recorded).result).toBe('revoked')
    world.standingOf = active
    world.clockS = 930
    const late = act(by, named)
    const ended = await sendSpans(world, [late])
    expect(marks(ended.get(late.spanId) as Recorded).result).toBe('expired')
  })

  it.each(['span', 'resource'] as const)(
    'do not name the instance: a SPIFFE ID that the %s states is no seal’s',
    async (place) => {
      const by = await startInstance(world)
      const good = act(by)
      const lie = { [attribute.identityId]: 'spiffe://acme.example/agent/db-fixer/i/another' }
      const seal = sealSpan(sealOver(by, [good]), good)
      const named = namingSeal(good, seal)
      const changed =
        place === 'span'
          ? { ...named, attributes: { ...named.attributes, ...lie } }
          : { ...named, resource: lie }
      const record = (await sendSpans(world, [seal, changed])).get(good.spanId) as Recorded
      expect(marks(record).result).toBe('verified')
      expect(record.columns['identity_id']).toBe(
        `spiffe://acme.example/agent/${by.template}/i/${by.instance}`,
      )
      expect(record.attributes[attribute.identityId]).toBe(lie[attribute.identityId])
    },
  )

  it('do not reach the span of another instance by listing it, named or not', async () => {
    const [honest, evil] = [await startInstance(world), await startInstance(world)]
    const sealed = act(honest)
    const plain = act(honest)
    const seal = sealSpan(sealOver(honest, [sealed]), sealed)
    const lies = [sealed, plain].map((span) => ({ ...span, startUnixNs: 1n }))
    const foreign = { ...sealSpan(sealOver(evil, lies), sealed), spanId: 'e'.repeat(16) }
    const records = await sendSpans(world, [foreign, seal, namingSeal(sealed, seal), plain])
    const of = (span: SentSpan) => records.get(span.spanId) as Recorded
    expect(marks(of(sealed)).result).toBe('verified')
    expect(marks(of(plain)).result).toBeUndefined()
    expect(of(plain).columns['channel']).toBe('entitled')
  })

  it('do not hide which seal covers a span: the collector writes the one that it found', async () => {
    const by = await startInstance(world)
    const acts = [act(by), act(by)] as const
    const seal = sealSpan(sealOver(by, acts), acts[0])
    const misled = namingSeal(acts[1], act(by))
    const records = await sendSpans(world, [seal, acts[0], misled])
    for (const { spanId } of acts) {
      const record = records.get(spanId) as Recorded
      expect(marks(record).result).toBe('verified')
      expect(record.attributes[attribute.sealId]).toBe(idOf(seal))
    }
  })

  it('a rule’s name, a person’s act and an act of no named instance are never proven by a seal', async () => {
    const by = await startInstance(world)
    const acts = [
      act(by, { [attribute.actorType]: 'human', [attribute.userId]: 'jane' }),
      act(by, { [attribute.instanceId]: '' }),
    ]
    const results: unknown[] = []
    for (const subject of acts) {
      const records = await sendSpans(world, play(by, subject, { seq: acts.indexOf(subject) + 1 }))
      const { result, claims } = marks(records.get(subject.spanId) as Recorded)
      expect(claims).toBeUndefined()
      results.push(result)
    }
    expect(results).toEqual(['verified', 'verified'])
  })
})

describe('attacks on the registration', () => {
  it.each(instanceTokenAttacks)('a token %s: %s', async (_name, refusal, attack) => {
    const state = depsOf(attack)
    world.standingOf = (agent) => state.standingOf(agent)
    const token = await instanceToken(attack, ledger)
    const proof = await proofBy(tokenKey)
    const { status, message } = await register(world, { proof, body: { token } })
    expect([status, reasonIn(message)]).toEqual([401, refusal])
  })

  it('a good token of a trusted issuer is registered, once and again', async () => {
    const token = await instanceToken({}, ledger)
    const first = await register(world, { proof: await proofBy(tokenKey), body: { token } })
    const again = await register(world, { proof: await proofBy(tokenKey), body: { token } })
    expect([first.status, again.status, again.tokenHash]).toEqual([201, 201, first.tokenHash])
    await world.collector.stored()
    const issued = recordsOf(world.store).filter(
      (row) => row['action_id'] === `whodid:credential:${first.tokenHash}`,
    )
    expect(issued).toHaveLength(1)
    expect(String(issued[0]?.['attributes'])).toContain(token)
  })

  it.each(registrationAttacks)('%s: %s %s', async (_name, status, reason, attack) => {
    const key = makeOwnKey()
    world.clockS = attack.laterS ?? 0
    const good = await proofBy(key, { ...attack.made })
    const proof = attack.proof?.(good) ?? good
    const body = { template: 'db-fixer', instance: 'i-asked', ...attack.body }
    const asked = { sender: attack.sender ?? 'all', proof, body } as const
    const first = await register(world, asked)
    const { status: got, message } = attack.isTwice === true ? await register(world, asked) : first
    expect([
      got,
      message.startsWith('token_refused') ? reasonIn(message) : message.split(':')[0],
    ]).toEqual([status, reason])
  })

  it('an instance with a live token is not given one of another template, or by another sender', async () => {
    const by = await startInstance(world)
    const ask = async (change: object, sender: Sender) => {
      const proof = await proofBy(makeOwnKey(), { atS: nowS + world.clockS })
      const body = { template: by.template, instance: by.instance, ...change }
      const { status, message } = await register(world, { sender, proof, body })
      return [status, status === 201 ? '' : reasonIn(message)]
    }
    expect(await ask({ template: 'planner' }, 'all')).toEqual([401, 'instance_taken'])
    expect(await ask({}, 'bound')).toEqual([401, 'instance_taken'])
    expect(await ask({}, 'stranger')).toEqual([201, ''])
    expect(await ask({}, 'all')).toEqual([201, ''])
    world.clockS = 901
    expect(await ask({}, 'bound')).toEqual([201, ''])
  })

  it('a person is named only on the word of a sender that may name one', async () => {
    const by = await startInstance(world, { sender: 'bound' })
    const subject = act(by)
    const records = await sendSpans(world, play(by, subject), 'bound')
    expect(marks(records.get(subject.spanId) as Recorded)).toEqual({
      result: 'verified',
      claims: 'instance template',
    })
  })
})

/** The spans of a request: the seal's, and the act that names it. */
interface Played {
  readonly attack?: SealAttack
  readonly other?: Registered
  readonly seq?: number
}

function play(
  by: Registered,
  subject: SentSpan,
  { attack = {}, other = by, seq = 1 }: Played = {},
): SentSpan[] {
  const moved = attack.delivery === 'moved_to_other_act' || attack.covers === 'another'
  const covered = moved ? { ...act(by), traceId: subject.traceId } : subject
  const good = sealOver(attack.signer === 'other_instance' ? other : by, [covered], { seq })
  const seal = sealSpan(attacked(good, attack, by), subject)
  const changed = {
    ...subject,
    startUnixNs: subject.startUnixNs + (attack.startsLater === true ? 1n : 0n),
    attributes: { ...subject.attributes, ...attack.altered },
    numbers: attack.numbers ?? {},
    resource: attack.resource ?? {},
  }
  const named = namingSeal(changed, seal)
  if (attack.delivery === 'alone') return [named]
  const before =
    attack.delivery === 'behind_eight_others'
      ? Array.from({ length: 8 }, (_, place) => ({
          ...sealSpan(`no seal ${place}`, subject),
          spanId: `c${place}`.padEnd(16, '0'),
        }))
      : []
  return [...before, seal, named]
}

function without(span: SentSpan, keys: readonly string[] = []): SentSpan {
  const kept = Object.entries(span.attributes).filter(([key]) => !keys.includes(key))
  return { ...span, attributes: Object.fromEntries(kept) }
}

function attacked(good: string, attack: SealAttack, by: Registered): string {
  const { claims, header, signer, jws } = attack
  if (jws !== undefined) return jws(good)
  if (claims === undefined && header === undefined && signer !== 'thief') return good
  const [headerText = '', payload = ''] = good.split('.')
  const read = (text: string): object =>
    // Only seals that were made here are read.
    JSON.parse(Buffer.from(text, 'base64url').toString()) as object
  const input = `${part({ ...read(headerText), ...header })}.${part({ ...read(payload), ...claims })}`
  const key = signer === 'thief' ? makeOwnKey().privateKey : by.key.privateKey
  const signature = sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' })
  return `${input}.${signature.toString('base64url')}`
}
