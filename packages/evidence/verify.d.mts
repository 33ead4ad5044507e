/** The verifier of evidence packages, as a module: see `docs/howto/evidence.md`. */

/** Runs it with the arguments of its command line and prints what it found; the exit code. */
export function runVerifier(argv: readonly string[]): number

/** Every check of a package's files, in order; the lines of the report. Throws the first thing that does not hold, with its `code`. */
export function verifyPackage(
  files: ReadonlyMap<string, Uint8Array>,
  trust: unknown,
  freshHours?: number,
): string[]

/** The files of a zip whose every byte is accounted for. */
export function readZip(bytes: Uint8Array): Map<string, Buffer>

/** The one zip that these files make. */
export function writeZip(files: ReadonlyMap<string, Uint8Array>): Buffer

/** A record from its canonical form, by column. */
export function decodeRecord(form: Uint8Array): Record<string, unknown>

/** The columns of a record in the order in which they are hashed. */
export const fields: readonly { readonly column: string; readonly kind: string }[]

/** The code that decides answers, and its name. */
export const decisionCode: {
  readonly id: string
  readonly decideOffline: (
    index: unknown,
    ground: {
      readonly record: (log: string, index: number) => unknown
      readonly text: (log: string, index: number) => string | undefined
    },
    said: unknown,
  ) => { readonly answer: Record<string, unknown>; readonly textsStated: number }
}
