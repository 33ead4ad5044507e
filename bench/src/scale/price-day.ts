import type { InputValues } from './inputs.ts'
import { loadOf } from './plan-fleet.ts'
import type { Costs, Fleet } from './plan-fleet.ts'

/** Money and bytes of one day; TB are 10^12 bytes, money is in USD. */
export interface DayPrice {
  readonly storedTb: number
  readonly betweenZonesTb: number
  readonly vcpus: number
  /** Collectors and APIs. */
  readonly processesUsd: number
  readonly enginesUsd: number
  readonly disksUsd: number
  readonly objectsUsd: number
  readonly networkUsd: number
  readonly totalUsd: number
}

const terabyte = 1e12
const hours = 24
const daysPerMonth = 365 / 12

/** What a day costs once all kept days are there. */
export function priceDay(
  costs: Costs,
  inputs: InputValues,
  { fleet, agents }: { readonly fleet: Fleet; readonly agents: number },
): DayPrice {
  const { spansPerDay } = loadOf(inputs, agents)
  const storedTb = (spansPerDay * (costs.storedBytes + costs.treeBytes)) / terabyte
  // A sender, a collector and an engine each lie in the zone of the one before them in one of so many cases.
  const elsewhere = (inputs.zones - 1) / inputs.zones
  const hops =
    elsewhere * (costs.bodyBytes + costs.rowBytes) + (inputs.replicas - 1) * costs.storedBytes
  const betweenZonesTb = (spansPerDay * hops) / terabyte
  const engineVcpus = fleet.shards * inputs.replicas * inputs.engine_vcpus
  const perHour = inputs.usd_per_vcpu_hour * hours
  const coldDays = Math.max(0, inputs.kept_days - inputs.hot_days)
  const disks = fleet.shards * inputs.replicas * inputs.engine_disk_tb
  const processes = fleet.collectors + fleet.apis
  const parts = {
    processesUsd: processes * perHour,
    enginesUsd: engineVcpus * perHour,
    disksUsd: (disks * inputs.usd_per_tb_month_disk) / daysPerMonth,
    objectsUsd: (storedTb * coldDays * inputs.usd_per_tb_month_object) / daysPerMonth,
    networkUsd: betweenZonesTb * inputs.usd_per_tb_between_zones,
  }
  const totalUsd = Object.values(parts).reduce((sum, usd) => sum + usd, 0)
  return { storedTb, betweenZonesTb, vcpus: processes + engineVcpus, ...parts, totalUsd }
}
