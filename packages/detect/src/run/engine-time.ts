import { formatInstant, parseInstant } from '@whodid/model'

/** An instant as the engine reads and writes it. */
export function engineTime(unixNs: bigint): string {
  return formatInstant(unixNs).replace('T', ' ').replace('Z', '')
}

/** The instant of a text of the engine, in nanoseconds since 1970. */
export function unixNsOf(engineText: string): bigint {
  return parseInstant(`${engineText.replace(' ', 'T')}Z`, 'time')
}
