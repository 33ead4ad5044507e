import { RefusedToken, verifyInstanceToken } from '@whodid/identity'
import { describe, expect, it } from 'vitest'
import { depsOf, exchange, instanceToken, nowS, trustDomain, useDelegated } from './attack-world.ts'
import { delegatedTokenAttacks } from './delegated-token-attacks.ts'
import { exchangeAttacks } from './exchange-attacks.ts'
import { instanceTokenAttacks } from './instance-token-attacks.ts'

async function refusalOf(run: Promise<unknown>): Promise<string> {
  try {
    await run
    return 'accepted'
  } catch (thrown) {
    if (thrown instanceof RefusedToken) return thrown.refusal
    throw thrown
  }
}

describe('attacks', () => {
  it('are at least sixty', () => {
    expect(
      instanceTokenAttacks.length + exchangeAttacks.length + delegatedTokenAttacks.length,
    ).toBeGreaterThan(100)
  })

  it('are made on material that is good as it stands', async () => {
    const { grant, scope } = await exchange({})
    expect(grant).toMatchObject({
      delegator: { id: 'jane' },
      template: 'db-fixer',
      scopes: ['repo:read', 'pr:comment'],
      actors: [{ subject: `spiffe://${trustDomain}/agent/db-fixer/i/01J0` }],
    })
    expect(scope.denied).toEqual([{ scope: 'admin:all', by: 'ceiling' }])
    expect((await useDelegated({})).actors).toHaveLength(2)
    // A clock that is off by the allowed half minute is no attack, and a pause that has ended neither.
    await exchange({ actorClaims: { iat: nowS + 30 } })
    await exchange({ revoked: [{ action: 'pause' }, { action: 'resume' }] })
    // Nor is the revocation of another instance of the template.
    await exchange({ revoked: [{ target: { kind: 'instance', id: '01J9' } }] })
  })

  it.each(instanceTokenAttacks)('an instance token %s: %s', async (_name, refusal, attack) => {
    const run = async () => verifyInstanceToken(await instanceToken(attack), depsOf(attack))
    expect(await refusalOf(run())).toBe(refusal)
    expect(await refusalOf(exchange(attack))).toBe(refusal)
  })

  it.each(exchangeAttacks)('an exchange %s: %s', async (_name, refusal, attack) => {
    expect(await refusalOf(exchange(attack))).toBe(refusal)
  })

  it.each(delegatedTokenAttacks)('a delegated token %s: %s', async (_name, refusal, attack) => {
    expect(await refusalOf(useDelegated(attack))).toBe(refusal)
  })
})
