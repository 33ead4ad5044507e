import { isPartOfUuid } from './ids.ts'
import { nearestName } from './nearest-name.ts'
import { printableLine } from './printable.ts'

/** Every kind that may stand before a colon, other words for one included. */
const typedKinds = [
  'trace',
  'span',
  'action',
  'instance',
  'template',
  'delegator',
  'correlation',
  'credential',
  'resource',
  'person',
  'user',
  'session',
  'conversation',
  'tool',
  'prompt',
]

/** Longest text that is looked at; a longer one gets no suggestion. */
const suggestedLengthMax = 200

/** One form that is no handle, and the handle that was most likely meant. `$1` and so on are its groups. */
type Form = readonly [RegExp, string]

const hex = '[0-9a-fA-F]'

/** Tried in order. Each is linear: no two neighbouring repetitions take the same character. */
const forms: readonly Form[] = [
  // A W3C traceparent.
  [
    new RegExp(`^${hex}{2}-(${hex}{32})-(${hex}{16})-${hex}{2}$`, 'u'),
    'Did you mean "span:$1-$2"?',
  ],
  [new RegExp(`^(?:span:)?(${hex}{32})[:/. ](${hex}{16})$`, 'iu'), 'Did you mean "span:$1-$2"?'],
  [new RegExp(`^span:(${hex}{32})$`, 'iu'), 'Did you mean "trace:$1"?'],
  [new RegExp(`^trace:(${hex}{32}-${hex}{16})$`, 'iu'), 'Did you mean "span:$1"?'],
  [
    new RegExp(`^trace:(${hex}{8})-(${hex}{4})-(${hex}{4})-(${hex}{4})-(${hex}{12})$`, 'iu'),
    'Did you mean "trace:$1$2$3$4$5"?',
  ],
  [
    new RegExp(`^${hex}{8}-${hex}{4}-${hex}{4}-${hex}{4}-${hex}{12}$`, 'u'),
    'Did you mean "instance:$&", "action:$&" or "correlation:$&"?',
  ],
  [
    /^(trace|span|action|instance|template|delegator|correlation|credential|resource|person|user)[ =]+(\S+)$/iu,
    'Did you mean "$1:$2"?',
  ],
  [/^[^\s@:/]+@[^\s@:/]+\.[^\s@:/]+$/u, 'Did you mean "person:$&"?'],
  [/^([\w.-]+\/[\w.-]+)#(\d{1,20})$/u, 'Did you mean "github:pull:$1/$2" or "github:issue:$1/$2"?'],
  [/^(?:www\.)?[\w-]+(?:\.[\w-]+)+\/\S+$/u, 'Did you mean "https://$&"?'],
  [/^\/\S+$/u, 'Did you mean "file:$&"?'],
  [/^agent:([^:]+)$/iu, 'Did you mean "template:$1" or "instance:$1"?'],
]

/**
 * Returns a sentence on the handle that a text was most likely meant to be; undefined when there is no guess.
 *
 * An ID that lacks or has too many digits is reported with how many it has. A kind with a slip in it is a slip; a word of up to five
 * letters only where what follows it is not `kind:path`, since `scan:report:7` is more likely a resource than a span.
 */
export function suggestHandle(typed: string): string | undefined {
  if (typed.length > suggestedLengthMax) return undefined
  const form = forms.find(([pattern]) => pattern.test(typed))
  if (form !== undefined) return printableLine(typed.replace(...form), 3 * suggestedLengthMax)
  return suggestDigits(typed) ?? suggestKind(typed)
}

/** Says how many digits an ID lacks, when it is one of hex digits but for their number. */
function suggestDigits(typed: string): string | undefined {
  if (isPartOfUuid(typed))
    return `An ID of this form has 36 characters, and this is the beginning of one: give it whole, as "instance:<id>"`
  const [, prefix = '', trace = '', span] =
    /^(?:(trace|span):)?([0-9a-f]{4,64})(?:-([0-9a-f]{0,64}))?$/iu.exec(typed) ?? []
  if (trace === '') return undefined
  const kind = prefix.toLowerCase()
  if (span !== undefined || kind === 'span') return suggestSpan(trace, span)
  return kind === 'trace' ? suggestTrace(trace) : suggestBareHex(trace)
}

function suggestSpan(trace: string, span: string | undefined): string | undefined {
  if (span === undefined)
    return `A span is <32 hex>-<16 hex>; this has ${trace.length} digits and no "-"`
  if (trace.length === 32 && span.length === 16) return undefined
  return `A span is <32 hex>-<16 hex>; this has ${trace.length} and ${span.length} digits`
}

function suggestTrace(trace: string): string | undefined {
  if (trace.length === 16)
    return 'A span ID alone is not enough: put its trace before it, <32 hex>-<16 hex>'
  return trace.length === 32 ? undefined : `A trace ID has 32 hex digits; this has ${trace.length}`
}

function suggestBareHex(digits: string): string | undefined {
  // A bare word of letters, such as "facade", is rather a word.
  if (digits.length < 8 || !/\d/u.test(digits)) return undefined
  return digits.length === 40
    ? 'Did you mean "github:commit:<owner>/<repository>/<hash>"?'
    : suggestTrace(digits)
}

function suggestKind(typed: string): string | undefined {
  const [, prefix = '', value = ''] = /^([A-Za-z_-]+):(\S.*)$/su.exec(typed) ?? []
  const kind = nearestName(prefix.replace(/[_-]/gu, ''), typedKinds)
  if (kind === undefined) return undefined
  if (kind.length <= 5 && /^[A-Za-z][\w-]*:./su.test(value)) return undefined
  return `Did you mean "${kind}:${printableLine(value, 100)}"? For a resource of this name, put "resource:" before it`
}
