import type { Context } from 'hono'
import { printableLine, WhodidError } from '@whodid/model'
import type { ReadRecorder } from '@whodid/store'
import type { Role } from '../api-options.ts'
import type { ApiEnv } from './request-scope.ts'

/** Longest `Whodid-Case`, in characters. */
const caseIdLengthMax = 200

/** The roles that may read, the question and its case. */
interface Asked {
  readonly roles: readonly Role[]
  readonly question: Readonly<Record<string, string | undefined>>
  /** The case that the route itself names; it goes before the header's. */
  readonly caseId?: string
}

/** Runs a read of the ledger for a request and records it. */
export type RecordedRead = <Result>(
  c: Context<ApiEnv>,
  asked: Asked,
  read: {
    readonly run: () => Promise<Result>
    /** Releases a result that may not leave. */
    readonly discard?: (result: Result) => Promise<void>
  },
) => Promise<Result>

/** The ports of a recorded read. */
interface RecordedReadDeps {
  readonly readRecorder: ReadRecorder
  /** Nanoseconds since 1970. */
  readonly now: () => bigint
}

/**
 * Makes the function that every read goes through: it checks the role, runs the read while it records the reader and the question,
 * and resolves with the result once both are done.
 *
 * It throws `forbidden` before anything is read; `read_not_recorded` when the record failed, whatever the result: nothing leaves
 * unrecorded; and `invalid_parameter` for a `Whodid-Case` header that is not 1–200 printable ASCII characters.
 */
export function createRecordedRead({ readRecorder, now }: RecordedReadDeps): RecordedRead {
  return async (c, asked, read) => {
    const token = c.get('token')
    if (!asked.roles.includes(token.role))
      throw new WhodidError(
        'forbidden',
        `the token "${token.name}" has the role "${token.role}"; expected "${asked.roles.join('" or "')}"`,
      )
    const caseInHeader = readCaseId(c.req.header('whodid-case'))
    const recording = readRecorder.record({
      tenant: token.tenant,
      readAtUnixNs: now(),
      requestId: c.get('requestId'),
      reader: token.name,
      role: token.role,
      route: c.req.path,
      question: JSON.stringify(asked.question),
      caseId: asked.caseId ?? caseInHeader,
      remoteAddress: c.env.incoming?.socket.remoteAddress ?? '',
      userAgent: printableLine(c.req.header('user-agent') ?? ''),
    })
    const [recorded, result] = await Promise.allSettled([recording, read.run()])
    if (recorded.status === 'rejected') {
      if (result.status === 'fulfilled') await read.discard?.(result.value)
      throw recorded.reason
    }
    if (result.status === 'rejected') throw result.reason
    return result.value
  }
}

/** The system clock, in nanoseconds since 1970, to the millisecond. */
export function systemUnixNs(): bigint {
  return BigInt(Date.now()) * 1_000_000n
}

function readCaseId(header: string | undefined): string {
  if (header === undefined) return ''
  if (header.length <= caseIdLengthMax && /^[\x20-\x7e]+$/u.test(header)) return header.trim()
  throw new WhodidError(
    'invalid_parameter',
    `the header "whodid-case" expected 1–${caseIdLengthMax} printable ASCII characters; got "${printableLine(header, 60)}"`,
  )
}
