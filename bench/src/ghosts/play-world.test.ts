import { expect, it } from 'vitest'
import { playWorld } from './play-world.ts'
import type { WorldOptions } from './play-world.ts'

const options: WorldOptions = { seed: 1, acts: 600, beginMs: 0, stepMs: 1_000, hasSdk: true }

it('plays the same world again', () => {
  expect(playWorld(options)).toEqual(playWorld(options))
  expect(playWorld({ ...options, seed: 2 })).not.toEqual(playWorld(options))
})

it('has every kind of act in every log', () => {
  const world = playWorld(options)
  expect(new Set(world.map(({ kind }) => kind)).size).toBe(10)
  expect(new Set(world.map(({ log }) => log)).size).toBe(5)
})

it('names an agent for an agent’s acts alone, unless it is hidden', () => {
  for (const { actor, agentNames, kind, spans } of playWorld(options)) {
    if (actor === 'human') expect([kind, agentNames]).toEqual([kind, []])
    // What a person forged, and what an agent hides, has no telemetry of an agent.
    if (kind === 'mark_forged' || kind === 'agent_hidden') expect(spans).toEqual([])
  }
})

it('calls nothing decidable that thing and time alone would have to decide', () => {
  const world = playWorld(options)
  const bare = world.filter(({ kind }) =>
    ['agents_at_once', 'person_beside_agent', 'by_hand', 'agent_hidden'].includes(kind),
  )
  expect(bare.length).toBeGreaterThan(50)
  expect(bare.filter(({ isDecidable }) => isDecidable)).toEqual([])
})

it('carries no identifier into a log that has no room for one', () => {
  const recorded = playWorld(options).filter(({ kind }) => kind === 'agent_recorded')
  for (const { log, line } of recorded)
    expect([log, line.toLowerCase().includes('traceparent')]).toEqual([
      log,
      log === 'postgres' || log === 'access-log' || log === 'git-log',
    ])
})
