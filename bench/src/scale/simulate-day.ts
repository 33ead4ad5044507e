import type { InputValues } from './inputs.ts'
import { loadOf, spansPerCollector, spansPerShard } from './plan-fleet.ts'
import type { Costs, Fleet } from './plan-fleet.ts'

/** What is simulated. */
export interface Day {
  readonly costs: Costs
  readonly inputs: InputValues
  readonly fleet: Fleet
  readonly agents: number
}

/** What the day came to. */
export interface DayResult {
  readonly offered: number
  readonly stored: number
  /** Spans that collectors refused for a while because their logs were full or they were at work on others: their senders sent them again. */
  readonly delayed: number
  /** Still in the logs or with their senders when the day ended. */
  readonly left: number
  /** Highest shares of what the collectors, and the engines, were able to do in a minute. */
  readonly collectorShareMax: number
  readonly engineShareMax: number
  /** Bytes of one collector's log at its fullest, had it no bound, while the shard was away and until its backlog was stored. */
  readonly logBytesMax: number
  /** Minutes after the shard came back until the logs were empty again. */
  readonly catchUpMinutes: number
  /** From acknowledgement to queryable in the minutes in which no log held anything back. */
  readonly freshSecondsMax: number
  /** Into and out of one engine's machine, bytes a second at the most. */
  readonly networkBytesMax: number
}

const minutes = 24 * 60
const busiestMinute = 15 * 60
/** The shard is away from 9 in the morning, when the load rises. */
const shardAwayFrom = 9 * 60
const minuteSeconds = 60
/** A log that is emptied again within a minute is no backlog. */
const backlogSecondsMin = 1

interface State {
  /** With senders, and in logs, in spans. */
  waiting: number
  unstored: number
  unboundedUnstored: number
}

/** Goes through a day minute by minute: load that rises and falls, a shard that is away in the morning, a zone at the busiest hour. */
export function simulateDay(day: Day): DayResult {
  const { costs, inputs, fleet, agents } = day
  const shape = dayShape(inputs.peak_to_mean)
  const mean = loadOf(inputs, agents).spansPerDay / (minutes * minuteSeconds)
  const state: State = { waiting: 0, unstored: 0, unboundedUnstored: 0 }
  const result = { ...nothing }
  for (let minute = 0; minute < minutes; minute += 1) {
    const rate = mean * (shape[minute] ?? 1)
    const step = takeMinute(day, state, { minute, rate })
    result.offered += rate * minuteSeconds
    result.stored += step.stored * minuteSeconds
    result.delayed += step.delayed
    result.collectorShareMax = Math.max(result.collectorShareMax, step.collectorShare)
    result.engineShareMax = Math.max(result.engineShareMax, step.engineShare)
    const logBytes = (state.unboundedUnstored * costs.logBytes) / fleet.collectors
    if (minute < busiestMinute - inputs.zone_outage_minutes)
      result.logBytesMax = Math.max(result.logBytesMax, logBytes)
    const isHeldBack = state.unstored > rate * backlogSecondsMin
    if (isHeldBack && minute >= shardAwayFrom + inputs.shard_outage_minutes)
      result.catchUpMinutes += 1
    if (!isHeldBack && !step.isShardAway)
      result.freshSecondsMax = Math.max(result.freshSecondsMax, step.freshSeconds)
    result.networkBytesMax = Math.max(result.networkBytesMax, step.networkBytes)
  }
  return { ...result, left: state.waiting + state.unstored }
}

const nothing = {
  offered: 0,
  stored: 0,
  delayed: 0,
  collectorShareMax: 0,
  engineShareMax: 0,
  logBytesMax: 0,
  catchUpMinutes: 0,
  freshSecondsMax: 0,
  networkBytesMax: 0,
}

interface Step {
  readonly isShardAway: boolean
  /** Spans a second. */
  readonly stored: number
  readonly delayed: number
  readonly collectorShare: number
  readonly engineShare: number
  readonly freshSeconds: number
  readonly networkBytes: number
}

function takeMinute(
  { costs, inputs, fleet, agents }: Day,
  state: State,
  { minute, rate }: { readonly minute: number; readonly rate: number },
): Step {
  const isShardAway = within(minute, shardAwayFrom, inputs.shard_outage_minutes)
  const isZoneAway = within(minute, busiestMinute, inputs.zone_outage_minutes)
  const zonesLeft = isZoneAway ? (inputs.zones - 1) / inputs.zones : 1
  const collectors = Math.max(1, Math.floor(fleet.collectors * zonesLeft))
  const takes = collectors * spansPerCollector(costs)
  const load = loadOf(inputs, agents)
  // People and programs ask when agents work.
  const questions = (load.questionsPerSecond * rate) / load.spansPerSecond
  // With a zone away a shard may have one replica left, and that answers all its questions.
  const answering = isZoneAway ? 1 : inputs.replicas
  const stores = fleet.shards * spansPerShard(costs, inputs, questions / fleet.shards / answering)
  const logRoom = (inputs.log_gib * 1024 ** 3 * collectors) / costs.logBytes - state.unstored
  const wanted = rate + state.waiting / minuteSeconds
  const canStore = isShardAway ? 0 : stores
  // What the engines store in this minute makes room in the logs at once.
  const taken = Math.min(wanted, takes, Math.max(0, logRoom) / minuteSeconds + canStore)
  const stored = Math.min(canStore, taken + state.unstored / minuteSeconds)
  state.waiting = (wanted - taken) * minuteSeconds
  state.unstored = Math.max(0, state.unstored + (taken - stored) * minuteSeconds)
  state.unboundedUnstored = Math.max(
    0,
    state.unboundedUnstored + (wanted - canStore) * minuteSeconds,
  )
  const flow = stored / fleet.shards
  return {
    isShardAway,
    stored,
    delayed: state.waiting,
    collectorShare: rate / takes,
    engineShare: rate / stores,
    freshSeconds: costs.freshSeconds + fleet.insertSeconds,
    // Rows come in; each replica passes what it has stored on to the others.
    networkBytes: flow * (costs.rowBytes + (inputs.replicas - 1) * costs.storedBytes),
  }
}

function within(minute: number, from: number, length: number): boolean {
  return minute >= from && minute < from + length
}

const shapes = new Map<number, readonly number[]>()

/** The load of each minute to the day's mean: one smooth wave that is so high in its busiest minute. */
export function dayShape(peakToMean: number): readonly number[] {
  const known = shapes.get(peakToMean)
  if (known !== undefined) return known
  const wave = (steepness: number): number[] => {
    const raw = Array.from({ length: minutes }, (_, minute) =>
      Math.exp(steepness * Math.cos((2 * Math.PI * (minute - busiestMinute)) / minutes)),
    )
    const mean = raw.reduce((sum, value) => sum + value, 0) / minutes
    return raw.map((value) => value / mean)
  }
  let [flat, steep] = [0, 64]
  for (let halving = 0; halving < 60; halving += 1) {
    const middle = (flat + steep) / 2
    if ((wave(middle)[busiestMinute] ?? 0) < peakToMean) flat = middle
    else steep = middle
  }
  const shape = wave((flat + steep) / 2)
  shapes.set(peakToMean, shape)
  return shape
}
