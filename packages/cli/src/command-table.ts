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
    name: 'run',
    summary: 'Run an agent, whatever it is, as an instance that is on record',
    load: async () => (await import('./commands/run.ts')).runCommand,
  },
  {
    name: 'hooks',
    summary: 'Put hooks into a coding agent, take them out, or show them',
    load: async () => (await import('./commands/hooks.ts')).hooksCommand,
  },
  {
    name: 'hook',
    summary: 'Report one event of a hook',
    load: async () => (await import('./commands/hook.ts')).hookCommand,
  },
  {
    name: 'ask',
    summary: 'Ask who did something: a pull request, a row, a span, an agent…',
    load: async () => (await import('./commands/ask.ts')).askCommand,
  },
  {
    name: 'find',
    summary: 'Find what a vague clue may mean: an address, a hash, a path, words, a time…',
    load: async () => (await import('./commands/find.ts')).findCommand,
  },
  {
    name: 'actions',
    summary: 'List what was done: by whom, on what, when, with what',
    load: async () => (await import('./commands/actions.ts')).actionsCommand,
  },
  {
    name: 'instance',
    summary: 'Show one running agent and its timeline',
    load: async () => (await import('./commands/instance.ts')).instanceCommand,
  },
  {
    name: 'authority',
    summary: 'Show what an instance was allowed at a time, and why',
    load: async () => (await import('./commands/authority.ts')).authorityCommand,
  },
  {
    name: 'blast-radius',
    summary: 'Show everything an instance and those it started touched',
    load: async () => (await import('./commands/blast-radius.ts')).blastRadiusCommand,
  },
  {
    name: 'templates',
    summary: 'Show which agents were at work',
    load: async () => (await import('./commands/templates.ts')).templatesCommand,
  },
  {
    name: 'delegator',
    summary: 'Show what a person or service did, and what was done for them',
    load: async () => (await import('./commands/delegator.ts')).delegatorCommand,
  },
  {
    name: 'case',
    summary: 'Show the notebook of a case, or write into it',
    load: async () => (await import('./commands/case.ts')).caseCommand,
  },
  {
    name: 'kill',
    summary: 'Stop an agent for good, with the agents that it started',
    load: async () => (await import('./commands/kill-commands.ts')).killCommand,
  },
  {
    name: 'pause',
    summary: 'Stop an agent until it is resumed',
    load: async () => (await import('./commands/kill-commands.ts')).pauseCommand,
  },
  {
    name: 'resume',
    summary: 'End a pause',
    load: async () => (await import('./commands/kill-commands.ts')).resumeCommand,
  },
  {
    name: 'tail',
    summary: 'Show records as they come in',
    load: async () => (await import('./commands/tail.ts')).tailCommand,
  },
  {
    name: 'stream',
    summary: 'Write every record to a file or an endpoint, for a SIEM or a timeline',
    load: async () => (await import('./commands/stream.ts')).streamCommand,
  },
  {
    name: 'import',
    summary: 'Import events of another system’s log: a code host’s, a cloud’s, a database’s',
    load: async () => (await import('./commands/import.ts')).importCommand,
  },
  {
    name: 'ghosts',
    summary: 'Report acts whose actor is not who they seem, by the imported logs',
    load: async () => (await import('./commands/ghosts.ts')).ghostsCommand,
  },
  {
    name: 'findings',
    summary: 'Show what the detections found, and decide about it',
    load: async () => (await import('./commands/findings.ts')).findingsCommand,
  },
  {
    name: 'detect',
    summary: 'Show the detections, and how often each would have fired',
    load: async () => (await import('./commands/detect.ts')).detectCommand,
  },
  {
    name: 'mcp',
    summary: 'Let an assistant ask: serve the questions as MCP tools over stdio',
    load: async () => (await import('./commands/mcp.ts')).mcpCommand,
  },
  {
    name: 'mcp-proxy',
    summary: 'Record the calls between an MCP client and a server, unchanged',
    load: async () => (await import('./commands/mcp-proxy.ts')).mcpProxyCommand,
  },
  {
    name: 'exporter',
    summary: 'Add, list or remove a sender of spans',
    load: async () => (await import('./commands/exporter.ts')).exporterCommand,
  },
  {
    name: 'reader',
    summary: 'Add, list or remove who may ask about a tenant',
    load: async () => (await import('./commands/reader.ts')).readerCommand,
  },
  {
    name: 'reads',
    summary: 'Show who looked at the ledger, and what they asked',
    load: async () => (await import('./commands/reads.ts')).readsCommand,
  },
  {
    name: 'people',
    summary: 'Say which names are one person’s: add, import or show them',
    load: async () => (await import('./commands/people.ts')).peopleCommand,
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
    name: 'keys',
    summary: 'List the keys that checkpoints are signed with, or change one',
    load: async () => (await import('./commands/keys.ts')).keysCommand,
  },
  {
    name: 'meta-log',
    summary: 'Take the checkpoints of all collectors, so that none can be left out',
    load: async () => (await import('./commands/meta-log.ts')).metaLogCommand,
  },
  {
    name: 'verify',
    summary: 'Recompute every row and hold it against what was sealed',
    load: async () => (await import('./commands/verify.ts')).verifyCommand,
  },
  {
    name: 'erase',
    summary: 'Erase what a person or an agent said; who did what stays',
    load: async () => (await import('./commands/erase.ts')).eraseCommand,
  },
  {
    name: 'loss',
    summary: 'Put on record who accepts that records are lost',
    load: async () => (await import('./commands/loss.ts')).lossCommand,
  },
  {
    name: 'hold',
    summary: 'Place, release or list legal holds',
    load: async () => (await import('./commands/hold.ts')).holdCommand,
  },
  {
    name: 'prune',
    summary: 'Delete text, or whole months of records, past their retention',
    load: async () => (await import('./commands/prune.ts')).pruneCommand,
  },
  {
    name: 'export',
    summary: 'Export the evidence behind an answer, to be checked offline by anyone',
    load: async () => (await import('./commands/export.ts')).exportCommand,
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
  {
    name: 'completion',
    summary: 'Write what bash, zsh or fish completes',
    load: async () => (await import('./commands/completion.ts')).completionCommand,
  },
]
