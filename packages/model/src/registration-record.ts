import { createHash } from 'node:crypto'
import { blankRecord } from './blank-record.ts'
import { canonicalJson } from './canonical-json.ts'
import type { Registration } from './answers/authority.ts'
import type { LedgerRecord } from './record.ts'

/** A version of a template, as it is asked for. */
export type TemplateDefinition = Pick<
  Registration,
  | 'template'
  | 'owner'
  | 'justification'
  | 'expires_at'
  | 'scopes'
  | 'audiences'
  | 'tools'
  | 'resources'
  | 'prompt'
>

/** The names by which the record of a registration is found and read. */
export const registryNames = {
  /** Attributes. */
  template: 'whodid.registry.template',
  /** The definition, as canonical JSON. */
  definition: 'whodid.registry.definition',
  recordedBy: 'whodid.registry.recorded_by',
  /** The beginning of the action ID of every registration. */
  actionPrefix: 'whodid:register:',
  /** The beginning of the resource of every template. */
  resourcePrefix: 'whodid:template:',
  /** Characters of a template's ID. */
  templateLengthMax: 512,
} as const

/** A registration with its place in the ledger. */
export interface RecordedDefinition {
  readonly tenant: string
  readonly definition: TemplateDefinition
  readonly recordedBy: string
  readonly recordedAtUnixNs: bigint
  /** `<trace>-<span>`. */
  readonly record: string
}

/** The ingest client of Whodid's own records. No token may have this name, so nobody else's record can pass for one. */
const ownClientName = 'whodid'

/** SHA-256 of a definition, `sha256:<hex>`. */
export function definitionDigest(definitionJson: string): string {
  return `sha256:${createHash('sha256').update(definitionJson).digest('hex')}`
}

/**
 * Makes the record of a registration: an action of the service Whodid on the template. The record is where the registry is kept; the log
 * seals it as any other.
 */
export function registrationRecord(registered: RecordedDefinition): LedgerRecord {
  const { tenant, definition, recordedBy, recordedAtUnixNs, record } = registered
  const [traceIdHex = '', spanIdHex = ''] = record.split('-')
  return {
    ...blankRecord(),
    tenant,
    exporter: ownClientName,
    channel: 'entitled',
    receivedUnixNs: recordedAtUnixNs,
    traceIdHex,
    spanIdHex,
    startUnixNs: recordedAtUnixNs,
    endUnixNs: recordedAtUnixNs,
    name: 'whodid.register',
    serviceName: ownClientName,
    recordKind: 'action',
    actorType: 'service',
    verb: 'create',
    outcome: 'success',
    actionId: `${registryNames.actionPrefix}${spanIdHex}`,
    resourceId: `${registryNames.resourcePrefix}${definition.template}`,
    resourceType: 'whodid:template',
    attributes: canonicalJson({
      [registryNames.template]: definition.template,
      [registryNames.definition]: canonicalJson(definition),
      [registryNames.recordedBy]: recordedBy,
    }),
  }
}
