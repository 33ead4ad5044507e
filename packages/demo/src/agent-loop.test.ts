import { expect, it } from 'vitest'
import { runAgentLoop } from './agent-loop.ts'
import type { AgentLoop, Model } from './agent-loop.ts'

const call = (tool: string) => ({ tool, arguments: {}, step: 1 })
const loop = (model: Model, tools: AgentLoop['tools'] = {}): Promise<string> =>
  runAgentLoop({ model, tools, prompt: 'go', origin: 'human', report: () => undefined })

it('gives the model what its tools answered, failures included', async () => {
  const model: Model = (context) => {
    const results = context.filter((message) => message.role === 'tool').map(({ text }) => text)
    return results.length === 0
      ? { text: '', toolCalls: [call('works'), call('fails'), call('constructor')] }
      : { text: results.join('; '), toolCalls: [] }
  }
  const tools = {
    works: () => Promise.resolve('fine'),
    fails: () => {
      throw new TypeError('no such row')
    },
  }
  expect(await loop(model, tools)).toBe(
    'fine; error: no such row; error: there is no tool "constructor"',
  )
})

it('stops an agent that never comes to an end', async () => {
  let turns = 0
  const model: Model = () => {
    turns += 1
    return { text: '', toolCalls: [call('again')] }
  }
  await expect(loop(model)).rejects.toThrow('after 20 turns')
  expect(turns).toBe(20)
})
