import { randomUUID } from 'node:crypto'
import { hostname, userInfo } from 'node:os'
import { basename } from 'node:path'
import { newPlace, parseTraceParent } from '@whodid/hooks'
import type { Attributes, SpanPlace } from '@whodid/hooks'
import { attribute } from '@whodid/model'
import type { Environment, RunOptions } from './run-options.ts'

/** The one who acts in a run, for whom, and below what. */
export interface RunIdentity {
  readonly template: string
  readonly instance: string
  /** '' when nobody is named: the ledger shows that as a gap. */
  readonly delegator: string
  readonly delegatorType: string
  readonly delegatorIssuer: string
  /** The instance around this run; '' when there is none. */
  readonly parentInstance: string
  readonly correlation: string
  /** The span with which the run begins; its parent is what started the run, where that is on record. */
  readonly session: SpanPlace
  readonly sessionParent: SpanPlace | undefined
}

/** UTF-16 units of a name that is recorded. */
const nameLengthMax = 256

/** The template of a command that names none: the program's own name. */
export function templateOf({ template, command }: RunOptions): string {
  return (template ?? basename(command[0])).slice(0, nameLengthMax)
}

/** Puts together who acts. `isTerminal`: a person sits at it, and is the delegator when nobody else is named. */
export function makeIdentity(
  options: RunOptions,
  environment: Environment,
  { instance, isTerminal }: { readonly instance: string; readonly isTerminal: boolean },
): RunIdentity {
  const sessionParent = parseTraceParent(environment['TRACEPARENT'])
  return {
    template: templateOf(options),
    instance,
    ...delegatorOf(options, environment, isTerminal),
    parentInstance: environment['WHODID_AGENT_INSTANCE']?.trim() ?? '',
    correlation: said(environment['WHODID_CORRELATION_ID']) ?? uuidV7(),
    session: newPlace(sessionParent),
    sessionParent,
  }
}

/** A variable that is set to nothing is not set. */
function said(value: string | undefined): string | undefined {
  const text = value?.trim() ?? ''
  return text === '' ? undefined : text
}

/** The attributes that every record of the run carries. */
export function identityAttributes(identity: RunIdentity): Attributes {
  return {
    [attribute.actorType]: 'agent',
    [attribute.templateId]: identity.template,
    [attribute.instanceId]: identity.instance,
    [attribute.instanceParentId]: identity.parentInstance,
    [attribute.delegatorId]: identity.delegator,
    [attribute.delegatorType]: identity.delegatorType,
    [attribute.delegatorIssuer]: identity.delegatorIssuer,
    [attribute.userId]: identity.delegatorType === 'human' ? identity.delegator : '',
    [attribute.correlationId]: identity.correlation,
  }
}

/** A new UUID of version 7 (RFC 9562 §5.7): sorts by its millisecond, otherwise random. */
export function uuidV7(): string {
  const time = Date.now().toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8, 12)}-7${randomUUID().slice(15)}`
}

type Delegator = Pick<RunIdentity, 'delegator' | 'delegatorType' | 'delegatorIssuer'>

/** The one for whom a run acts: who is named, else the person at the terminal, else nobody. */
export function delegatorOf(
  options: RunOptions,
  environment: Environment,
  isTerminal: boolean,
): Delegator {
  const named = options.delegator ?? environment['WHODID_DELEGATOR']?.trim() ?? ''
  if (named !== '')
    return { delegator: named.slice(0, nameLengthMax), delegatorType: 'human', delegatorIssuer: '' }
  const user = userName()
  // Without a terminal it may be a job of anybody's: nobody is named rather than guessed.
  if (!isTerminal || user === '') return { delegator: '', delegatorType: '', delegatorIssuer: '' }
  return { delegator: user, delegatorType: 'human', delegatorIssuer: `os:${hostname()}` }
}

/** The name of the operating system's user; '' for one that has none. */
export function userName(): string {
  try {
    return userInfo().username
  } catch {
    // A container may run under a number that no list of users holds.
    return ''
  }
}
