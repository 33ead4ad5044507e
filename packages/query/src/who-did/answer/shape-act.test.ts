import { describe, expect, it } from 'vitest'
import { outcomeGrade, outcomeReason } from './shape-act.ts'

const act = (outcome: string, outcome_rule = '', channel = 'entitled') => ({
  key: `${'a'.repeat(32)}-${'b'.repeat(16)}`,
  outcome,
  outcome_rule,
  channel,
})

describe('how well an outcome is backed', () => {
  it.each([
    ['success', '', 'entitled', 'channel'],
    ['failure', '', 'unbound', 'asserted'],
    ['denied', '', 'unentitled', 'asserted'],
    ['unknown', '', 'entitled', 'channel'],
    ['success', 'status_unset_http', 'entitled', 'inferred'],
    ['success', 'status_ok', 'unbound', 'inferred'],
    ['failure', 'result_is_error', 'entitled', 'inferred'],
    ['', '', 'entitled', 'none'],
    ['', 'status_unset_http', 'entitled', 'none'],
    ['perhaps', '', 'entitled', 'none'],
    // A sender’s own words under the key, in a record from before it was the collector’s.
    ['success', 'because I say so', 'unbound', 'asserted'],
  ])('%s by the rule "%s" on the channel %s: %s', (outcome, rule, channel, grade) => {
    expect(outcomeGrade(act(outcome, rule, channel))).toBe(grade)
  })

  it('names the rule, says what it rests on, and points at the record', () => {
    const subject = act('success', 'status_unset_db', 'unbound')
    const [reason, ...others] = outcomeReason(subject)
    expect(others).toEqual([])
    expect(reason).toMatchObject({ code: 'outcome_inferred', span: subject.key })
    expect(reason?.text).toContain('The outcome success was derived by the rule status_unset_db: ')
    const texts = [
      'status_ok',
      'result_present',
      'result_is_error',
      'exception_event',
      'newer_rule',
    ].map((rule) => outcomeReason(act('failure', rule))[0]?.text ?? '')
    expect(new Set(texts.map((text) => text.split(': ')[1])).size).toBe(texts.length)
  })

  it('is not explained where the record says it, or nothing does', () => {
    expect(outcomeReason(act('success'))).toEqual([])
    expect(outcomeReason(act('', 'status_ok'))).toEqual([])
  })
})
