import { describe, expect, it } from 'vitest'
import type { ImportedEvent } from '../event/imported-event.ts'
import { readImport, splitImport } from '../read-import.ts'
import type { ImportFormatName } from './import-formats.ts'

const read = (format: ImportFormatName, text: string, source = ''): readonly ImportedEvent[] =>
  readImport({ format, items: splitImport(format, text), source }).events.map(({ event }) => event)
const at = (text: string): bigint => BigInt(Date.parse(text)) * 1_000_000n

/** Each vector is made after the shape that the page documents. */
describe('formats of lines', () => {
  const comment = `/*traceparent='00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'*/`
  const carried = {
    traceIdHex: '4bf92f3577b34da6a3ce929d0e0e4736',
    spanIdHex: '00f067aa0ba902b7',
  }

  // https://www.postgresql.org/docs/18/runtime-config-logging.html
  // https://google.github.io/sqlcommenter/spec/
  it('reads Postgres’ log, with the comment at the end of a statement', () => {
    const text = [
      `2026-11-27 14:03:12.123 UTC [77] app@shop psql LOG:  duration: 0.512 ms  statement: DELETE FROM customers WHERE id = 42 ${comment}`,
      `2026-11-27 14:03:13.000 UTC [77] app@shop LOG:  execute <unnamed>: UPDATE public.orders`,
      `\tSET paid = true WHERE total > 3 ${comment}`,
      '2026-11-27 14:03:14.000 UTC [1] LOG:  checkpoint starting: time',
      '2026-11-27 14:03:15.000 UTC [77] app@shop LOG:  statement: BEGIN',
      '2026-11-27 14:03:16.000 UTC [77] app@shop ERROR:  relation "x" does not exist',
    ].join('\n')
    const { events, passedOverCount, refusedCount } = readImport({
      format: 'postgres',
      items: splitImport('postgres', text),
      source: '',
    })
    expect({ passedOverCount, refusedCount }).toEqual({ passedOverCount: 3, refusedCount: 0 })
    expect(events.map(({ event }) => event)).toMatchObject([
      {
        atUnixNs: at('2026-11-27T14:03:12.123Z'),
        operation: 'DELETE',
        verb: 'delete',
        outcome: 'success',
        resource: 'db:row:shop/customers/42',
        principal: 'app',
        carried,
      },
      // Logged before it ran: its outcome is not known.
      { verb: 'update', outcome: '', resource: 'db:table:shop/orders', carried },
    ])
  })

  it('reads Postgres’ jsonlog: an error that names its statement', () => {
    const line = {
      timestamp: '2026-11-27 14:03:12.123 UTC',
      user: 'app',
      dbname: 'shop',
      session_id: '6928.1',
      error_severity: 'ERROR',
      message: 'permission denied for table customers',
      statement: 'DROP TABLE IF EXISTS customers',
      application_name: 'claude-code',
    }
    expect(read('postgres', JSON.stringify(line))).toMatchObject([
      {
        verb: 'delete',
        outcome: 'denied',
        resource: 'db:table:shop/customers',
        credential: '6928.1',
        marks: [{ by: 'client', field: 'application_name' }],
      },
    ])
  })

  // https://github.com/pgaudit/pgaudit#format
  it('reads entries of pgaudit', () => {
    const line =
      '2026-11-27 14:03:12 UTC [9] app@shop LOG:  AUDIT: SESSION,1,1,WRITE,DELETE,TABLE,public.customers,"DELETE FROM customers WHERE name = ""x"", y",<none>'
    expect(read('postgres', line)).toMatchObject([
      { operation: 'DELETE', resource: 'db:table:shop/customers', outcome: '' },
    ])
  })

  // https://nginx.org/en/docs/http/ngx_http_log_module.html
  // https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage
  it('reads access logs of nginx and Envoy', () => {
    const lines = [
      '203.0.113.9 - dev@acme.example [27/Nov/2026:15:03:12 +0100] "DELETE /v1/orders/42?x=1 HTTP/1.1" 204 0 "-" "claude-code/2.1"',
      '[2026-11-27T14:03:12.123Z] "POST /v1/orders HTTP/2" 403 - 12 5 4 3 "203.0.113.9" "curl/8" "req-1" "api.acme.example" "10.0.0.1:80"',
      JSON.stringify({
        time_iso8601: '2026-11-27T14:03:12+00:00',
        request: 'GET /v1/orders/42 HTTP/1.1',
        host: 'api.acme.example',
        status: 200,
        http_traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
      }),
    ]
    expect(read('access-log', lines.join('\n'), 'https://api.acme.example')).toMatchObject([
      {
        atUnixNs: at('2026-11-27T14:03:12Z'),
        verb: 'delete',
        resource: 'https://api.acme.example/v1/orders/42',
        person: 'dev@acme.example',
        marks: [{ value: 'claude-code' }],
      },
      { id: 'req-1', verb: 'create', outcome: 'denied' },
      { verb: 'read', carried },
    ])
  })

  // https://www.gnu.org/software/bash/manual/html_node/Bash-History-Facilities.html
  // https://zsh.sourceforge.io/Doc/Release/Options.html#History
  it('reads histories of shells', () => {
    const text = [
      '#1764252192',
      'WHODID_AGENT_INSTANCE=0199-a rm -rf /srv/app',
      ': 1764252193:0;git push origin main',
      'ls',
    ].join('\n')
    const { events, refused } = readImport({
      format: 'shell-history',
      items: splitImport('shell-history', text),
      source: 'dev',
    })
    expect(events.map(({ event }) => event)).toMatchObject([
      {
        atUnixNs: 1764252192000000000n,
        verb: 'delete',
        resource: 'file:/srv/app',
        person: 'dev',
        carried: { instance: '0199-a' },
      },
      { operation: 'git', verb: 'execute' },
    ])
    expect(refused).toEqual([{ line: 4, why: '"time" expected a time; got none' }])
  })
})
