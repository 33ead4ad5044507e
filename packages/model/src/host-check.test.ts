import { describe, expect, it } from 'vitest'
import { isHostAllowed } from './host-check.ts'

const allowed = ['Ledger.example', '10.0.0.7', '[fd00::7]']

describe('isHostAllowed', () => {
  it.each([
    'localhost',
    'LOCALHOST:4318',
    'localhost.',
    '127.0.0.1',
    '127.255.0.3:1',
    '[::1]',
    '[::1]:4317',
    '::1',
  ])('lets %s in, a loopback name, always', (host) => {
    for (const check of ['loopback', 'any', allowed] as const)
      expect(isHostAllowed(host, check)).toBe(true)
  })

  it.each([
    'ledger.example',
    'LEDGER.example:443',
    'ledger.example.',
    '10.0.0.7:4318',
    '[FD00::7]:1',
  ])('lets %s in where it is listed, and nowhere else', (host) => {
    expect(isHostAllowed(host, allowed)).toBe(true)
    expect(isHostAllowed(host, 'loopback')).toBe(false)
    expect(isHostAllowed(host, ['other.example'])).toBe(false)
  })

  it.each([
    '',
    'evil.example',
    'evil.example:4318',
    'localhost.evil.example',
    'evil.example.localhost',
    '127.0.0.1.evil.example',
    'ledger.example.evil.example',
    'evil-ledger.example',
    'x:localhost',
    '[::1',
    '[::2]',
    'localhost@evil.example',
    'a'.repeat(100_000),
  ])('refuses %s', (host) => {
    expect(isHostAllowed(host, 'loopback')).toBe(false)
    expect(isHostAllowed(host, allowed)).toBe(false)
    expect(isHostAllowed(host, 'any')).toBe(true)
  })
})
