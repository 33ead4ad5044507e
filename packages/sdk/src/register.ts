/**
 * `node --import @whodid/sdk/register app.js`: starts recording from the environment alone, so that the code need only use the
 * verbs. A setting that cannot be stops the process with a sentence, before the application runs.
 */
import { start } from './start.ts'

start()
