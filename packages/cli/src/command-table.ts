import type { Command } from './command.ts'

/** A command before its code is loaded, so that `ask` does not wait for what only `serve` needs. */
export interface CommandEntry {
  readonly name: string
  readonly summary: string
  readonly load: () => Promise<Command>
}

/** Every command, in the order of the help. */
export const commandTable: readonly CommandEntry[] = [
  {
    name: 'serve',
    summary: 'Run Whodid: ClickHouse, collector and API',
    load: async () => (await import('./commands/serve.ts')).serveCommand,
  },
  {
    name: 'demo',
    summary: 'Play an incident with real agents, and ask about it',
    load: async () => (await import('./commands/demo.ts')).demoCommand,
  },
  {
    name: 'ask',
    summary: 'Ask who did something: a pull request, a row, a span, an agent…',
    load: async () => (await import('./commands/ask.ts')).askCommand,
  },
  {
    name: 'tail',
    summary: 'Show records as they come in',
    load: async () => (await import('./commands/tail.ts')).tailCommand,
  },
  {
    name: 'exporter',
    summary: 'Add, list or remove a sender of spans',
    load: async () => (await import('./commands/exporter.ts')).exporterCommand,
  },
  {
    name: 'quarantine',
    summary: 'List or replay spans that were rejected and kept',
    load: async () => (await import('./commands/quarantine.ts')).quarantineCommand,
  },
  {
    name: 'witness',
    summary: 'Cosign the checkpoints of logs, apart from them and with a key of its own',
    load: async () => (await import('./commands/witness.ts')).witnessCommand,
  },
  {
    name: 'migrate',
    summary: 'Bring the schema of the ledger up to date',
    load: async () => (await import('./commands/migrate.ts')).migrateCommand,
  },
  {
    name: 'doctor',
    summary: 'Check that all is well, and say what to do where it is not',
    load: async () => (await import('./commands/doctor.ts')).doctorCommand,
  },
]

/** Commands that the contract names and this version does not have. */
export const notBuiltYet: readonly string[] = ['verify', 'export']
