import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startEmitterLedger } from '../harness/emitter-ledger.ts'
import type { EmitterLedger, OtlpBody } from '../harness/emitter-ledger.ts'

interface Case {
  readonly handle: string
  readonly requests: readonly OtlpBody[]
}

let world: EmitterLedger

beforeAll(async () => {
  world = await startEmitterLedger()
})

afterAll(() => world.stop())

async function readCase(name: string): Promise<Case> {
  const path = fileURLToPath(new URL(`../vectors/cases/${name}.json`, import.meta.url))
  // Our own vectors; a file of another shape fails where it is sent.
  return JSON.parse(await readFile(path, 'utf8')) as Case
}

const cases = [
  'real-sk-uuid-template',
  'handoff-target-named',
  'real-crewai-openinference',
  'real-llamaindex-openinference',
  'real-voltagent',
  'real-openai-agents-prompt',
  'events-as-logs',
  'hitl-interrupt-resume',
  'real-fastmcp',
  'handle-of-inherited-identity',
]

describe('x', () => {
  test.each(cases)('%s', async (name) => {
    const { handle, requests } = await readCase(name)
    await world.send(requests)
    const a = await world.ask(handle)
    console.log(name, JSON.stringify({s: a.summary, act: a.action?.record_kind, tool: a.action?.tool, res: a.action?.resource, agent: a.agent, del: a.delegator?.id, prompt: a.prompt, gaps: a.gaps.map(g=>g.code), reasons: a.reasons.map(r=>r.code), chain: a.chain.map(c=>`${c.record_kind}:${c.name}:${c.joined_by}`)},null,1))
    expect(1).toBe(1)
  })
})
