import { createHash } from 'node:crypto'
import { agent, approval, plan, prompt, shutdown, start, tool } from '@whodid/sdk'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startOtlpSink } from '../harness/otlp-sink.ts'
import type { OtlpSink, SinkSpan } from '../harness/otlp-sink.ts'

let sink: OtlpSink

beforeEach(async () => {
  sink = await startOtlpSink()
})

afterEach(async () => {
  await shutdown(2000)
  await sink.stop()
})

const named = (name: string): SinkSpan => {
  const found = sink.spans.filter((span) => span.name === name)
  expect(found, `spans named "${name}"`).toHaveLength(1)
  return found[0]!
}

const sha256 = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`

describe('capture', () => {
  const secret = 'ghp_abcdefghijklmnopqrstuvwxyz0123456789'
  const act = async (capture: 'none' | 'hash' | 'redacted' | 'full'): Promise<void> => {
    start({ endpoint: sink.url, capture, textLengthMax: 256 })
    await agent({ template: 'a' }, async () => {
      await prompt(`use ${secret}`)
      await plan(`send ${secret}`)
      await tool('t', { verb: 'read', arguments: { token: secret } }, () => secret)
      await tool('long', { verb: 'read' }, () => 'x'.repeat(1000))
      await approval({ decision: 'allow', reason: `because ${secret}` })
      await tool('fail', { verb: 'read' }, () => {
        throw new Error(`wrong ${secret}`)
      }).catch(() => undefined)
    })
    await shutdown()
  }
  const texts = (): string => JSON.stringify(sink.spans.map((s) => [s.statusMessage, s.attributes]))

  it.each(['none', 'hash', 'redacted', 'full'] as const)('%s: hashes always', async (capture) => {
    await act(capture)
    expect(named('invoke_agent a').attributes['whodid.prompt.hash']).toBe(sha256(`use ${secret}`))
    expect(named('plan a').attributes['whodid.plan.hash']).toBe(sha256(`send ${secret}`))
    expect(named('execute_tool t').attributes).toMatchObject({
      'whodid.tool.arguments_hash': sha256(`{"token":"${secret}"}`),
      'whodid.tool.result_hash': sha256(secret),
    })
    expect(texts().includes(secret)).toBe(capture === 'full')
  })

  it.each(['none', 'hash'] as const)('%s: no text', async (capture) => {
    await act(capture)
    for (const { attributes } of sink.spans)
      for (const key of [
        'gen_ai.input.messages',
        'gen_ai.output.messages',
        'gen_ai.tool.call.arguments',
        'gen_ai.tool.call.result',
      ])
        expect(attributes).not.toHaveProperty([key])
    const message = capture === 'hash' ? sha256(`wrong ${secret}`) : ''
    expect(named('execute_tool fail').statusMessage).toBe(message)
  })

  it('redacted: text without its secrets, cut with a marker and a hash', async () => {
    await act('redacted')
    expect(named('invoke_agent a').attributes['gen_ai.input.messages']).toContain(
      'use [redacted:github_token]',
    )
    expect(named('execute_tool t').attributes['gen_ai.tool.call.arguments']).toBe(
      '{"token":"[redacted:github_token]"}',
    )
    expect(named('execute_tool long').attributes['gen_ai.tool.call.result']).toBe(
      `${'x'.repeat(256)}…[cut: 256 of 1000 characters; ${sha256('x'.repeat(1000))}]`,
    )
  })
})
