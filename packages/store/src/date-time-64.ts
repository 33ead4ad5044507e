import { formatInstant } from '@whodid/model'

/** A time in nanoseconds since 1970 as a parameter of type `DateTime64(9, 'UTC')`. */
export function toDateTime64(unixNs: bigint): string {
  return formatInstant(unixNs).replace('T', ' ').replace('Z', '')
}
