import { readFileSync } from 'node:fs'
import { labelledSamples, scoreRedactor, secretsTable } from '@whodid/corpus'
import type { LabelledSample } from '@whodid/corpus'
import { redactSecrets } from '@whodid/model'
import { describe, expect, it } from 'vitest'

const samples = labelledSamples()
const partOf = (part: LabelledSample['part']): LabelledSample[] =>
  samples.filter((sample) => sample.part === part)

describe('the redactor on the labelled set', () => {
  it('has as many innocent samples as a share can be taken of', () => {
    const secrets = samples.filter((sample) => sample.secrets.length > 0).length
    expect(samples.length).toBeGreaterThanOrEqual(480)
    expect(secrets).toBeGreaterThanOrEqual(240)
    expect(samples.length - secrets).toBeGreaterThanOrEqual(240)
    expect(new Set(samples.map(({ text }) => text)).size).toBe(samples.length)
  })

  // Other seeds make other tokens and passwords in the same forms.
  it.each([20_261_128, 1, 2, 3])(
    'hides 95 of 100 secrets and changes 1 of 100 other texts, with seed %i',
    (seed) => {
      for (const part of ['tuning', 'held-out'] as const) {
        const [all] = scoreRedactor(
          redactSecrets,
          labelledSamples(seed).filter((sample) => sample.part === part),
        )
        expect(all!.hidden / all!.secrets, part).toBeGreaterThanOrEqual(0.95)
        expect(all!.alarms / all!.innocents, part).toBeLessThanOrEqual(0.01)
      }
    },
  )

  it('would not pass a redactor that hides nothing, or everything', () => {
    const [nothing] = scoreRedactor((text) => text, samples)
    expect(nothing!.hidden).toBe(0)
    const [everything] = scoreRedactor(() => '[redacted]', samples)
    expect(everything!.alarms).toBe(everything!.innocents)
  })

  it('leaves what stands around a secret, and changes nothing the second time', () => {
    for (const { text, secrets } of samples) {
      const once = redactSecrets(text)
      expect(redactSecrets(once), text).toBe(once)
      // A key in lines is replaced as a whole, and base64 as a run.
      const length = secrets.reduce((sum, secret) => sum + secret.length, 0)
      if (secrets.length > 0 && !/BEGIN|kty|b64|base64/u.test(text))
        expect(once.length, text).toBeGreaterThanOrEqual((text.length - length) * 0.4)
    }
  })

  it('is what docs/SECRETS.md says', () => {
    const page = readFileSync(new URL('../../docs/SECRETS.md', import.meta.url), 'utf8')
    expect(page).toContain(secretsTable(scoreRedactor(redactSecrets, samples)))
  })

  it('is scored in two parts of one size', () => {
    expect(Math.abs(partOf('tuning').length - partOf('held-out').length)).toBeLessThanOrEqual(1)
  })
})
