import { definitionDigest, parseInstant } from '@whodid/model'
import type { Registration, TemplateDefinition } from '@whodid/model'
import { nameOrNull, toInstant } from '../text.ts'

/** A row of the registry's statements. */
export interface RegistryRow {
  readonly template: string
  readonly recorded_at: string
  readonly recorded_by: string
  /** `<trace>-<span>`. */
  readonly record: string
  readonly definition: string
  readonly log: string
  readonly log_index: string
  readonly leaf: string
}

/** A version of a template as the ledger holds it; undefined for a row that is no version, which nothing writes. */
export function readRegistration(row: RegistryRow): Registration | undefined {
  const definition = readDefinition(row.definition)
  if (definition === undefined || definition.template !== row.template) return undefined
  return {
    ...definition,
    recorded_at: toInstant(row.recorded_at),
    recorded_by: nameOrNull(row.recorded_by) ?? '',
    digest: definitionDigest(row.definition),
    record: row.record,
  }
}

/** Returns true where a version has ended at an instant (nanoseconds since 1970). */
export function hasExpired({ expires_at: end }: Registration, at: bigint): boolean {
  return parseInstant(end, 'expires_at') <= at
}

/** An instant as Whodid writes it. */
const writtenInstant = /^(?:19|20|21|22)\d{2}-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-5]\d\.\d{9}Z$/u

function readDefinition(json: string): TemplateDefinition | undefined {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    // Whodid itself writes JSON: a row that was changed by hand is none, and the proof of it fails as well.
    return undefined
  }
  const text = (key: string): string | undefined => {
    const member = memberOf(value, key)
    return typeof member === 'string' ? member : undefined
  }
  const [template, owner, justification, end] = [
    text('template'),
    text('owner'),
    text('justification'),
    text('expires_at'),
  ]
  if (
    template === undefined ||
    owner === undefined ||
    justification === undefined ||
    end === undefined ||
    !writtenInstant.test(end)
  )
    return undefined
  return {
    template,
    owner,
    justification,
    expires_at: end,
    scopes: textsOf(memberOf(value, 'scopes')),
    audiences: textsOf(memberOf(value, 'audiences')),
    tools: textsOf(memberOf(value, 'tools')),
    resources: textsOf(memberOf(value, 'resources')),
    prompt: promptOf(memberOf(value, 'prompt')),
  }
}

function promptOf(value: unknown): TemplateDefinition['prompt'] {
  const [file, hash] = [memberOf(value, 'file'), memberOf(value, 'hash')]
  return typeof file === 'string' && typeof hash === 'string' ? { file, hash } : null
}

function textsOf(value: unknown): string[] | null {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : null
}

function memberOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? Reflect.get(value, key)
    : undefined
}
