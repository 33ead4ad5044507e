import type { Convention } from './convention.ts'
import { database } from './database.ts'
import { http } from './http.ts'
import { messaging } from './messaging.ts'
import { rpc } from './rpc.ts'

/** The standard's vocabularies for calls to the world that know no agents, in the order in which they stand. */
export const plainConventions: readonly Convention[] = [http, database, messaging, rpc]
