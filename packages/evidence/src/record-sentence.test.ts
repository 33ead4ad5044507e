import { blankRecord, canonicalRecord } from '@whodid/model'
import type { LedgerRecord } from '@whodid/model'
import { expect, test } from 'vitest'
import { recordRow } from '@whodid/model'
import { recordSentence, timelineEvents } from './record-sentence.ts'

test.each<[Partial<LedgerRecord>, string]>([
  [{ recordKind: 'prompt', name: 'prompt' }, 'somebody: prompt'],
  [{ recordKind: 'prompt', name: 'Prompt of kim' }, 'somebody: Prompt of kim'],
  [{ recordKind: 'plan', name: 'plan', instanceId: 'i-1' }, 'i-1: plan'],
  [
    { recordKind: 'tool_call', verb: 'read', toolName: 'read', userId: 'kim' },
    'kim: tool_call read',
  ],
  [
    { recordKind: 'tool_call', verb: 'read', toolName: 'read_file' },
    'somebody: tool_call read_file',
  ],
  [{ recordKind: 'tool_call', name: 'tool-call' }, 'somebody: tool-call'],
  [
    { recordKind: 'action', verb: 'update', resourceId: 'github:pull:acme/app/812' },
    'somebody: action update github:pull:acme/app/812',
  ],
  [{ recordKind: 'action', verb: 'update', name: 'update' }, 'somebody: action update'],
  [{ recordKind: 'action', verb: 'read', name: 'ready' }, 'somebody: action read ready'],
  [{ recordKind: 'other', name: '***', serviceName: 's' }, 's: other ***'],
  [{ recordKind: 'other', name: '' }, 'somebody: other'],
])('%j', (fields, sentence) => {
  const row = recordRow(canonicalRecord({ ...blankRecord(), ...fields }))
  expect(recordSentence(row)).toBe(sentence)
  expect(timelineEvents(row).map(({ message }) => message)).toEqual([sentence, sentence, sentence])
})
