import type { Convention } from './convention.ts'
import { database } from './database.ts'
import { frameworkConventions } from './framework-conventions.ts'
import { genAi } from './gen-ai.ts'
import { http } from './http.ts'
import { mcp } from './mcp.ts'
import { messaging } from './messaging.ts'
import { programConventions } from './program-conventions.ts'
import { rpc } from './rpc.ts'

/**
 * Every vocabulary but Whodid's own, in order: of a field that several fill, the first stands, after what Whodid's own
 * attributes say. The emitters that give standard names a meaning of their own, then the standard, then the plain calls
 * to the world.
 */
export const conventions: readonly Convention[] = [
  ...programConventions,
  ...frameworkConventions,
  genAi,
  mcp,
  http,
  database,
  messaging,
  rpc,
]
