import type { LabelledSample } from './labelled-samples.ts'

/** How a redactor did on the samples of one kind, or of all. */
export interface RedactorScore {
  readonly kind: string
  /** Texts with a secret, and those of which nothing is left. */
  readonly secrets: number
  readonly hidden: number
  /** Texts without, and those that were changed. */
  readonly innocents: number
  readonly alarms: number
  /** The samples that went wrong. */
  readonly wrong: readonly LabelledSample[]
}

/** Scores a redactor: in all first, then by kind in the order of the samples. */
export function scoreRedactor(
  redact: (text: string) => string,
  samples: readonly LabelledSample[],
): RedactorScore[] {
  const kinds = [...new Set(samples.map(({ kind }) => kind))]
  const scoreOf = (kind: string, of: readonly LabelledSample[]): RedactorScore => {
    const wrong = of.filter((sample) => !isRight(redact, sample))
    const secrets = of.filter((sample) => sample.secrets.length > 0)
    const missed = wrong.filter((sample) => sample.secrets.length > 0)
    return {
      kind,
      secrets: secrets.length,
      hidden: secrets.length - missed.length,
      innocents: of.length - secrets.length,
      alarms: wrong.length - missed.length,
      wrong,
    }
  }
  return [
    scoreOf('all', samples),
    ...kinds.map((kind) =>
      scoreOf(
        kind,
        samples.filter((sample) => sample.kind === kind),
      ),
    ),
  ]
}

function isRight(redact: (text: string) => string, { text, secrets }: LabelledSample): boolean {
  const clean = redact(text)
  if (secrets.length === 0) return clean === text
  // A mark alone would hide everything: what stands around must still be read.
  const readings = [
    clean,
    unescaped(clean),
    unescaped(unescaped(clean)),
    decoded(clean),
    decoded(decoded(clean)),
  ]
  return secrets.every((secret) => readings.every((reading) => !tells(reading, secret)))
}

/** Whether a text tells a secret: whole, or a half of a long one. */
function tells(text: string, secret: string): boolean {
  if (text.includes(secret)) return true
  const half = Math.floor(secret.length / 2)
  return half >= 8 && (text.includes(secret.slice(0, half)) || text.includes(secret.slice(-half)))
}

function unescaped(text: string): string {
  return text.replace(
    /\\(?:u([\da-f]{4})|x([\da-f]{2})|(.))/giu,
    (_all, long?: string, short?: string, char?: string) =>
      char ?? String.fromCharCode(Number.parseInt(String(long ?? short), 16)),
  )
}

function decoded(text: string): string {
  return text.replace(/%([\da-f]{2})/giu, (_all, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  )
}
