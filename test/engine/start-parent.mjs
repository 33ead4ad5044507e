// A service of its own, for the test to kill: starts an engine on the directory it is given and waits.
import { startEngine } from '@whodid/engine'

const engine = await startEngine({ dataDir: process.argv[2] ?? '' })
const { username, password } = engine.users.migrator
process.stdout.write(
  `${JSON.stringify({ url: engine.url, username, password, engine: engine.processId })}\n`,
)
await engine.exited
