import { WhodidError } from '@whodid/model'
import type { Command } from '../command.ts'

/** `whodid demo`: an incident, played with real parts. */
export const demoCommand: Command = {
  name: 'demo',
  help: 'Usage: whodid demo [--json] [--once]',
  run: () => Promise.reject(new WhodidError('invalid_parameter', '"demo" is not built yet')),
}
