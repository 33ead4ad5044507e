import { normalizeResource } from '@whodid/model'
import type { LedgerRecord, RecordKind } from '@whodid/model'
import type { Attributes, Value } from '../otlp/batch.ts'
import { conventionsOf } from './conventions/conventions.ts'
import { handoffOf, withoutTarget } from './conventions/handoff.ts'
import {
  inferDelegator,
  inferInstance,
  inferTemplate,
  namesPerson,
  nameSubagent,
} from './conventions/infer-identity.ts'
import { fillOwnClaims, ownClaimOf, saidKind } from './conventions/own-claims.ts'
import { firstText } from './conventions/telemetry.ts'
import type { Convention, Claims, Telemetry } from './conventions/telemetry.ts'
import { toolNameIn } from './conventions/tool-name.ts'
import { fillOutcome, withOutcomeRule } from './fill-outcome.ts'

/**
 * Fills a record with the claims of its telemetry, and returns the attributes that no column holds.
 *
 * Of a field that several conventions fill, the first in their order stands. An identity that only a rule derived
 * carries the rule's name. A field that nothing states stays absent: an outcome above all.
 */
export function fillClaims(record: LedgerRecord, sent: Telemetry): Attributes {
  const spoken = conventionsOf(sent)
  const kind = kindOf(spoken, sent)
  // A hand-over names its target; the agent that hands over stands above it.
  const telemetry = handoffOf(sent)?.namesTarget === true ? withoutTarget(sent) : sent
  record.recordKind = kind
  // From the last to the first, so that the first stands.
  for (let index = spoken.length - 1; index >= 0; index -= 1)
    assignPresent(record, spoken[index]?.read(sent, kind) ?? {})
  fillOwnClaims(record, telemetry)
  if (kind === 'tool_call' && record.toolName === '') record.toolName = toolNameIn(sent.name)
  const isOfAgent = spoken.some((convention) => convention.ofAgent(telemetry))
  if (record.actorType === '' && isOfAgent && !isLoneModelCall(record, telemetry))
    record.actorType = 'agent'
  fillIdentity(record, telemetry)
  const rule = fillOutcome(record, telemetry, spoken)
  canonizeResource(record)
  return withOutcomeRule(remaining(sent.attributes, record), rule, record)
}

/** True when it is a model call that names no agent: any service may ask a model, and only its ancestors can tell. */
function isLoneModelCall(record: LedgerRecord, telemetry: Telemetry): boolean {
  if (record.recordKind !== 'model_call' || record.templateId !== '' || record.instanceId !== '')
    return false
  const template = inferTemplate(telemetry)
  const isNamed = template !== undefined && template.rule !== 'resource.service_name'
  return !isNamed && inferInstance(telemetry) === undefined
}

function kindOf(spoken: readonly Convention[], telemetry: Telemetry): RecordKind {
  const said = saidKind(telemetry)
  if (said !== '') return said
  for (const convention of spoken) {
    const kind = convention.kind(telemetry)
    if (kind !== '') return kind
  }
  return 'other'
}

function assignPresent(record: LedgerRecord, claims: Claims): void {
  for (const [field, value] of Object.entries(claims))
    if (!isAbsent(value)) Reflect.set(record, field, value)
}

function isAbsent(value: unknown): boolean {
  if (value === '' || value === -1 || value === undefined || value === false) return true
  return Array.isArray(value) && value.length === 0
}

const personKeys = ['user.id', 'enduser.id']

/** Identities under other names, for records of agents only: elsewhere a `user.id` or a service's name is no such claim. */
function fillIdentity(record: LedgerRecord, telemetry: Telemetry): void {
  if (namesPerson(telemetry) && record.userId === '')
    record.userId =
      firstText(telemetry.attributes, personKeys) || firstText(telemetry.resource, personKeys)
  if (record.actorType !== 'agent') return
  const template = record.templateId === '' ? inferTemplate(telemetry) : undefined
  if (template !== undefined) {
    record.templateId = template.id
    record.templateRule = template.rule
  }
  const instance = record.instanceId === '' ? inferInstance(telemetry) : undefined
  if (instance !== undefined) {
    record.instanceId = instance.id
    record.instanceRule = instance.rule
  } else if (record.instanceRule === '') nameSubagent(record, telemetry)
  const saysNone = record.delegatorType === 'none'
  const delegator = record.delegatorId === '' && !saysNone ? inferDelegator(telemetry) : undefined
  if (delegator !== undefined) {
    record.delegatorId = delegator.id
    record.delegatorRule = delegator.rule
    if (record.delegatorType === '') record.delegatorType = delegator.type
  }
}

function canonizeResource(record: LedgerRecord): void {
  if (record.resourceId === '') return
  const resource = normalizeResource(record.resourceId)
  record.resourceId = resource.id
  if (record.resourceType === '') record.resourceType = resource.type
}

/** Leaves out values that a column holds word for word. */
function remaining(attributes: Attributes, record: LedgerRecord): Attributes {
  let columns: ReadonlySet<unknown> | undefined
  const rest = new Map<string, Value>()
  for (const [key, value] of attributes) {
    const field = ownClaimOf(key)?.field
    if (field !== undefined) {
      const stated = asColumn(value)
      if (stated === undefined) {
        if (isListOfText(value)) continue
      } else {
        if (stated === record[field]) continue
        // Another column may hold it: rare enough to gather them only then.
        columns ??= new Set<unknown>(Object.values(record))
        if (columns.has(stated)) continue
      }
    }
    const isText = typeof value === 'string' && value !== ''
    if (!isText || (value !== record.content && value !== record.result)) rest.set(key, value)
  }
  return rest
}

/** A plain value as a column would hold it; undefined for a value that no column holds as it is. */
function asColumn(value: Value): string | number | true | undefined {
  if (typeof value === 'bigint') return Number(value)
  return typeof value === 'string' || value === true ? value : undefined
}

/** Lists of text alone: anything else in a list was left out of its column. */
function isListOfText(value: Value): boolean {
  return Array.isArray(value) && value.every((element) => typeof element === 'string')
}
