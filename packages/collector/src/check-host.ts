import { isHostAllowed, printableLine, WhodidError } from '@whodid/model'
import type { HostCheck } from '@whodid/model'

/**
 * Throws `forbidden` for a request to a name that is none of ours: a page of another origin that has its own name point
 * here. A sender that names nobody is no browser.
 */
export function checkHost(host: string | undefined, check: HostCheck): void {
  if (host === undefined || host === '' || isHostAllowed(host, check)) return
  throw new WhodidError(
    'forbidden',
    `the host expected a loopback name or one of WHODID_ALLOWED_HOSTS; got "${printableLine(host, 80)}"`,
  )
}
