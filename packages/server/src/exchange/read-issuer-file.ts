import { open } from 'node:fs/promises'
import { printableLine, WhodidError } from '@whodid/model'
import { z } from 'zod'
import { isLoopback } from '../config/service-config.ts'

const fileBytesMax = 65_536
const issuersMax = 32

/** An address that nobody on the way can change: https, or this machine. */
const secureUrl: z.ZodString = z
  .string()
  .max(2_048)
  .refine(isSecureUrl, 'an https URL, or one of this machine, without query')

/** The issuer of delegated tokens, as the operator describes it. */
export interface IssuerFile {
  readonly url: string
  readonly tenant: string
  readonly subject_issuers: readonly { readonly issuer: string; readonly key_set_url: string }[]
}

const issuerFileSchema: z.ZodType<IssuerFile> = z.strictObject({
  url: secureUrl.refine((text) => !text.endsWith('/'), 'a URL without a slash at its end'),
  tenant: z.string().regex(/^[A-Za-z0-9._-]{1,64}$/u),
  subject_issuers: z
    .array(z.strictObject({ issuer: z.string().min(1).max(2_048), key_set_url: secureUrl }))
    .min(1)
    .max(issuersMax),
})

/** Reads the file of `WHODID_ISSUER`. Throws `invalid_config`, with the field and what was expected. */
export async function readIssuerFile(path: string): Promise<IssuerFile> {
  let value: unknown
  try {
    const file = await open(path, 'r')
    try {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(fileBytesMax + 1))
      if (bytesRead > fileBytesMax) throw new Error(`it has more than ${fileBytesMax} bytes`)
      value = JSON.parse(buffer.subarray(0, bytesRead).toString('utf8'))
    } finally {
      await file.close()
    }
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : 'unknown failure'
    throw new WhodidError(
      'invalid_config',
      `WHODID_ISSUER expected a file with JSON; "${path}" cannot be used: ${printableLine(why, 200)}`,
      { cause: thrown },
    )
  }
  const parsed = issuerFileSchema.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new WhodidError(
    'invalid_config',
    `"${path}": "${issue?.path.join('.') ?? ''}" expected ${issue?.message ?? 'another value'}`,
  )
}

function isSecureUrl(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname, search, hash, username, password } = new URL(text)
  const isPlain = search === '' && hash === '' && username === '' && password === ''
  const isLocal = isLoopback(hostname) || hostname === '[::1]'
  return isPlain && (protocol === 'https:' || (protocol === 'http:' && isLocal))
}
