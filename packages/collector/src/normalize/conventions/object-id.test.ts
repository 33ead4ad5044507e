import { expect, test } from 'vitest'
import { isObjectId } from './object-id.ts'

test.each([
  'd92dd225-5e9d-4640-86ec-0dfd32d70f0a',
  'D92DD225-5E9D-4640-86EC-0DFD32D70F0A',
  '{d92dd225-5e9d-4640-86ec-0dfd32d70f0a}',
  'urn:uuid:d92dd225-5e9d-4640-86ec-0dfd32d70f0a',
  'd92dd2255e9d464086ec0dfd32d70f0a',
  'RefundAgent_d92dd225-5e9d-4640-86ec-0dfd32d70f0a',
  'Refund clerk d92dd225-5e9d-4640-86ec-0dfd32d70f0a',
  'refunds/d92dd225-5e9d-4640-86ec-0dfd32d70f0a',
  'refund-agent-5f3a9c21',
  'agent:a1b2c3d4e5f6',
  '0x7f90f9c4a8e0',
  '01JDQ4ZK8V5T3N6W9X2Y7B0C1D',
])('%s is made up for an object', (id) => {
  expect(isObjectId(id)).toBe(true)
})

test.each([
  '',
  'refund-agent',
  'repo-triage',
  'asst_5j66UpCpwteGg4YSxUnt7lPY',
  'RefundAgent-v2',
  'facade',
  'deadbeef',
  'agent-20261128',
  'arn:aws:bedrock:eu-west-1:123456789012:agent/ABCDEFGHIJ',
  'x'.repeat(1_000_000),
])('%.40s says what was deployed', (id) => {
  expect(isObjectId(id)).toBe(false)
})
