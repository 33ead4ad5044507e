import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { root } from '../tidy/source.ts'

const run = promisify(execFile)

interface Report {
  bench: string
  machine: Record<string, unknown>
  measures: { name: string; value: number | null; unit: string; of: string; why?: string }[]
}

describe('npm run bench', () => {
  it('measures ingest under the fixed names', async () => {
    const { stdout } = await bench('ingest', '--quick', '--json')
    const report = JSON.parse(stdout) as Report
    expect(report.bench).toBe('ingest')
    expect(report.machine).toMatchObject({ cores: expect.any(Number), node: process.versions.node })
    for (const { name, value, why } of report.measures)
      expect(value === null ? why : Number.isFinite(value), name).toBeTruthy()
    const valueOf = (name: string): number | null | undefined =>
      report.measures.find((measure) => measure.name === name)?.value
    const isPeerThere = existsSync(join(root, '.tools/peers/otelcol-clickhouse'))
    for (const name of [
      'spans_per_cpu_second_ratio_to_otelcol',
      'spans_per_cpu_second_ratio_to_otelcol_fsync',
      'spans_per_cpu_second_ratio_to_otelcol_fsync_redact',
      'stored_bytes_per_span_ratio_to_otelcol',
      'sustained_rate_ratio_to_otelcol',
    ])
      expect(valueOf(name), name).toEqual(isPeerThere ? expect.any(Number) : null)
    expect(valueOf('ack_to_queryable_p99_s')).toBeGreaterThan(0)
    expect(valueOf('whodid_stored_bytes_per_span')).toBeGreaterThan(50)
    expect(valueOf('log_grows_share')).toBeLessThan(1)
    // Where another process's CPU time cannot be read, the measure says so.
    if (process.platform === 'linux') {
      expect(valueOf('cpu_us_per_span_collector')).toBeGreaterThan(0)
      expect(valueOf('cpu_us_per_span_engine')).toBeGreaterThan(0)
    }
  })

  it('measures the proof under the fixed names', async () => {
    const { stdout } = await bench('proof', '--quick', '--json')
    const { measures } = JSON.parse(stdout) as Report
    const valueOf = (name: string): number | null | undefined =>
      measures.find((measure) => measure.name === name)?.value
    for (const { name, value, why } of measures)
      expect(value === null ? why : Number.isFinite(value), name).toBeTruthy()
    expect(measures.map(({ name }) => name)).toContain('who_did_p50_ratio_with_proof')
    expect(valueOf('proof_bytes')).toBeGreaterThan(500)
    if (process.platform !== 'linux') return
    expect(valueOf('seal_cpu_share')).toBeGreaterThan(0)
    expect(valueOf('verify_rows_per_cpu_second')).toBeGreaterThan(0)
    expect(valueOf('verify_ratio_to_sha256_scan')).toBeGreaterThan(1)
  })

  it('measures the SDK under the fixed name, both sides sending the same', async () => {
    const { stdout } = await bench('sdk', '--quick', '--json')
    const { measures } = JSON.parse(stdout) as Report
    const valueOf = (name: string): number | null | undefined =>
      measures.find((measure) => measure.name === name)?.value
    expect(valueOf('span_cpu_ratio_to_bare_otel')).toBeGreaterThan(0)
    expect(valueOf('wire_bytes_ratio_to_bare_otel')).toBeGreaterThan(0.9)
    expect(valueOf('wire_bytes_ratio_to_bare_otel')).toBeLessThan(1.1)
  })

  it.each([
    [
      ['speed'],
      'expected one of ingest, ask, attribution, ghosts, identity, proof, sdk, secrets; got "speed"',
    ],
    [[], 'got ""'],
    [['ingest', '--fast'], '--fast'],
    [['ask', '--soak', '1'], '--soak belongs to ingest'],
  ])('refuses %j with a sentence', async (args, sentence) => {
    const refused: unknown = await bench(...args).catch((thrown: unknown) => thrown)
    expect(refused).toMatchObject({ code: 2, stdout: '' })
    expect(Reflect.get(refused as object, 'stderr')).toContain(sentence)
  })
})

function bench(...args: string[]): Promise<{ stdout: string; stderr: string }> {
  return run('npm', ['run', '--silent', 'bench', '--', ...args], { cwd: root, timeout: 580_000 })
}
