import { runAsk } from './ask/run-ask.ts'
import { runAttribution } from './attribution/run-attribution.ts'
import type { Bench } from './bench.ts'
import { runGhosts } from './ghosts/run-ghosts.ts'
import { runIdentity } from './identity/run-identity.ts'
import { runIngest } from './ingest/run-ingest.ts'
import { runSoak } from './ingest/run-soak.ts'
import { runProof } from './proof/run-proof.ts'
import { runSdk } from './sdk/run-sdk.ts'
import { runSecrets } from './secrets/run-secrets.ts'

/** Every bench by its name. */
export const benches: Readonly<Record<string, Bench>> = {
  ingest: (options) => (options.soakMinutes === undefined ? runIngest(options) : runSoak(options)),
  ask: runAsk,
  attribution: runAttribution,
  ghosts: runGhosts,
  identity: runIdentity,
  proof: runProof,
  sdk: runSdk,
  secrets: runSecrets,
}
