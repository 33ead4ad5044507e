import { setTimeout as sleep } from 'node:timers/promises'
import type { GhostsAnswer } from '@whodid/model'
import type { Service } from '../identity/start-service.ts'
import type { WorldAct } from './world-act.ts'

/** The ghost report on a world, beside what happened in it. */
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
  const found = new Map(
    events.map((listed) => [
      `${listed.event.resource ?? ''} ${Date.parse(listed.event.at)}`,
      listed,
    ]),
  )
  const told = acts.map((act) => judge(act, found.get(`${act.resource} ${act.atMs}`)))
  const laid = told.filter(({ isLaid }) => isLaid)
  const firm = laid.filter(({ isFirm }) => isFirm)
  return {
    acts: acts.length,
    firm: shareOf(firm, ({ isRight }) => isRight),
    marked: shareOf(
      laid.filter(({ isFirm, act }) => !isFirm && act.kind !== 'mark_forged'),
      ({ isRight }) => isRight,
    ),
    forged: shareOf(
      told.filter(({ act }) => act.kind === 'mark_forged'),
      ({ isLaid }) => isLaid,
    ),
    decided: shareOf(
      told.filter(({ act }) => act.isDecidable),
      ({ isDecided }) => isDecided,
    ),
    blamed: firm.filter(({ act }) => act.actor === 'human').length,
    faults: told.flatMap(faultOf),
  }
}

interface Listed {
  readonly list: string
  readonly event: Event
}

/** An act, and what the report says of it. */
interface Told {
  readonly act: WorldAct
  readonly listed: Listed | undefined
  readonly isLaid: boolean
  readonly isFirm: boolean
  readonly isRight: boolean
  readonly isDecided: boolean
}

function judge(act: WorldAct, listed: Listed | undefined): Told {
  const isLaid = listed?.list === 'borrowed' || listed?.list === 'agents'
  const isFirm =
    isLaid && (listed.event.result === 'confirmed' || listed.event.reason === 'system_states_agent')
  const isRight = isLaid && act.agentNames.includes(listed.event.agent ?? '')
  const isDecided = act.actor === 'human' ? listed === undefined : isFirm && isRight
  return { act, listed, isLaid, isFirm, isRight, isDecided }
}

function shareOf(told: readonly Told[], isRight: (one: Told) => boolean): Share {
  return { of: told.length, right: told.filter(isRight).length }
}

function faultOf({ act, listed, isFirm, isRight, isDecided }: Told): string[] {
  const isFault = (isFirm && !isRight) || (act.isDecidable && !isDecided)
  if (!isFault) return []
  const said =
    listed === undefined
      ? 'in no list'
      : `${listed.list}, ${listed.event.result}, ${listed.event.reason}, "${listed.event.agent ?? ''}"`
  return [`${act.kind} in ${act.log}: ${said}`]
}

/** All that the report lists, window by window. */
async function askAll(service: Service, acts: readonly WorldAct[]): Promise<Listed[]> {
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
