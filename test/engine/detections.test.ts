import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readDetections, runDetection, statementLimitsDefault } from '@whodid/detect'
import type { Detection } from '@whodid/detect'
import { startLedger } from '../harness/ledger.ts'
import type { Ledger } from '../harness/ledger.ts'
import { actCases } from './detection-cases/act-cases.ts'
import { delegationCases } from './detection-cases/delegation-cases.ts'
import { recordsOf, windowStartNs } from './detection-cases/detection-case.ts'
import type { DetectionCases } from './detection-cases/detection-case.ts'
import { habitCases } from './detection-cases/habit-cases.ts'
import { identityCases } from './detection-cases/identity-cases.ts'
import { importCases } from './detection-cases/import-cases.ts'
import { registryCases } from './detection-cases/registry-cases.ts'

// Each detection on a real engine: what fires, what must not, and that a broken query is noticed. A case has a tenant of its own.

const allCases = [
  ...identityCases,
  ...delegationCases,
  ...actCases,
  ...habitCases,
  ...importCases,
  ...registryCases,
]
const window = { sinceUnixNs: windowStartNs, untilUnixNs: windowStartNs + 600_000_000_000n }

let ledger: Ledger
let detections: readonly Detection[]

beforeAll(async () => {
  ledger = await startLedger()
  detections = await readDetections()
  const played = allCases.flatMap((cases) => [
    ...Object.entries(cases.positive).map(([name, { records }]) => ({ cases, name, records })),
    ...Object.entries(cases.negative).map(([name, records]) => ({ cases, name, records })),
  ])
  await ledger.insert(
    played.flatMap(({ cases, name, records }) => recordsOf(tenantOf(cases.rule, name), records)),
  )
})

afterAll(async () => {
  await ledger.stop()
})

function tenantOf(rule: string, name: string): string {
  return `${rule}: ${name}`
}

function detectionOf(rule: string): Detection {
  const found = detections.find(({ id }) => id === rule)
  if (found === undefined) throw new Error(`no detection "${rule}"`)
  return found
}

async function hitsOf(detection: Detection, name: string) {
  const scope = { tenant: tenantOf(detection.id, name), window, limits: statementLimitsDefault }
  const nowUnixNs = window.untilUnixNs
  return (await runDetection(ledger.selector, detection, { ...scope, nowUnixNs })).hits
}

/** The names of the cases that a detection fails; the first alone where one is enough. */
async function failuresOf(
  detection: Detection,
  cases: DetectionCases,
  most = Number.POSITIVE_INFINITY,
): Promise<string[]> {
  const wanted = [
    ...Object.entries(cases.positive).map(([name, { subjects }]) => ({ name, subjects })),
    ...Object.keys(cases.negative).map((name) => ({ name, subjects: [] })),
  ]
  const failed: string[] = []
  for (const { name, subjects } of wanted) {
    if (failed.length >= most) break
    const found = (await hitsOf(detection, name)).map(({ subject }) => subject)
    if (JSON.stringify(found) !== JSON.stringify(subjects))
      failed.push(`${name}: ${JSON.stringify(found)}`)
  }
  return failed
}

test('every detection has cases, and says how many hits they are', () => {
  expect(detections.length).toBeGreaterThanOrEqual(14)
  expect(allCases.map(({ rule }) => rule).toSorted()).toEqual(detections.map(({ id }) => id))
  for (const { rule, positive, negative } of allCases) {
    const hits = Object.values(positive).flatMap(({ subjects }) => subjects)
    expect([rule, hits.length]).toEqual([rule, detectionOf(rule).expects])
    expect(Object.keys(negative).length, rule).toBeGreaterThan(0)
  }
})

describe.each(allCases)('$rule', (cases) => {
  test('fires where it should, and nowhere else', async () => {
    expect(await failuresOf(detectionOf(cases.rule), cases)).toEqual([])
  })

  test('shows what it rests on: a sentence, records, values, thresholds and the query', async () => {
    const detection = detectionOf(cases.rule)
    const [name = ''] = Object.keys(cases.positive)
    const [hit] = await hitsOf(detection, name)
    expect(hit).toMatchObject({ rule: cases.rule, queryHash: detection.queryHash })
    expect(hit?.text).toMatch(/^\S.*\.$/u)
    expect(hit?.spans[0]).toMatch(/^[0-9a-f]{32}-[0-9a-f]{16}$/u)
    expect(Object.keys(hit?.measured ?? {}).length).toBeGreaterThan(0)
    expect(Object.keys(hit?.thresholds ?? {})).toEqual(detection.thresholds.map((t) => t.name))
  })

  test.each(cases.mutations.map(([from, to]) => ({ from, to })))(
    'a case fails when "$from" becomes "$to"',
    async ({ from, to }) => {
      const detection = detectionOf(cases.rule)
      expect(detection.sql).toContain(from)
      const broken = { ...detection, sql: detection.sql.replaceAll(from, to) }
      expect(await failuresOf(broken, cases, 1)).not.toEqual([])
    },
  )
})
