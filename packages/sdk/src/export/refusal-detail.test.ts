import { expect, test } from 'vitest'
import { refusalDetail } from './refusal-detail.ts'

const nothing = { status: 401, contentType: '', body: new Uint8Array() }
const investigator = `whodid_inv_${'a'.repeat(43)}`

test.each([
  ['', '', /no token was sent; set WHODID_INGEST_TOKEN to the "ingest" token of tokens\.json/u],
  [
    investigator,
    'WHODID_TOKEN',
    /token of WHODID_TOKEN, which looks like the "investigator" token/u,
  ],
  [investigator, 'WHODID_TOKEN', /expected the "ingest" token.* in WHODID_INGEST_TOKEN/u],
  [
    'whodid_ing_b',
    'WHODID_INGEST_TOKEN',
    /token of WHODID_INGEST_TOKEN, which looks like the "ingest"/u,
  ],
  [
    'other',
    '"token" of start()',
    /does not take the token of "token" of start\(\); expected the "ingest"/u,
  ],
])('a 401 to %j of %j names both, and the kind that is needed', (token, tokenSource, said) => {
  const detail = refusalDetail(nothing, { token, tokenSource })
  expect(detail).toMatch(/^HTTP 401: /u)
  expect(detail).toMatch(said)
  if (token !== '') expect(detail).not.toContain(token)
})

const status = (message: string) =>
  Buffer.concat([Buffer.from([0x08, 0x03, 0x12, message.length]), Buffer.from(message)])

test.each([
  [
    400,
    'application/x-protobuf',
    status('invalid_body: no spans'),
    'HTTP 400: invalid_body: no spans',
  ],
  [403, 'application/json', Buffer.from('{"code":7,"message":"host"}'), 'HTTP 403: host'],
  [503, 'text/html', Buffer.from('<html>'), 'HTTP 503'],
  [500, 'application/json', Buffer.from('<html>'), 'HTTP 500'],
  [500, 'application/x-protobuf', Buffer.from([0x12, 0xff, 0xff]), 'HTTP 500'],
  [502, 'application/x-protobuf', Buffer.from([0x12]), 'HTTP 502'],
  [413, '', Buffer.alloc(0), 'HTTP 413'],
])('HTTP %i as %s tells what the answer says', (code, contentType, body, detail) => {
  const sent = { token: 't', tokenSource: 'WHODID_INGEST_TOKEN' }
  expect(refusalDetail({ status: code, contentType, body }, sent)).toBe(detail)
})
