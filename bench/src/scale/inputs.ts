import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** What nobody measured: the load, the machines and the prices, each with its meaning. */
export const inputNames = [
  'agents',
  'spans_per_agent_day',
  'peak_to_mean',
  'questions_per_agent_day',
  'hot_days',
  'kept_days',
  'replicas',
  'zones',
  'engine_vcpus',
  'engine_disk_tb',
  'disk_share_max',
  'network_gbit',
  'parts_per_second_max',
  'log_gib',
  'shard_outage_minutes',
  'zone_outage_minutes',
  'fresh_seconds_max',
  'answer_ms_max',
  'usd_per_vcpu_hour',
  'usd_per_tb_month_disk',
  'usd_per_tb_month_object',
  'usd_per_tb_between_zones',
] as const
export type InputName = (typeof inputNames)[number]

/** One of them. */
export interface Input {
  readonly value: number
  readonly unit: string
  readonly of: string
}

/** All of them. */
export type Inputs = Readonly<Record<InputName, Input>>

const inputsPath = fileURLToPath(new URL('../../scale/inputs.json', import.meta.url))

/** Reads the assumptions from `bench/scale/inputs.json`. Throws with the name of the first that is missing. */
export function readInputs(): Inputs {
  // Sound: what it lacks is looked for below.
  const inputs = JSON.parse(readFileSync(inputsPath, 'utf8')) as Inputs
  for (const name of inputNames)
    // Sound: a file may lack what the type demands.
    if (!Number.isFinite((inputs as Partial<Inputs>)[name]?.value))
      throw new Error(`bench/scale/inputs.json has no number for ${name}`)
  return inputs
}

/** The numbers alone. */
export type InputValues = Readonly<Record<InputName, number>>

/** Their numbers, without unit and meaning. */
export function valuesOf(inputs: Inputs): InputValues {
  // Sound: the entries are those of every name.
  return Object.fromEntries(inputNames.map((name) => [name, inputs[name].value])) as InputValues
}
