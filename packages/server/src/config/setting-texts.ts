import { trimEnd } from '@whodid/model'
import { z } from 'zod'

/** The most days of a setting. */
export const daysMax = 36_500

/** The most names in a list of hosts. */
export const hostsMax = 100

/** The least memory of the embedded ClickHouse, in bytes. */
export const memoryBytesMin = 268_435_456

/** The highest port. */
export const portMax = 65_535

/** Any text. */
export const text: z.ZodType<string> = z.string('text')

/** Lines of the environment's form; the file may hold them as an array. */
export const lines: z.ZodType<string> = z.union(
  [text, z.array(text).transform((all) => all.join(';'))],
  {
    error: 'text, or an array of texts',
  },
)

/** A whole number, as a number or as text. */
export function wholeNumber(min: number, max: number, error: string): z.ZodType<number> {
  const digits = z.string().regex(/^\d{1,15}$/u)
  return z
    .union([z.number(), digits.transform(Number)], { error })
    .refine((value) => Number.isSafeInteger(value) && value >= min && value <= max, { error })
}

/** A port, 0 among them. */
export function port(): z.ZodType<number> {
  return wholeNumber(0, portMax, `a port from 0 to ${portMax}`)
}

/** An amount of memory, in bytes. */
export function memoryBytes(): z.ZodType<number> {
  const error = `at least ${memoryBytesMin} bytes`
  return wholeNumber(memoryBytesMin, Number.MAX_SAFE_INTEGER, error)
}

/** A number of days. */
export function days(): z.ZodType<number> {
  return wholeNumber(1, daysMax, `1 to ${daysMax} days`)
}

/** A URL without the slashes at its end. */
export function httpUrl(): z.ZodType<string> {
  return exactHttpUrl().transform((url) => trimEnd(url, '/'))
}

/** A URL whose slash at the end counts: an issuer is compared as it is written. */
export function exactHttpUrl(): z.ZodType<string> {
  const error = 'an http or https URL'
  return z
    .string({ error })
    .refine((url) => URL.canParse(url) && /^https?:$/u.test(new URL(url).protocol), { error })
}

/** Names of hosts, as a list or separated by commas. */
export function hostNames(): z.ZodType<readonly string[]> {
  const error = `at most ${hostsMax} names such as "ledger.example", separated by commas, or "*"`
  return z
    .union([text, z.array(text)], { error })
    .transform((given) => (typeof given === 'string' ? given.split(',') : given))
    .transform((names) => names.map((name) => name.trim()).filter((name) => name !== ''))
    .superRefine((names, context) => {
      const wrong = names.find((name) => name !== '*' && !/^[A-Za-z0-9.:[\]-]{1,253}$/u.test(name))
      if (wrong !== undefined)
        context.addIssue({ code: 'custom', message: error, params: { got: wrong } })
      else if (names.length > hostsMax) context.addIssue({ code: 'custom', message: error })
    })
}
