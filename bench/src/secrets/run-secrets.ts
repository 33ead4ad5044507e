import { readFile, writeFile } from 'node:fs/promises'
import { labelledSamples, scoreRedactor, secretsTable } from '@whodid/corpus'
import type { LabelledSample, RedactorScore } from '@whodid/corpus'
import { redactSecrets } from '@whodid/model'
import type { BenchOptions, Measure } from '../bench.ts'

const page = new URL('../../../docs/SECRETS.md', import.meta.url)
const table = /\| kind \| hidden \|[\s\S]*?\n(?=\n)/u

/** Measures the redactor on the labelled set: what it hides of the secrets, and what it changes of the rest. Writes the table of docs/SECRETS.md. */
export async function runSecrets({ quick, say }: BenchOptions): Promise<readonly Measure[]> {
  const samples = labelledSamples()
  const scores = scoreRedactor(redactSecrets, samples)
  for (const { wrong } of scores.slice(0, 1))
    for (const { kind, part, text } of wrong) say(`${part}, ${kind}: ${text.slice(0, 200)}`)
  if (!quick) {
    const text = await readFile(page, 'utf8')
    await writeFile(
      page,
      text.replace(table, () => `${secretsTable(scores)}\n`),
    )
  }
  return [
    ...measuresOf('', samples, 'both parts'),
    ...(['tuning', 'held-out'] as const).flatMap((part) =>
      measuresOf(
        `_${part.replace('-', '_')}`,
        samples.filter((sample) => sample.part === part),
        `the ${part} part`,
      ),
    ),
  ]
}

function measuresOf(suffix: string, samples: readonly LabelledSample[], of: string): Measure[] {
  const all: RedactorScore | undefined = scoreRedactor(redactSecrets, samples)[0]
  const { secrets = 0, hidden = 0, innocents = 0, alarms = 0 } = all ?? {}
  return [
    {
      name: `recall${suffix}`,
      value: hidden / secrets,
      unit: 'share',
      of: `texts with a secret that have none after redaction: ${hidden} of ${secrets}, ${of} of the labelled set`,
    },
    {
      name: `false_alarm_share${suffix}`,
      value: alarms / innocents,
      unit: 'share',
      of: `texts without a secret that redaction changes: ${alarms} of ${innocents}, ${of} of the labelled set`,
    },
  ]
}
