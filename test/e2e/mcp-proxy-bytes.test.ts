import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

// What `whodid mcp-proxy` does not record passes as it came: `cat` is a server that says again what it heard.

const main = fileURLToPath(new URL('../../packages/cli/dist/main.js', import.meta.url))

async function through(
  input: Buffer,
  command: readonly string[],
  own: readonly string[] = [],
): Promise<{ readonly output: Buffer; readonly stderr: string; readonly code: unknown }> {
  const child = spawn(process.execPath, [main, 'mcp-proxy', ...own, '--', ...command], {
    env: { PATH: process.env['PATH'], WHODID_ENDPOINT: 'http://127.0.0.1:9' },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const chunks: Buffer[] = []
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  child.stdin.on('error', () => undefined)
  child.stdin.end(input)
  const [code] = (await once(child, 'close')) as [unknown]
  return { output: Buffer.concat(chunks), stderr, code }
}

const line = (value: unknown): Buffer => Buffer.from(`${JSON.stringify(value)}\n`)
const call = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'x', arguments: {} } }

it('passes what is no call byte for byte', async () => {
  const input = Buffer.concat([
    Buffer.from('no json at all\r\n\n{"jsonrpc":"2.0","id":12345678901234567890,"method":"x"}\r\n'),
    Buffer.from([0xff, 0xfe, 0x80, 10]),
    Buffer.from(' { "jsonrpc" : "2.0", "method" : "notifications/cancelled", "params" : null }\n'),
    line({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 77 } }),
    line({ jsonrpc: '2.0', id: 3, result: { __proto__: null, inputRequests: [1] } }),
    line([[], null, { id: {} }]),
    Buffer.from(`{"long":"${'y'.repeat(17 * 1024 * 1024)}"}\n`),
    Buffer.from('{"without":"an end"}'),
  ])
  const { output, stderr, code } = await through(input, ['cat'])
  expect(output.equals(input)).toBe(true)
  expect(code).toBe(0)
  expect(stderr).toContain('2 messages were too long to be recorded')
  expect(stderr).toContain('2 messages could not be read')
})

it('changes nothing of a call but its _meta, and of a batch nothing but those', async () => {
  const text =
    '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x","arguments":{"n":1.0e2}}}'
  const { output } = await through(Buffer.from(`${text}\r\n[ ${text} , 5 ]\n`), ['cat'])
  const bare = output
    .toString()
    .replaceAll(/"_meta":\{"traceparent":"[^"]*"(?:,"[^"]*":(?:"[^"]*"|\{[^}]*\}))*\},/gu, '')
  expect(bare).toBe(`${text}\r\n[ ${text} , 5 ]\n`)
  expect(output.toString().split('"traceparent"')).toHaveLength(3)
  const none = await through(line(call), ['cat'], ['--carry', 'none'])
  expect(none.output).toEqual(line(call))
})

it('ends as the server ends, and says what cannot be started', async () => {
  expect((await through(Buffer.alloc(0), [process.execPath, '-e', 'process.exit(7)'])).code).toBe(7)
  const missing = await through(Buffer.alloc(0), ['/nowhere/server'])
  expect(missing.code).toBe(2)
  expect(missing.stderr).toContain('ENOENT')
  const none = await through(Buffer.alloc(0), [])
  expect(none.stderr).toContain('invalid_parameter')
})

it('lets nothing past that it cannot record where the ledger is required', async () => {
  const input = Buffer.concat([
    Buffer.from([0xff, 10]),
    line([call, { ...call, id: 2 }]),
    line(call),
  ])
  const { output } = await through(input, ['cat'], ['--require-ledger'])
  const refused = output
    .toString()
    .trim()
    .split('\n')
    .map((text) => JSON.parse(text) as object)
  expect(refused.map((one) => Reflect.get(one, 'id') as unknown)).toEqual([1, 2, 1])
  expect(output.toString()).not.toContain('tools/call')
})
