import { expect, test } from 'vitest'
import { createPalette } from '@whodid/client'
import { serviceScreen } from './service-screen.ts'

const facts = {
  apiUrl: 'http://127.0.0.1:4320',
  otlpUrl: 'http://127.0.0.1:4318',
  otlpGrpcUrl: 'http://127.0.0.1:4317',
  dataDir: '/srv/whodid',
}

test('says where the engine takes SQL, and nothing of a ClickHouse of one’s own', () => {
  const engineUrl = 'http://127.0.0.1:39123'
  const own = serviceScreen({ ...facts, engineUrl: undefined }, createPalette(false))
  expect(own).not.toContain('SQL')
  const screen = serviceScreen({ ...facts, engineUrl }, createPalette(false))
  expect(screen).toContain(`Ask in SQL at    ${engineUrl}`)
  expect(screen).toContain('/srv/whodid/engine/endpoint.json')
})
