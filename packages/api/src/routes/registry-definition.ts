import { z } from '@hono/zod-openapi'
import {
  canonicalJson,
  formatInstant,
  parseInstant,
  printableLine,
  registryNames,
  WhodidError,
} from '@whodid/model'
import type { TemplateDefinition } from '@whodid/model'
import { instantSchema, instantText } from './parameter-schemas.ts'

/** Members of a list, characters of each, and bytes of a whole definition as canonical JSON. */
const listMax = 128
const { templateLengthMax } = registryNames
const ownerLengthMax = 200
const justificationLengthMax = 1_000
const scopeLengthMax = 256
const patternLengthMax = 512
const definitionBytesMax = 65_536

/** Characters that show nothing or change the order of others. */
const hidden = String.raw`\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff\ufff9-\uffff`
/** White space as `String.trim` has it that is not hidden. */
const blank = String.raw`\u0020\u00a0\u1680\u2000-\u200a\u205f\u3000`

const scopePattern = '^[!#-\\[\\]-~]+$'
const namePattern = `^(?:\\*|[^*${hidden}${blank}][^*${hidden}]*\\*?)$`
const linePattern = `^[^${hidden}]*[^${hidden}${blank}][^${hidden}]*$`
const hashPattern = '^sha256:[0-9a-f]{64}$'

const line = (maxLength: number): z.ZodString =>
  z.string().meta({ minLength: 1, maxLength, pattern: linePattern })
const list = (maxLength: number, pattern: string): z.ZodOptional<z.ZodArray<z.ZodString>> =>
  z
    .array(z.string().meta({ minLength: 1, maxLength, pattern }))
    .meta({ maxItems: listMax })
    .optional()

/** A version of a template, as a body. The patterns are for the document; {@link parseDefinition} decides, and says better what is wrong. */
export const definitionSchema = z
  .strictObject({
    template: line(templateLengthMax).describe('The ID of the template, as its instances state it'),
    owner: line(ownerLengthMax).describe(
      'The team, or the person, that answers for it; stands in the ledger for ever',
    ),
    justification: line(justificationLengthMax).describe('Why it is needed; name no person'),
    expires_at: instantSchema.describe(
      `From then on nothing is allowed by it; a time that is over ends the template. ${instantText}`,
    ),
    scopes: list(scopeLengthMax, scopePattern).describe('The ceiling of scopes (RFC 6749)'),
    audiences: list(patternLengthMax, scopePattern).describe(
      'The resource servers that a delegated token may be for',
    ),
    tools: list(patternLengthMax, namePattern).describe(
      'Names of tools, or their beginnings with `*` behind them',
    ),
    resources: list(patternLengthMax, namePattern).describe(
      'Resources, or their beginnings with `*` behind them',
    ),
    prompt: z
      .strictObject({
        file: line(patternLengthMax).describe('Path or URL of the prompt file'),
        hash: z.string().meta({ pattern: hashPattern }).describe('sha256:<hex> of its content'),
      })
      .optional(),
  })
  .openapi('TemplateDefinition')

/** Checks a body and returns the definition, with null for what it does not state. Throws `invalid_parameter`, `invalid_time`. */
export function parseDefinition(body: z.infer<typeof definitionSchema>): TemplateDefinition {
  const { prompt } = body
  const definition = {
    template: checkLine('template', body.template, templateLengthMax),
    owner: checkLine('owner', body.owner, ownerLengthMax),
    justification: checkLine('justification', body.justification, justificationLengthMax),
    expires_at: formatInstant(parseInstant(body.expires_at, 'expires_at')),
    scopes: checkList('scopes', body.scopes, { max: scopeLengthMax, form: scopeForm }),
    audiences: checkList('audiences', body.audiences, { max: patternLengthMax, form: scopeForm }),
    tools: checkList('tools', body.tools, { max: patternLengthMax, form: nameForm }),
    resources: checkList('resources', body.resources, { max: patternLengthMax, form: nameForm }),
    prompt:
      prompt === undefined
        ? null
        : {
            file: checkLine('prompt.file', prompt.file, patternLengthMax),
            hash: checkForm('prompt.hash', prompt.hash, { max: 71, form: hashForm }),
          },
  }
  const bytes = Buffer.byteLength(canonicalJson(definition))
  if (bytes > definitionBytesMax)
    throw new WhodidError(
      'invalid_parameter',
      `the definition expected at most ${definitionBytesMax} bytes; got ${bytes}`,
    )
  return definition
}

/** A form that a text must have, in words and as a pattern, and its most characters. */
interface TextForm {
  readonly max: number
  readonly form: { readonly pattern: RegExp; readonly text: string }
}

const scopeForm = {
  pattern: new RegExp(scopePattern, 'u'),
  text: 'printable ASCII characters other than the quote, the backslash and the space',
}
const nameForm = {
  pattern: new RegExp(namePattern, 'u'),
  text: 'a name, or its beginning with one "*" behind it, and no hidden character',
}
const hashForm = { pattern: new RegExp(hashPattern, 'u'), text: '"sha256:" and 64 hex digits' }
const hiddenCharacter = new RegExp(`[${hidden}]`, 'u')

function checkLine(field: string, text: string, max: number): string {
  const count = Array.from(text).length
  if (text.trim() !== '' && count <= max && text.isWellFormed() && !hiddenCharacter.test(text))
    return text
  throw new WhodidError(
    'invalid_parameter',
    `"${field}" expected 1–${max} characters, not all of them blank and none hidden; got "${printableLine(text, 60)}"`,
  )
}

function checkList(
  field: string,
  texts: readonly string[] | undefined,
  form: TextForm,
): string[] | null {
  if (texts === undefined) return null
  if (texts.length > listMax)
    throw new WhodidError(
      'invalid_parameter',
      `"${field}" expected at most ${listMax} members; got ${texts.length}`,
    )
  return texts.map((text) => checkForm(field, text, form))
}

function checkForm(field: string, text: string, { max, form }: TextForm): string {
  if (Array.from(text).length <= max && text.isWellFormed() && form.pattern.test(text)) return text
  throw new WhodidError(
    'invalid_parameter',
    `"${field}" expected 1–${max} characters: ${form.text}; got "${printableLine(text, 60)}"`,
  )
}
