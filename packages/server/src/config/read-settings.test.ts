import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readSettings } from './read-settings.ts'
import { readServiceConfig } from './service-config.ts'
import { settingKeys, variableOf } from './settings-schema.ts'

let dir = ''
let path = ''

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'whodid-settings-'))
  path = join(dir, 'whodid.json')
})

afterAll(async () => {
  await rm(dir, { recursive: true })
})

async function withFile(held: unknown): Promise<{ WHODID_CONFIG: string }> {
  await writeFile(path, typeof held === 'string' ? held : JSON.stringify(held))
  return { WHODID_CONFIG: path }
}

describe('readSettings', () => {
  it('takes the file where the environment says nothing, and the environment before it', async () => {
    const environment = await withFile({
      data_dir: '/var/lib/whodid',
      api_port: 5000,
      otlp_http_port: '5001',
      allowed_hosts: ['a.example', 'b.example'],
      infer_request_user: false,
      retain_text_days: 90,
      host: '',
    })
    const config = readServiceConfig({
      ...environment,
      WHODID_API_PORT: '6000',
      WHODID_OTLP_GRPC_PORT: ' ',
    })
    expect(config).toMatchObject({
      dataDir: '/var/lib/whodid',
      keysDir: '/var/lib/whodid/keys',
      apiPort: 6000,
      otlpHttpPort: 5001,
      otlpGrpcPort: 4317,
      allowedHosts: ['a.example', 'b.example'],
      inferRequestUser: false,
      retention: { textDays: 90, recordDays: undefined },
      host: '127.0.0.1',
    })
  })

  it('takes the passwords of a ClickHouse of one’s own from the file', async () => {
    const environment = await withFile({
      clickhouse_url: 'http://ch:8123/',
      clickhouse_verifier_password: 'v',
    })
    expect(readServiceConfig(environment, ['verifier']).ledger?.verifier).toEqual({
      url: 'http://ch:8123',
      username: 'whodid_verifier',
      password: 'v',
    })
    expect(() => readServiceConfig(environment)).toThrow('WHODID_CLICKHOUSE_WRITER_PASSWORD')
  })

  it.each([
    [{ api_port: 65_536 }, '"api_port" in', 'expected a port from 0 to 65535; got 65536'],
    [{ api_port: '4320x' }, '"api_port" in', 'expected a port from 0 to 65535; got "4320x"'],
    [{ data_dir: 7 }, '"data_dir" in', 'expected text; got 7'],
    [{ infer_request_user: 'yes' }, '"infer_request_user"', 'expected "on" or "off"; got "yes"'],
    [{ allowed_hosts: ['x', 'https://y'] }, '"allowed_hosts"', 'got "https://y"'],
    [{ witnesses: ['nonsense'] }, '"witnesses" in', 'expected "<vkey> <URL>"'],
    [{ clickhouse_url: 'tcp://u:pw@ch:9000' }, '"clickhouse_url" in', 'got "tcp://…@ch:9000"'],
    [{ clickhouse_url: 'ch:9000' }, '"clickhouse_url" in', 'expected an http or https URL'],
    [{ api_prot: 1 }, '"api_prot" is no setting', 'did you mean "api_port"?'],
    [{ WHODID_API_PORT: 1 }, '"WHODID_API_PORT" is no setting', ''],
    ['[]', 'whodid.json cannot be used', 'it does not hold one JSON object'],
    ['', 'whodid.json cannot be used', 'it is no JSON'],
    [' '.repeat(65_537), 'whodid.json cannot be used', 'it has more than 65536 bytes'],
  ] satisfies [unknown, string, string][])(
    'refuses %j, naming the file and the key',
    async (held: unknown, ...said: string[]) => {
      const environment = await withFile(held)
      for (const part of said)
        expect(() => readServiceConfig(environment)).toThrow(
          expect.objectContaining({
            code: 'invalid_config',
            message: expect.stringContaining(part),
          }),
        )
    },
  )

  it('refuses a file that is not there', () => {
    expect(() => readSettings({ WHODID_CONFIG: join(dir, 'nowhere.json') })).toThrow(
      'nowhere.json cannot be used: ENOENT',
    )
  })

  it.each([
    ['a value of another form', { token: { secret: 'hunter2' } }],
    ['text that is no JSON', '{ "token": "hunter2" "hunter2" }'],
    ['a value that breaks off', '{\n"clickhouse_writer_password": "hunter2'],
    ['an unknown key', { tokens: 'hunter2' }],
  ])('shows no secret of a file that holds %s', async (_, held) => {
    const environment = await withFile(held)
    const failure = await (async () => readSettings(environment).value('token'))().catch(
      (thrown: unknown) => thrown,
    )
    expect(failure).toMatchObject({ code: 'invalid_config' })
    expect(JSON.stringify([String(failure), failure])).not.toContain('hunter2')
  })

  it('checks a setting when it is asked for', async () => {
    const settings = readSettings(await withFile({ api_port: 'x', data_dir: '/d' }))
    expect(settings.value('data_dir')).toBe('/d')
    expect(() => settings.value('api_port')).toThrow('a port from 0 to 65535')
  })

  it('gives each setting one variable', () => {
    expect(new Set(settingKeys.map(variableOf)).size).toBe(settingKeys.length)
    expect(variableOf('clickhouse_url')).toBe('CLICKHOUSE_URL')
    expect(variableOf('api_port')).toBe('WHODID_API_PORT')
  })
})
