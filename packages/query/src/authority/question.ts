import { parseInstant, printableLine, WhodidError } from '@whodid/model'
import { parseHandleOfKind } from '../questions/parse-parameters.ts'

/** A raw question about an instance's authority: every field is untrusted text. */
interface RawAuthorityQuestion {
  readonly instance: string
  readonly at?: string | undefined
  readonly tool?: string | undefined
  readonly resource?: string | undefined
}

/** A parsed question about an instance's authority. */
export interface AuthorityQuestion {
  readonly instance: string
  /** Nanoseconds since 1970. */
  readonly at: bigint
  /** True where it is asked about a time to come, of which nothing is known. */
  readonly isAhead: boolean
  readonly tool: string | null
  /** In its canonical form. */
  readonly resource: string | null
}

/** Characters of a tool's name. */
export const toolLengthMax = 512

/** Parses a question about an instance's authority. Throws `invalid_handle`, `invalid_time`, `invalid_parameter`. */
export function parseAuthorityQuestion(raw: RawAuthorityQuestion, now: bigint): AuthorityQuestion {
  const { tool = null, resource } = raw
  const isTool = (text: string): boolean =>
    text.trim() !== '' && !text.includes('\0') && Array.from(text).length <= toolLengthMax
  if (tool !== null && !isTool(tool))
    throw new WhodidError(
      'invalid_parameter',
      `"tool" expected 1–${toolLengthMax} characters, not all of them blank, and no NUL; got "${printableLine(tool, 60)}"`,
    )
  const at = raw.at === undefined ? now : parseInstant(raw.at, 'at')
  return {
    instance: parseHandleOfKind('instance', raw.instance, 'instance'),
    at,
    isAhead: at > now,
    tool,
    resource: resource === undefined ? null : parseHandleOfKind('resource', resource, 'resource'),
  }
}
