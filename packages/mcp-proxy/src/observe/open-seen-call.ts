import { printableLine, WhodidError } from '@whodid/model'
import { openCall } from '@whodid/sdk/open-call'
import type { OpenCall } from '@whodid/sdk/open-call'
import { addMeta } from '../message/add-meta.ts'
import { textOf } from '../message/json-value.ts'
import type { Request } from '../message/message.ts'
import { asCaller, carriedMeta, firstSaid, readSaid } from './caller.ts'
import type { DescribedCall, ToolRule } from './describe-call.ts'

/** How calls are recorded. */
export interface ObserveOptions {
  /** The server's name in resources. Default: what the server calls itself. */
  readonly server?: string | undefined
  readonly rules: ReadonlyMap<string, ToolRule>
  /** What is added to `_meta`: the trace and the delegation, the trace alone, or nothing. */
  readonly carry: 'all' | 'trace' | 'none'
  /** True refuses a call that could not be recorded first. */
  readonly requireLedger: boolean
  /** Receives what the client calls itself, before anything is recorded. */
  readonly onClient?: ((name: string) => void) | undefined
}

/** The headers of the request that brought a message; none over standard input. */
export type Carrier = Readonly<Record<string, unknown>>

/** A request that is recorded as a call. */
export interface SeenCall {
  readonly message: Request
  readonly described: DescribedCall
  readonly headers: Carrier
}

/** What the two sides call themselves. */
export interface Parties {
  readonly client: unknown
  readonly serverInfo: unknown
  readonly protocol: string
}

/** A call that may go on, or may not. */
export interface OpenedCall {
  /** Undefined where the proxy failed to record it. */
  readonly call: OpenCall | undefined
  /** The text for the server. */
  readonly forward: string
  /** The reason for which the call may not go on; undefined where it may. */
  readonly refused: Refused | undefined
}

/** The reason for which a call may not go on: a code of Whodid's errors, and a sentence. */
export interface Refused {
  readonly code: RefusalCode
  readonly text: string
}

/** The errors by which the SDK refuses a call. */
export type RefusalCode = (typeof refusalCodes)[number]

const refusalCodes = ['action_unrecorded', 'agent_stopped', 'standing_unknown'] as const

/** Begins the record of a call and adds to its `_meta`. Never rejects: a fault of the proxy is no reason to break a call, unless the ledger is required. */
export async function openSeenCall(
  text: string,
  seen: SeenCall & Parties,
  options: ObserveOptions,
): Promise<OpenedCall> {
  try {
    return await open(text, seen, options)
  } catch (thrown) {
    const code = refusalCodes.find(
      (known) => thrown instanceof WhodidError && thrown.code === known,
    )
    if (code !== undefined && thrown instanceof WhodidError)
      return { call: undefined, forward: text, refused: { code, text: thrown.message } }
    const unrecorded = {
      code: 'action_unrecorded',
      text: 'the call could not be recorded',
    } as const
    return {
      call: undefined,
      forward: text,
      refused: options.requireLedger ? unrecorded : undefined,
    }
  }
}

function open(
  text: string,
  seen: SeenCall & Parties,
  { carry, requireLedger }: ObserveOptions,
): Promise<OpenedCall> {
  const { message, described } = seen
  const inMeta = readSaid(message.params['_meta'])
  return asCaller(firstSaid(inMeta, readSaid(seen.headers)), async () => {
    const call = await openCall(described.name, {
      ...described.options,
      ...(requireLedger ? { destructive: true } : {}),
      attributes: { ...described.options.attributes, ...attributesOf(seen) },
    })
    const added = carry === 'none' ? {} : call.within(() => carriedMeta(inMeta.baggage, carry))
    return { call, forward: addMeta(text, added), refused: undefined }
  })
}

function attributesOf({
  message,
  client,
  serverInfo,
  protocol,
}: SeenCall & Parties): Readonly<Record<string, string>> {
  const said = {
    'mcp.method.name': message.method,
    'mcp.protocol.version': protocol,
    'jsonrpc.request.id': String(message.id),
    'whodid.mcp.client.name': textOf(client, 'name'),
    'whodid.mcp.client.version': textOf(client, 'version'),
    'whodid.mcp.server.name': textOf(serverInfo, 'name'),
    'whodid.mcp.server.version': textOf(serverInfo, 'version'),
  }
  return Object.fromEntries(
    Object.entries(said).flatMap(([key, value]) =>
      value === '' ? [] : [[key, printableLine(value)]],
    ),
  )
}
