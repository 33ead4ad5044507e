import { fileURLToPath } from 'node:url'
import { readDetections } from '@whodid/detect'
import type { Detection } from '@whodid/detect'
import { expect, it } from 'vitest'
import { readSource } from './source.ts'

const page = 'docs/DETECTION.md'
const heading = '\n## The detections\n'

// When a detection changed: npx vitest run --project unit test/tidy/detections -u
it(`${page} lists the detections as their files have them`, async () => {
  const { text } = readSource(page)
  const kept = text.slice(0, text.indexOf(heading) + heading.length)
  expect(kept.length).toBeGreaterThan(heading.length)
  const detections = await readDetections()
  const table = [
    '| detection | severity | finds | references |',
    '|---|---|---|---|',
    ...detections.map(
      ({ id, severity, title, owasp, atlas }) =>
        `| [\`${id}\`](#${id}) | ${severity} | ${title} | ${[...owasp, ...atlas].join(' ')} |`,
    ),
  ]
  const whole = `${kept}\n${table.join('\n')}\n${detections.map(section).join('')}`
  const url = new URL(`../../${page}`, import.meta.url)
  await expect(whole).toMatchFileSnapshot(fileURLToPath(url))
})

function section({ id, question, limits, advice, thresholds }: Detection): string {
  const numbers = thresholds.map(({ name, value, meaning }) => `\`${name}\` ${value} (${meaning})`)
  const lines = [
    question,
    `**Limits.** ${limits}`,
    `**Do.** ${advice}`,
    ...(numbers.length === 0 ? [] : [`**Thresholds.** ${numbers.join('; ')}.`]),
  ]
  return `\n### ${id}\n\n${lines.join('\n\n')}\n`
}

it('the engine has the classes of verbs that the comparison with imported logs has', () => {
  const lists = (path: string, entry: RegExp): [string, string][] =>
    [...readSource(path).text.matchAll(entry)].map(([, name = '', words = '']) => [name, words])
  const ours = lists('packages/reconcile/src/event/verb-class.ts', /^ {2}(\w+):\s+'([a-z ]+)',$/gmu)
  const engines = lists('clickhouse/0038_create_v_verb_classes.sql', /\('(\w+)', '([a-z ]+)'\)/gu)
  expect(ours.length).toBeGreaterThan(5)
  expect(engines).toEqual(ours)
  // A word, or its past tense, is of one class: the view has it once.
  const classes = new Map<string, string>()
  for (const [name, words] of engines)
    for (const word of words.split(' '))
      for (const form of [word, `${word}d`, `${word}ed`]) {
        expect([form, classes.get(form) ?? name]).toEqual([form, name])
        classes.set(form, name)
      }
})
