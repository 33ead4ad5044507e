import { trimEnd } from './printable.ts'

/**
 * The names that a request's `Host` may have: loopback names only, the given ones beside them, or any. A web page can reach a service
 * of this machine under a name of its own that it makes resolve here (DNS rebinding), and its browser then sends that name.
 */
export type HostCheck = 'loopback' | 'any' | readonly string[]

const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\]|::1)$/iu

/** Returns true when the check allows a `Host` header or an `:authority`. Neither the port nor the case matters. */
export function isHostAllowed(host: string, check: HostCheck): boolean {
  if (check === 'any') return true
  const name = hostName(host)
  if (loopback.test(name)) return true
  return check !== 'loopback' && check.some((allowed) => hostName(allowed) === name)
}

/** Without port and without the dot that ends a full name; an address of IPv6 keeps its brackets where it has them. */
function hostName(host: string): string {
  const lower = host.slice(0, hostLengthMax).toLowerCase()
  const end = lower.startsWith('[') ? lower.indexOf(']') + 1 : lower.indexOf(':')
  // More than one colon without brackets is an address, not a port.
  const hasPort = lower.startsWith('[') || (end !== -1 && lower.indexOf(':', end + 1) === -1)
  return trimEnd(hasPort ? lower.slice(0, end) : lower, '.')
}

/** UTF-16 units of a host that are looked at; a name has 253. */
const hostLengthMax = 300
