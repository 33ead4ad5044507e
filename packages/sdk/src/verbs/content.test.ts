import { expect, it } from 'vitest'
import { resolveConfig } from '../config.ts'
import type { Capture } from '../config.ts'
import { captureContent, captureRemark, contentHash } from './content.ts'

const config = (capture: Capture): ReturnType<typeof resolveConfig> =>
  resolveConfig({ capture, textLengthMax: 256 }, {})

it('hashes text as its bytes, bytes as they are, and the rest as canonical JSON', () => {
  // printf %s abc | sha256sum
  const abc = 'sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'
  expect(contentHash('abc')).toBe(abc)
  expect(contentHash(Buffer.from('abc'))).toBe(abc)
  expect(contentHash({ b: 1, a: 2 })).toBe(contentHash('{"a":2,"b":1}'))
})

it('sees a secret that lies across the cut', () => {
  const secret = 'ghp_abcdefghijklmnopqrstuvwxyz0123456789'
  const text = `${'x '.repeat(120)}${secret} and more ${'y'.repeat(1000)}`
  const cut = captureContent(text, contentHash(text), config('redacted'))
  expect(cut).not.toContain('ghp_')
  expect(cut).toContain(`of ${text.length} characters; ${contentHash(text)}]`)
  expect(captureContent(text, '', config('full'))).toContain('ghp_')
})

it('never leaves half a character at the cut', () => {
  const text = `${'x'.repeat(255)}😀${'y'.repeat(100)}`
  expect(captureContent(text, '', config('full'))?.isWellFormed()).toBe(true)
})

it('keeps remarks by the policy', () => {
  expect(captureRemark('why', config('none'))).toBeUndefined()
  expect(captureRemark('why', config('hash'))).toBe(contentHash('why'))
  expect(captureRemark('password=hunter2', config('redacted'))).toBe('password=[redacted:secret]')
})
