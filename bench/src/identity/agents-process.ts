// Agents in one process, each an instance of its own, which obey orders by the SDK: they share one stream. Told what to do by the process that started this one.
import { setTimeout as sleep } from 'node:timers/promises'
import { WhodidError } from '@whodid/model'
import { continueFrom, flush, human, inject, start, tool } from '@whodid/sdk'
import { openAgent } from '@whodid/sdk/instrument'
import type { OpenRun } from '@whodid/sdk/instrument'
import type { AgentsOrder, AgentsReply, AgentsSettings, FocusedAct } from './agents-messages.ts'

/** Milliseconds between two acts of the agents that nobody looks at, all taken together. */
const idleActEveryMs = 50
/** Milliseconds between two acts of a descendant. */
const descendantActEveryMs = 1_000
/** Acts of a focused agent; one that is not refused by then was not stopped. */
const focusedActsMax = 20_000

/** A descendant, and when it acted last. */
interface Descendant {
  readonly run: OpenRun
  lastRanAtMs: number
  isRefused: boolean
}

// Written by the process that started this one.
const settings = JSON.parse(process.argv[2] ?? '') as AgentsSettings
const { endpoint, apiUrl, token, count, template, person } = settings
start({
  serviceName: template,
  endpoint,
  token,
  revocationsFrom: apiUrl,
  capture: 'none',
  exitHooks: false,
  onBehalfOf: person,
})
const agents = Array.from({ length: count }, () => openAgent({ template }))
const descendants: Descendant[] = []

process.on('message', (order: AgentsOrder) => {
  // A fault ends the process, and with it the bench: nothing is measured by half.
  void answer(order).then(reply)
})
process.once('disconnect', () => process.exit(0))
void actIdly()
reply({ kind: 'ready', instances: agents.map(({ run }) => run.id) })

function reply(message: AgentsReply): void {
  process.send?.(message)
}

async function answer(order: AgentsOrder): Promise<AgentsReply> {
  switch (order.kind) {
    case 'focus':
      return { kind: 'focused', acts: await actUntilRefused(order.instance) }
    case 'round':
      return roundOfAll()
    case 'root': {
      const root = openAgent({ template })
      const carrier = root.within(() => inject<Record<string, string>>({}))
      return { kind: 'root', instance: root.run.id, carrier }
    }
    case 'descend':
      await descend(order)
      return { kind: 'descended', count: descendants.length }
    case 'gather': {
      const lastRanAtMs = descendants.map((one) => one.lastRanAtMs)
      const refused = descendants.filter(({ isRefused }) => isRefused).length
      return { kind: 'gathered', lastRanAtMs, refused }
    }
    case 'flush':
      await flush()
      return { kind: 'flushed' }
  }
}

/** Lets one agent change something, again and again, until it is refused. */
async function actUntilRefused(instance: string): Promise<readonly FocusedAct[]> {
  const focused = agents.find(({ run }) => run.id === instance)
  const acts: FocusedAct[] = []
  while (focused !== undefined && acts.length < focusedActsMax) {
    const resource = `bench:row:${instance}/${acts.length}`
    try {
      await focused.within(() =>
        tool('change', { verb: 'update', resource }, ({ span }) => {
          acts.push({ span, ranAtMs: Date.now() })
        }),
      )
    } catch (thrown) {
      if (isStopped(thrown)) return acts
      throw thrown
    }
  }
  throw new Error(`the agent ${instance} was not stopped`)
}

/** Lets every agent and the person act once, and says who was refused. */
async function roundOfAll(): Promise<AgentsReply> {
  const refused: string[] = []
  for (const one of agents) if ((await look(one)) === undefined) refused.push(one.run.id)
  const actedAtMs = await human({ id: person }, () => lookHere())
  return { kind: 'rounded', refused, personActed: actedAtMs !== undefined }
}

function look(agent: OpenRun): Promise<number | undefined> {
  return agent.within(() => lookHere())
}

/** A read of whoever acts here: when it ran; undefined where it was refused. */
async function lookHere(): Promise<number | undefined> {
  try {
    return await tool('look', { verb: 'read' }, () => Date.now())
  } catch (thrown) {
    if (isStopped(thrown)) return undefined
    throw thrown
  }
}

async function actIdly(): Promise<void> {
  for (let turn = 0; ; turn += 1) {
    const idle = agents[turn % agents.length]
    if (idle !== undefined) await look(idle)
    await sleep(idleActEveryMs)
  }
}

async function descend({
  carrier,
  children,
  grandchildren,
}: Extract<AgentsOrder, { kind: 'descend' }>): Promise<void> {
  await continueFrom(carrier, () => {
    for (let child = 0; child < children; child += 1) {
      const parent = openAgent({ template })
      begin(parent)
      parent.within(() => {
        for (let grandchild = 0; grandchild < grandchildren; grandchild += 1)
          begin(openAgent({ template }))
      })
    }
  })
}

function begin(run: OpenRun): void {
  const descendant: Descendant = { run, lastRanAtMs: Number.NEGATIVE_INFINITY, isRefused: false }
  descendants.push(descendant)
  void actUntilStopped(descendant)
}

async function actUntilStopped(descendant: Descendant): Promise<void> {
  // Spread over the interval, so that at every moment some are about to act.
  await sleep(Math.random() * descendantActEveryMs)
  while (!descendant.isRefused) {
    const ranAtMs = await look(descendant.run)
    if (ranAtMs === undefined) descendant.isRefused = true
    else descendant.lastRanAtMs = ranAtMs
    await sleep(descendantActEveryMs)
  }
}

function isStopped(thrown: unknown): boolean {
  return thrown instanceof WhodidError && thrown.code === 'agent_stopped'
}
