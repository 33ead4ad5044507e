import { randomUUID } from 'node:crypto'

/** A new UUID of version 7 (RFC 9562 §5.7): sorts by its millisecond, otherwise random. */
export function uuidV7(): string {
  const time = Date.now().toString(16).padStart(12, '0')
  const random = randomUUID()
  return `${time.slice(0, 8)}-${time.slice(8, 12)}-7${random.slice(15)}`
}
