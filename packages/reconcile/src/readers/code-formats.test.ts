import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { credentialName } from '../event/credential-name.ts'
import type { ImportedEvent } from '../event/imported-event.ts'
import { readImport, splitImport } from '../read-import.ts'
import type { ImportFormatName } from './import-formats.ts'

const read = (format: ImportFormatName, text: string, source = ''): readonly ImportedEvent[] =>
  readImport({ format, items: splitImport(format, text), source }).events.map(({ event }) => event)
const at = (text: string): bigint => BigInt(Date.parse(text)) * 1_000_000n

/** Each vector is made after the shape that the page documents. */
describe('formats of code hosts', () => {
  // https://docs.github.com/en/copilot/reference/enterprise-administrators/agentic-audit-log-events
  // https://docs.github.com/en/organizations/keeping-your-organization-secure/managing-security-settings-for-your-organization/reviewing-the-audit-log-for-your-organization
  it('reads GitHub’s audit log: the person is the one who set the agent on', () => {
    const agent = {
      '@timestamp': 1764252192123,
      _document_id: 'vJJFlFOhQ6b-5vaAFy9Rjw',
      action: 'pull_request.merge',
      actor: 'Copilot',
      actor_is_agent: true,
      agent_session_id: '012345a6-b7c8-9012-de3f-45ab678c9012',
      user: 'octocat',
      repo: 'Acme/App',
      pull_request_url: 'https://github.com/Acme/App/pull/812',
      a_field_of_tomorrow: { kept: true },
    }
    const token = {
      created_at: 1764252193000,
      action: 'git.push',
      actor: 'dev',
      user_agent: 'claude-code/2.1 (external, cli)',
      hashed_token: createHash('sha256').update('ghp_dev').digest('base64'),
      repo: 'acme/app',
    }
    const { events } = readImport({
      format: 'github-audit',
      items: splitImport('github-audit', `${JSON.stringify(agent)}\n${JSON.stringify(token)}\n`),
      source: '',
    })
    expect(events[0]?.body).toContain('a_field_of_tomorrow')
    expect(events.map(({ event }) => event)).toMatchObject([
      {
        id: 'vJJFlFOhQ6b-5vaAFy9Rjw',
        atUnixNs: 1764252192123000000n,
        verb: 'update',
        resource: 'github:pull:acme/app/812',
        person: 'octocat',
        principal: 'Copilot',
        marks: [
          { by: 'system', field: 'actor_is_agent', value: '012345a6-b7c8-9012-de3f-45ab678c9012' },
        ],
      },
      {
        verb: 'update',
        resource: 'github:repo:acme/app',
        person: 'dev',
        marks: [{ by: 'client', field: 'user_agent', value: 'claude-code' }],
        // The name that the SDK gives the token itself.
        credential: credentialName('ghp_dev'),
      },
    ])
  })

  // https://docs.github.com/en/rest/using-the-rest-api/github-event-types
  it('reads GitHub’s events', () => {
    const merged = {
      id: '22249084947',
      type: 'PullRequestEvent',
      actor: { login: 'dev' },
      repo: { name: 'Acme/app' },
      payload: {
        action: 'closed',
        pull_request: { url: 'https://api.github.com/repos/Acme/app/pulls/812' },
      },
      created_at: '2026-11-27T14:03:12Z',
    }
    const push = {
      ...merged,
      id: '2',
      type: 'PushEvent',
      actor: { login: 'devin-ai-integration[bot]' },
      payload: {
        head: 'a'.repeat(40),
        commits: [{ message: 'Fix\n\nWhodid-Instance: 0199-a\nWhodid-For: dev@acme.example' }],
      },
    }
    expect(read('github-events', JSON.stringify([merged, push]))).toMatchObject([
      {
        operation: 'PullRequestEvent.closed',
        verb: 'update',
        resource: 'github:pull:acme/app/812',
        person: 'dev',
        marks: [],
      },
      {
        verb: 'update',
        resource: `github:commit:acme/app/${'a'.repeat(40)}`,
        person: '',
        marks: [{ by: 'client', value: 'devin-ai-integration[bot]' }],
        carried: { instance: '0199-a', delegator: 'dev@acme.example' },
      },
    ])
  })

  // https://git-scm.com/docs/git-interpret-trailers
  it('reads commits: trailers carry identifiers, and co-authors may be agents', () => {
    const message = [
      'Merge pull request #812',
      '',
      'It repairs the build: for all.',
      '',
      'Whodid-Action: act-1',
      'Whodid-Instance: 0199-a',
      'Traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
      'Co-authored-by: Claude <noreply@anthropic.com>',
    ].join('\n')
    const commit = {
      commit: 'B'.repeat(40),
      author: 'Dev <dev@acme.example>',
      date: '2026-11-27T14:03:12+01:00',
      message,
      repository: 'acme/app',
    }
    const claudia = { ...commit, commit: 'c1', message: 'Co-authored-by: Claudia <c@acme.example>' }
    expect(read('git-log', `${JSON.stringify(commit)}\n${JSON.stringify(claudia)}`)).toMatchObject([
      {
        atUnixNs: at('2026-11-27T13:03:12Z'),
        resource: `github:commit:acme/app/${'b'.repeat(40)}`,
        person: 'dev@acme.example',
        marks: [
          { by: 'client', field: 'whodid-instance', value: '0199-a' },
          { by: 'client', field: 'co-authored-by', value: 'Claude' },
        ],
        carried: {
          action: 'act-1',
          traceIdHex: '4bf92f3577b34da6a3ce929d0e0e4736',
          spanIdHex: '00f067aa0ba902b7',
        },
      },
      { marks: [] },
    ])
  })

  // https://docs.gitlab.com/api/audit_events/
  it('reads GitLab’s audit events', () => {
    const event = {
      id: 5,
      author_id: 1,
      entity_id: 7,
      entity_type: 'Project',
      details: {
        event_name: 'deploy_token_revoked',
        author_name: 'Administrator',
        author_email: 'admin@acme.example',
        entity_path: 'Acme/App',
      },
      created_at: '2026-11-27T14:03:12.000Z',
    }
    expect(read('gitlab-audit', JSON.stringify([event]))).toMatchObject([
      { verb: 'delete', resource: 'gitlab:project:acme/app', person: 'admin@acme.example' },
    ])
  })
})
