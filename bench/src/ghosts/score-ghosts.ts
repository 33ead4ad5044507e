import { setTimeout as sleep } from 'node:timers/promises'
import type { GhostsAnswer } from '@whodid/model'
import type { Service } from '../identity/start-service.ts'
import type { WorldAct } from './world-act.ts'

/** What the ghost report says of a world, beside what happened in it. */
export interface GhostScore {
  readonly acts: number
  /** Acts laid to an agent by a record or by the system's own statement, and those of them that were that agent's. */
  readonly firm: Share
  /** Acts laid to an agent by a mark that any client can write, and those of them that were that agent's; without forged marks. */
  readonly marked: Share
  /** Marks that a person forged, and those of them after which the act is listed as an agent's, with the reason that a client carries it. */
  readonly forged: Share
  /** Acts that log and telemetry suffice to decide, and those decided rightly and firmly. */
  readonly decided: Share
  /** Acts of people that were laid to an agent firmly. */
  readonly blamed: number
  /** One line for each act that was not as it should be. */
  readonly faults: readonly string[]
}

export interface Share {
  readonly of: number
  readonly right: number
}

type Event = GhostsAnswer['borrowed'][number]

/** Milliseconds that one question spans: its lists hold a thousand events at most. */
const windowMs = 600_000
const storedWithinMs = 60_000

/** Asks for the ghosts of the time of some acts, once all of them are stored, and scores the answer. */
export async function scoreGhosts(
  service: Service,
  acts: readonly WorldAct[],
): Promise<GhostScore> {
  const events = await askAll(service, acts)
  const found = new Map<string, { event: Event; list: string }>()
  for (const { list, event } of events)
    found.set(`${event.resource ?? ''} ${Date.parse(event.at)}`, { event, list })
  const faults: string[] = []
  const firm = { of: 0, right: 0 }
  const marked = { of: 0, right: 0 }
  const decided = { of: 0, right: 0 }
  const forged = { of: 0, right: 0 }
  let blamed = 0
  for (const act of acts) {
    const hit = found.get(`${act.resource} ${act.atMs}`)
    const isLaid = hit !== undefined && (hit.list === 'borrowed' || hit.list === 'agents')
    const isFirm =
      isLaid && (hit.event.result === 'confirmed' || hit.event.reason === 'system_states_agent')
    const isRight =
      isLaid && act.actor === 'agent' && act.agentNames.includes(hit.event.agent ?? '')
    if (act.kind === 'mark_forged') {
      forged.of += 1
      if (isLaid) forged.right += 1
    }
    if (isLaid && (isFirm || act.kind !== 'mark_forged')) {
      const share = isFirm ? firm : marked
      share.of += 1
      if (isRight) share.right += 1
      if (isFirm && act.actor === 'human') blamed += 1
    }
    const isDecided = act.actor === 'human' ? hit === undefined : isFirm && isRight
    if (act.isDecidable) {
      decided.of += 1
      if (isDecided) decided.right += 1
    }
    if ((isFirm && !isRight) || (act.isDecidable && !isDecided))
      faults.push(
        `${act.kind} in ${act.log}: ${hit === undefined ? 'in no list' : `${hit.list}, ${hit.event.result}, ${hit.event.reason}, "${hit.event.agent ?? ''}"`}`,
      )
  }
  return { acts: acts.length, firm, marked, forged, decided, blamed, faults }
}

/** All that the report lists, window by window. */
async function askAll(
  service: Service,
  acts: readonly WorldAct[],
): Promise<{ list: string; event: Event }[]> {
  const fromMs = Math.min(...acts.map(({ atMs }) => atMs)) - 1_000
  const toMs = Math.max(...acts.map(({ atMs }) => atMs)) + 1_000
  const deadlineMs = performance.now() + storedWithinMs
  for (;;) {
    const answers: GhostsAnswer[] = []
    for (let at = fromMs; at <= toMs; at += windowMs) {
      const to = Math.min(at + windowMs - 1, toMs)
      const range = `from=${new Date(at).toISOString()}&to=${new Date(to).toISOString()}`
      // The API's own schema is held by its tests.
      answers.push((await service.get(`/v1/ghosts?${range}&limit=1000`)) as GhostsAnswer)
    }
    const count = answers.reduce((sum, { counts }) => sum + counts.events, 0)
    if (count >= acts.length)
      return answers.flatMap((answer) =>
        (['borrowed', 'agents', 'contradicted', 'unexplained', 'open'] as const).flatMap((list) =>
          answer[list].map((event) => ({ list, event })),
        ),
      )
    if (performance.now() > deadlineMs)
      throw new Error(`${count} of ${acts.length} events were stored within a minute`)
    await sleep(500)
  }
}
