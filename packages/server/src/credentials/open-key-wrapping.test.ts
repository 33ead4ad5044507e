import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { leaveNextKey, listLogKeys } from '@whodid/collector'
import { ContentKeys } from '@whodid/content'
import { listKeyFiles, plainKeys, rewrapKeys } from '@whodid/tlog-posix'
import { loadOrCreateExportKey } from './export-key.ts'
import { openKeyWrapping } from './open-key-wrapping.ts'

let dir = ''
let keysDir = ''
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'whodid-wrapping-'))
  keysDir = join(dir, 'keys')
})
afterEach(() => rm(dir, { recursive: true, force: true }))

/** A program that is a KMS in small: it encrypts under a key of its own, and writes down each call. */
async function stubKms({ broken = '' }: { readonly broken?: string } = {}): Promise<string> {
  const path = join(dir, 'kms')
  const source = `#!${process.execPath}
const { createCipheriv, createDecipheriv } = require('node:crypto')
const { appendFileSync, readFileSync } = require('node:fs')
const [task] = process.argv.slice(2)
appendFileSync(${JSON.stringify(join(dir, 'calls'))}, task + ' ' + Object.keys(process.env).filter((name) => name.startsWith('WHODID_')).length + '\\n')
const input = Buffer.from(readFileSync(0, 'latin1'), 'base64')
const key = Buffer.alloc(32, 7)
${broken}
const nonce = Buffer.alloc(12, 1)
if (task === 'wrap') {
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  const sealed = Buffer.concat([cipher.update(input), cipher.final()])
  console.log(Buffer.concat([sealed, cipher.getAuthTag()]).toString('base64'))
} else {
  const decipher = createDecipheriv('aes-256-gcm', key, nonce)
  decipher.setAuthTag(input.subarray(-16))
  console.log(Buffer.concat([decipher.update(input.subarray(0, -16)), decipher.final()]).toString('base64'))
}
`
  await writeFile(path, source)
  await chmod(path, 0o755)
  return path
}

async function calls(): Promise<string[]> {
  return (await readFile(join(dir, 'calls'), 'utf8')).trim().split('\n')
}

/** Makes one key of every kind, and returns what is known by them. */
async function makeKeys(keysCommand: string | undefined): Promise<string> {
  const wrapping = await openKeyWrapping({ keysDir, keysCommand })
  const contents = await ContentKeys.open(join(keysDir, 'content'), wrapping)
  const found = (await contents.keysFor('default', ['delegator:ana'])).get('delegator:ana')
  const signer = await loadOrCreateExportKey(keysDir, wrapping)
  return `${found?.blockKey.toString('hex')} ${signer.verifier.vkey}`
}

test('without a program keys lie as they are', async () => {
  const known = await makeKeys(undefined)
  expect(await makeKeys(undefined)).toBe(known)
  expect(await readFile(join(keysDir, 'export.skey'), 'latin1')).toContain('PRIVATE+KEY')
})

test('with a program no key lies as it is, and every start asks it once', async () => {
  const kms = await stubKms()
  process.env['WHODID_SECRET_OF_THE_TEST'] = 'x'
  const known = await makeKeys(kms).finally(() => delete process.env['WHODID_SECRET_OF_THE_TEST'])
  expect(await calls()).toEqual(['wrap 0', 'unwrap 0'])
  expect(await makeKeys(kms)).toBe(known)
  expect(await calls()).toEqual(['wrap 0', 'unwrap 0', 'unwrap 0'])
  const files = await listKeyFiles(keysDir)
  expect(files.length).toBe(3)
  for (const path of files) expect(await readFile(path, 'latin1'), path).toMatch(/^WDKW/u)
  await expect(makeKeys(undefined)).rejects.toMatchObject({
    code: 'invalid_config',
    message: expect.stringContaining('WHODID_KEYS_COMMAND'),
  })
})

test('a key does not pass for another, and a damaged one for none', async () => {
  const kms = await stubKms()
  await makeKeys(kms)
  const [secret = '', exportKey = ''] = (await listKeyFiles(keysDir))
    .filter((path) => !path.endsWith('.key'))
    .toSorted()
  await writeFile(exportKey, await readFile(secret))
  await expect(makeKeys(kms)).rejects.toMatchObject({ code: 'invalid_config' })
  const bytes = await readFile(secret)
  bytes.writeUInt8(bytes.readUInt8(20) ^ 1, 20)
  await writeFile(secret, bytes)
  await expect(makeKeys(kms)).rejects.toMatchObject({
    message: expect.stringContaining('damaged or another'),
  })
})

test('plain keys are wrapped once they are asked to be, and unwrapped again', async () => {
  const known = await makeKeys(undefined)
  const kms = await stubKms()
  await expect(makeKeys(kms)).rejects.toMatchObject({
    code: 'invalid_config',
    message: expect.stringContaining('whodid keys wrap'),
  })
  const wrapped = await openKeyWrapping({ keysDir, keysCommand: kms }, { mayWrap: true })
  expect(await rewrapKeys(keysDir, { from: plainKeys, to: wrapped })).toBe(3)
  expect(await rewrapKeys(keysDir, { from: plainKeys, to: wrapped })).toBe(0)
  expect(await makeKeys(kms)).toBe(known)
  expect(await rewrapKeys(keysDir, { from: wrapped, to: plainKeys })).toBe(3)
  expect(await makeKeys(undefined)).toBe(known)
})

test('a plain key among wrapped ones is refused: somebody put it there', async () => {
  const kms = await stubKms()
  await makeKeys(kms)
  await rm(join(keysDir, 'export.skey'))
  await loadOrCreateExportKey(keysDir, plainKeys)
  await expect(makeKeys(kms)).rejects.toMatchObject({
    message: expect.stringContaining('expected a wrapped key'),
  })
})

test('a log goes over to a key that is wrapped', async () => {
  const keysCommand = await stubKms()
  const wrapping = await openKeyWrapping({ keysDir, keysCommand })
  expect(await listLogKeys(keysDir, wrapping)).toEqual([])
  await expect(
    leaveNextKey({ keysDir, wrapping, origin: 'ledger.example/c1', overlapMs: 0 }),
  ).rejects.toMatchObject({ code: 'not_found' })
})

test.each([
  ['it fails', `console.error('no access\\u001b[31m'); process.exit(3)`, 'exit code 3: no access'],
  ['its output is no base64', `console.log('{"a": 1}'); process.exit(0)`, 'is not base64'],
  ['it says nothing', `process.exit(0)`, 'is not base64'],
  ['it says too much', `console.log('A'.repeat(300000)); process.exit(0)`, 'more than 65536 bytes'],
  [
    'it cannot unwrap',
    `if (task === 'unwrap') { console.log('AAAA'); process.exit(0) }`,
    'did not return',
  ],
])('a program is reported, and nothing is made, when %s', async (_, broken, why) => {
  const kms = await stubKms({ broken })
  await expect(makeKeys(kms)).rejects.toMatchObject({
    code: 'keys_command_failed',
    message: expect.stringContaining(why),
  })
  expect(await listKeyFiles(keysDir)).toEqual([])
})

test('a program that is not there, or unwraps another key, is reported', async () => {
  await expect(makeKeys(join(dir, 'nothing'))).rejects.toMatchObject({
    code: 'keys_command_failed',
  })
  await makeKeys(await stubKms())
  const other = await stubKms({
    broken: `console.log(Buffer.alloc(32).toString('base64')); process.exit(0)`,
  })
  await expect(makeKeys(other)).rejects.toMatchObject({
    message: expect.stringContaining('not the master key'),
  })
})
