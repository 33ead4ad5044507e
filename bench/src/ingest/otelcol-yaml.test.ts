import { describe, expect, it } from 'vitest'
import { blockedKeys, blockedValues } from './blocked-values.ts'
import { otelcolSettings, otelcolYaml } from './otelcol-yaml.ts'
import type { OtelcolSettings } from './otelcol-yaml.ts'

const places = {
  port: 4318,
  engineUrl: 'http://127.0.0.1:8123',
  username: 'u',
  password: 'with "quotes"',
  queueDir: '/data/queue',
}
const yaml = (settings: OtelcolSettings): string => otelcolYaml(settings, places)

describe('otelcolYaml', () => {
  it('keeps to the batching that the exporter’s README recommends, but for the tuned one', () => {
    for (const settings of ['otelcol', 'otelcol_fsync', 'otelcol_fsync_redact'] as const) {
      expect(yaml(settings), settings).toContain('num_consumers: 10\n')
      expect(yaml(settings), settings).toContain('min_size: 5000\n        flush_timeout: 5s\n')
      expect(yaml(settings), settings).not.toContain('async_insert')
    }
    expect(yaml('otelcol_tuned')).toContain('min_size: 38000\n        flush_timeout: 1s\n')
    expect(yaml('otelcol_tuned')).toContain('async_insert: false\n    compress: none\n')
  })

  it('flushes the queue to the disk where it is to promise what Whodid does', () => {
    for (const settings of ['otelcol_fsync', 'otelcol_fsync_redact'] as const) {
      expect(yaml(settings)).toContain('    directory: "/data/queue"\n')
      expect(yaml(settings)).toContain('    fsync: true\n')
      expect(yaml(settings)).toContain('    sending_queue:\n      storage: file_storage\n')
      expect(yaml(settings)).toContain('service:\n  extensions: [file_storage]\n')
    }
    for (const settings of ['otelcol', 'otelcol_tuned'] as const)
      expect(yaml(settings)).not.toContain('file_storage')
  })

  it('masks secrets in the last of these only', () => {
    const redacting = yaml('otelcol_fsync_redact')
    expect(redacting).toContain('      processors: [redaction]\n')
    for (const pattern of [...blockedKeys, ...blockedValues])
      expect(redacting).toContain(`      - ${JSON.stringify(pattern)}\n`)
    for (const settings of otelcolSettings.filter((each) => each !== 'otelcol_fsync_redact'))
      expect(yaml(settings)).not.toContain('redaction')
  })

  it('quotes what it is given', () => {
    expect(yaml('otelcol')).toContain('    password: "with \\"quotes\\""\n')
  })

  it('looks for secrets of the kinds that Whodid hides', () => {
    // RE2 takes a flag at the front, JavaScript a flag of its own; all else in these is common to both.
    const finds = (text: string): boolean =>
      blockedValues.some((pattern) => new RegExp(pattern.replace('(?i)', ''), 'iu').test(text))
    for (const secret of [
      `ghp_${'a'.repeat(36)}`,
      `AKIA${'A'.repeat(16)}`,
      `Authorization: Bearer ${'x'.repeat(30)}`,
      'postgres://user:hunter2@db/shop',
      'password=hunter2',
      '4242 4242 4242 4242',
    ])
      expect(finds(secret), secret).toBe(true)
    expect(finds('merge pull request 812 of acme/app')).toBe(false)
  })
})
