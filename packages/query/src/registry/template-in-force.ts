import type { Registration } from '@whodid/model'
import type { Selector } from '@whodid/store'
import { readVersion } from '../authority/read-version.ts'
import { hasExpired } from './registry-row.ts'

/** The version of a template that is in force at an instant; undefined where none is, or the newest has ended. Throws the errors of `Selector.select`. */
export async function templateInForce(
  selector: Selector,
  tenant: string,
  asked: { readonly template: string; readonly at: bigint },
): Promise<Registration | undefined> {
  const { registration } = await readVersion(selector, tenant, asked)
  if (registration === null || hasExpired(registration, asked.at)) return undefined
  return registration
}
