/** A sender of the simulated organisation, and for whom its token may speak; as the collector's own exporters are told. */
export interface CorpusExporter {
  readonly name: ExporterName
  readonly token: string
  readonly templates: readonly string[] | '*' | null
  readonly humans: boolean
  readonly services: boolean
  readonly infrastructure?: boolean
  readonly encoding: 'json' | 'protobuf'
}

/** The senders. */
export type ExporterName =
  'agents' | 'fleet' | 'people' | 'jobs' | 'ci-bot' | 'gateway' | 'mesh' | 'legacy'

/** Templates of agents that the exporter `agents` runs. */
export const agentTemplates = [
  'repo-triage',
  'db-fixer',
  'release-notes',
  'invoice-clerk',
  'oncall-helper',
  'dependency-bumper',
] as const

/** Every sender. Tokens are for the test's own collector and open nothing else. */
export const corpusExporters: readonly CorpusExporter[] = [
  sender('agents', { templates: agentTemplates, encoding: 'protobuf' }),
  sender('fleet', { templates: '*', humans: true, services: true, encoding: 'protobuf' }),
  sender('people', { templates: [], humans: true }),
  sender('jobs', { templates: [], services: true }),
  sender('ci-bot', { templates: ['ci-bot'], encoding: 'protobuf' }),
  // Forwards what others sent, bound to nobody.
  sender('gateway', { templates: null, encoding: 'protobuf' }),
  // Sidecars and drivers that know nothing of agents.
  sender('mesh', { templates: [], infrastructure: true }),
  sender('legacy', { templates: ['legacy-assistant'], encoding: 'json' }),
]

function sender(
  name: ExporterName,
  may: Partial<Omit<CorpusExporter, 'name' | 'token'>>,
): CorpusExporter {
  return {
    name,
    token: `corpus-${name}`,
    templates: [],
    humans: false,
    services: false,
    encoding: 'json',
    ...may,
  }
}
