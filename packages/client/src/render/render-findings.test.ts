import { expect, test } from 'vitest'
import type { DetectionsAnswer, Finding, FindingAnswer } from '@whodid/model'
import { renderDetections, renderFinding, renderFindings } from './render-findings.ts'
import { createPalette } from './terminal-text.ts'

const plain = createPalette(false)

const finding: Finding = {
  id: 'ab'.repeat(16),
  rule: 'borrowed-credential',
  rule_version: 1,
  severity: 'high',
  subject: 'credential:pat-1',
  state: 'suppressed',
  text: 'The agent fixer acted under \u001b[31mthe credential.',
  hits: 2,
  first_acted_at: '2026-11-28T10:00:00.000000000Z',
  last_acted_at: '2026-11-28T11:00:00.000000000Z',
  first_found_at: '2026-11-28T10:00:20.000000000Z',
  last_found_at: '2026-11-28T11:00:20.000000000Z',
  triage: null,
}

const rule = {
  id: 'borrowed-credential',
  version: 1,
  title: 'An agent acted under a person’s credential',
  severity: 'high' as const,
  owasp: ['ASI03'],
  atlas: ['AML.T0012'],
  question: 'Which?',
  limits: 'Some.',
  advice: 'Do.',
  thresholds: [],
  query_hash: '00',
}

test('a list has a line each, and says when there is more', () => {
  const lines = renderFindings({ findings: [finding], more: true }, plain)
  expect(lines[1]).toMatch(
    /^(?:ab){16}  high      suppressed  borrowed-credential  credential:pat-1  2     \S/u,
  )
  expect(lines.at(-1)).toMatch(/There are more/u)
  expect(renderFindings({ findings: [finding], more: false }, plain)).toHaveLength(2)
  expect(renderFindings({ findings: [], more: false }, plain)).toEqual(['No finding.'])
})

test('a finding has its evidence, its decisions and its advice, and no control character', () => {
  const answer: FindingAnswer = {
    finding,
    hits: [
      {
        hit: 'instance:i1',
        acted_at: finding.last_acted_at,
        found_at: finding.last_found_at,
        rule_version: 1,
        query_hash: '00',
        text: finding.text,
        spans: [`${'0a'.repeat(16)}-${'0b'.repeat(8)}`],
        measured: { acts: '2' },
        thresholds: { acts_min: '1' },
      },
    ],
    triage: [
      {
        action: 'suppress',
        decided_at: finding.last_found_at,
        reader: 'kim',
        role: 'investigator',
        reason: 'a\ntest\u202e',
        until: '2026-12-28T10:00:00.000000000Z',
      },
    ],
    responses: [
      {
        response: 'stop-thieves',
        kind: 'pause',
        delivery: 'cd'.repeat(16),
        attempt: 2,
        attempted_at: finding.last_found_at,
        target: 'instance:i\u001b1',
        outcome: 'given_up',
        error: 'log_full',
      },
    ],
    detection: rule,
  }
  const text = renderFinding(answer, plain).join('\n')
  expect(text).toContain('high, suppressed: borrowed-credential on credential:pat-1')
  expect(text).toContain('acts 2')
  expect(text).toContain('thresholds: acts_min 1')
  expect(text).toContain(`span:${'0a'.repeat(16)}-${'0b'.repeat(8)}`)
  expect(text).toMatch(/suppress until \S.* by kim: a test/u)
  expect(text).toMatch(/pause instance:i\ufffd1 by stop-thieves: given up \(log_full\), attempt 2/u)
  expect(text).toContain('Advice:  Do.')
  for (const hidden of ['\u001b', '\u202e']) expect(text).not.toContain(hidden)
  expect(renderFinding({ ...answer, detection: null }, plain).join('\n')).not.toContain('Advice')
})

test('a back-test says how often each rule would have fired, or why that is not known', () => {
  const of = (back_test: DetectionsAnswer['detections'][number]['back_test']) =>
    renderDetections({ detections: [{ ...rule, back_test }] }, plain).join('\n')
  expect(of({ days: 30, hits: 1, findings: 1, error: null })).toMatch(
    /last 30 days:[\s\S]*1 time, 1 finding /u,
  )
  expect(of({ days: 30, hits: 3, findings: 2, error: null })).toContain('3 times, 2 findings')
  expect(of({ days: 30, hits: null, findings: null, error: 'query_too_expensive' })).toContain(
    'not counted: query_too_expensive',
  )
  expect(of(null)).not.toContain('FIRED')
})
