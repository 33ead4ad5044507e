import type { RevocationService } from '@whodid/api'
import type { Detection, MessageOrder, Response, ResponseOutcome, StopOrder } from '@whodid/detect'
import type { CaseWriter, Selector } from '@whodid/store'
import { runProgram } from '../programs/run-program.ts'
import { findingMessage, slackMessage } from './finding-message.ts'
import { openCase } from './open-case.ts'
import { postMessage } from './post-message.ts'
import type { ReadResponse, Receiver } from './read-responses.ts'
import type { FileResponse } from './response-file.ts'
import { stopInstance } from './stop-instance.ts'

/** The bounds of a program that is told of a finding. */
const programBounds = { msMax: 30_000, outputBytesMax: 65_536 }

/** The parts that responses are carried out with. */
export interface ResponseParts {
  readonly selector: Pick<Selector, 'select'>
  readonly caseWriter: CaseWriter
  readonly revocations: Pick<RevocationService, 'revoke' | 'stopsOf'>
  readonly detections: readonly Detection[]
  readonly consoleUrl: string | undefined
  /** Nanoseconds since 1970. */
  readonly now: () => bigint
}

/** Makes the response that a file describes: its policy, and the function that carries it out. */
export function makeResponse({ response, receiver }: ReadResponse, parts: ResponseParts): Response {
  const { name, tenant, rules, severity, most_per_hour: mostPerHour } = response
  const policy = { name, tenant, rules, severity, mostPerHour }
  if (response.kind === 'pause' || response.kind === 'kill') {
    const { kind, cascade } = response
    return {
      policy: {
        ...policy,
        kind,
        withinNs: BigInt(response.within_minutes) * 60_000_000_000n,
      },
      act: (order: StopOrder) =>
        stopInstance(order, { ...parts, tenant, response: name, kind, cascade }),
    }
  }
  const { kind } = response
  return { policy: { ...policy, kind }, act: messageAct(response, receiver, parts) }
}

type MessageAct = (order: MessageOrder, signal: AbortSignal) => Promise<ResponseOutcome>

type MessageKind = Exclude<FileResponse, { readonly kind: 'pause' | 'kill' }>

function messageAct(
  response: MessageKind,
  receiver: Receiver | undefined,
  { now, ...deps }: ResponseParts,
): MessageAct {
  const parts = { ...deps, response: response.name, tenant: response.tenant }
  switch (response.kind) {
    case 'webhook':
    case 'slack': {
      const compose = response.kind === 'slack' ? slackMessage : findingMessage
      return (order, signal) => {
        if (receiver === undefined) return Promise.resolve(gaveUp('no_receiver'))
        const sentAtUnixS = Number(now() / 1_000_000_000n)
        const message = { id: order.deliveryId, body: compose(order, parts), sentAtUnixS }
        return postMessage(receiver, message, signal)
      }
    }
    case 'program':
      return async (order, signal) => {
        const input = `${findingMessage(order, parts)}\n`
        const { code } = await runProgram(response.argv, input, { ...programBounds, signal })
        return { outcome: code === '' ? 'done' : 'failed', error: code, target: '' }
      }
    case 'case':
      return (order) => openCase(order, { ...parts, nowUnixNs: now() })
  }
}

function gaveUp(error: string): ResponseOutcome {
  return { outcome: 'given_up', error, target: '' }
}
