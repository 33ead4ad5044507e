import type { Verifier } from '@whodid/server'
import { askAboutLogs } from './verify/ask-about-logs.ts'
import { storedPlaces } from './verify/check-derived.ts'
import { findLogs } from './verify/find-logs.ts'
import { readTrust } from './verify/read-trust.ts'

/** The verifier that a service checks itself with. */
export const verifier: Verifier = { askAboutLogs, findLogs, readTrust, storedPlaces }
