import { expect, test } from 'vitest'
import { detectionLengthMax, parseDetection } from './parse-detection.ts'
import { readDetections } from './read-detections.ts'

const since = "{since:DateTime64(9, 'UTC')}"
const until = "{until:DateTime64(9, 'UTC')}"

const whole = `-- id: odd-act
-- version: 2
-- title: An odd act
-- severity: high
-- owasp: ASI02 ASI10
-- atlas: AML.T0012 AML.T0034.002
-- every: 60
-- question: Which acts are odd?
--     And how odd are they?
-- limits: It sees what is on record.
-- advice: Look.
-- expects: 3
-- threshold: acts_min UInt64 5 acts of one instance
SELECT 'x' AS subject FROM whodid.v_acts
WHERE received_at > ${since} AND received_at <= ${until} AND 5 >= {acts_min:UInt64}
`

test('reads a file: what it says, its thresholds and its query', () => {
  const detection = parseDetection(whole, 'odd-act.sql')
  expect(detection).toMatchObject({
    id: 'odd-act',
    version: 2,
    severity: 'high',
    owasp: ['ASI02', 'ASI10'],
    atlas: ['AML.T0012', 'AML.T0034.002'],
    everySeconds: 60,
    question: 'Which acts are odd? And how odd are they?',
    expects: 3,
    thresholds: [{ name: 'acts_min', type: 'UInt64', value: 5, meaning: 'acts of one instance' }],
  })
  expect(detection.sql).toMatch(/^SELECT 'x' AS subject[^;]*\{acts_min:UInt64\}$/u)
  expect(detection.queryHash).toMatch(/^[0-9a-f]{64}$/u)
  const retold = parseDetection(whole.replace('An odd act', 'Another title'), 'odd-act.sql')
  expect(retold.queryHash).toBe(detection.queryHash)
})

test.each([
  ['no header', 'SELECT 1', ':1: expected the key "id"'],
  ['an unknown key', whole.replace('-- advice', '-- advise'), ':11: expected "-- <key>: <value>"'],
  [
    'a key twice',
    whole.replace('-- every', '-- version: 3\n-- every'),
    ':7: expected the key "version" once',
  ],
  [
    'a key that is missing',
    whole.replace('-- limits: It sees what is on record.\n', ''),
    'key "limits"',
  ],
  ['another file name', whole.replace('odd-act', 'other-act'), ':1: expected "id"'],
  ['no severity', whole.replace('severity: high', 'severity: bad'), ':4: expected "severity" low'],
  ['no such entry', whole.replace('ASI02 ASI10', 'LLM01'), ':5: expected "owasp"'],
  [
    'a version that is no number',
    whole.replace('version: 2', 'version: two'),
    ':2: expected "version"',
  ],
  [
    'a need that nothing meets',
    whole.replace('-- every', '-- needs: luck\n-- every'),
    ':7: expected "needs" imports',
  ],
  [
    'a threshold without a number',
    whole.replace('UInt64 5 acts', 'UInt64 few acts'),
    ':13: expected "<name>',
  ],
  [
    'half an act',
    whole.replace('UInt64 5 acts', 'UInt64 0.5 acts'),
    ':13: expected a whole number',
  ],
  [
    'a threshold that is not used',
    whole.replace('>= {acts_min:UInt64}', '>= 5'),
    '{acts_min} to be used',
  ],
  [
    'a threshold of another type',
    whole.replace('{acts_min:UInt64}', '{acts_min:String}'),
    ':15: expected {acts_min}',
  ],
  [
    'a parameter that is not declared',
    whole.replace('5 >=', '{more:UInt64} >='),
    ':15: expected {more}',
  ],
  ['no window', whole.replace(until, 'now()'), '{until} to be used'],
  [
    'a table',
    whole.replace('whodid.v_acts', 'whodid.spans'),
    ':14: expected a view whodid.v_*; got "whodid.spans"',
  ],
  [
    'a system table',
    whole.replace('whodid.v_acts', 'information_schema.tables'),
    'a view whodid.v_*',
  ],
  [
    'a function in place of a table',
    whole.replace('whodid.v_acts', "url('http://x')"),
    'a view whodid.v_*',
  ],
  ['two statements', `${whole}; SELECT 1`, ':16: expected one SELECT without'],
  [
    'a comment in the query',
    whole.replace('WHERE', '-- hidden\nWHERE'),
    ':15: expected one SELECT without',
  ],
  ['settings of its own', `${whole}SETTINGS max_threads = 8`, 'no "SETTINGS"'],
  ['another statement', whole.replace('SELECT', 'DELETE'), ':14: expected one SELECT after'],
  ['too much', whole + ' '.repeat(detectionLengthMax), `at most ${detectionLengthMax} characters`],
  ['a header without end', '-- id: x\n'.repeat(101), 'a header of at most 100 lines'],
])('refuses %s, with file and line', (_, text, message) => {
  expect(() => parseDetection(text, 'odd-act.sql')).toThrow(message)
  expect(() => parseDetection(text, 'odd-act.sql')).toThrow(/^odd-act\.sql:\d+: expected /u)
})

test('words in quotes are values, not SQL', () => {
  const quoted = whole.replace("'x'", "'; -- SETTINGS FROM system.users'")
  expect(parseDetection(quoted, 'odd-act.sql').id).toBe('odd-act')
})

test('the detections of the repository can be read, and no two are one', async () => {
  const detections = await readDetections()
  expect(detections.length).toBeGreaterThanOrEqual(14)
  expect(new Set(detections.map(({ queryHash }) => queryHash)).size).toBe(detections.length)
})

test('a folder that is not there is an error, not an empty list', async () => {
  await expect(readDetections('/nowhere')).rejects.toMatchObject({ code: 'invalid_config' })
})
