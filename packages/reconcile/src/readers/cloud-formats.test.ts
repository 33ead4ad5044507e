import { describe, expect, it } from 'vitest'
import { credentialName } from '../event/credential-name.ts'
import type { ImportedEvent } from '../event/imported-event.ts'
import { readImport, splitImport } from '../read-import.ts'
import type { ImportFormatName } from './import-formats.ts'

const read = (format: ImportFormatName, text: string, source = ''): readonly ImportedEvent[] =>
  readImport({ format, items: splitImport(format, text), source }).events.map(({ event }) => event)

/** Each vector is made after the shape that the page documents. */
describe('formats of clouds and services', () => {
  // https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
  it('reads CloudTrail', () => {
    const record = {
      eventVersion: '1.11',
      eventID: 'a-1',
      eventTime: '2026-11-27T14:03:12Z',
      eventSource: 's3.amazonaws.com',
      eventName: 'DeleteObject',
      userAgent: '[Boto3/1.28 claude-code]',
      errorCode: 'AccessDenied',
      requestParameters: { bucketName: 'acme-backups', key: 'db/1.dump' },
      userIdentity: {
        type: 'AssumedRole',
        arn: 'arn:aws:sts::123456789012:assumed-role/deploy/dev@acme.example',
        accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
        sessionContext: { sourceIdentity: 'dev@acme.example' },
      },
    }
    expect(read('cloudtrail', JSON.stringify({ Records: [record] }))).toMatchObject([
      {
        operation: 's3:DeleteObject',
        verb: 'delete',
        outcome: 'denied',
        resource: 's3://acme-backups/db/1.dump',
        person: 'dev@acme.example',
        credential: credentialName('ASIAIOSFODNN7EXAMPLE'),
      },
    ])
  })

  // https://cloud.google.com/logging/docs/audit/understanding-audit-logs
  it('reads Google Cloud’s audit logs, with the first of a delegation', () => {
    const entry = {
      insertId: 'x1',
      timestamp: '2026-11-27T14:03:12.5Z',
      protoPayload: {
        serviceName: 'compute.googleapis.com',
        methodName: 'v1.compute.instances.delete',
        resourceName: 'projects/acme/zones/eu/instances/db-1',
        status: { code: 7 },
        authenticationInfo: {
          principalEmail: 'agent@acme.iam.gserviceaccount.com',
          serviceAccountDelegationInfo: [
            { firstPartyPrincipal: { principalEmail: 'dev@acme.example' } },
          ],
        },
        requestMetadata: { callerSuppliedUserAgent: 'gemini-cli/0.9' },
      },
    }
    expect(read('gcp-audit', JSON.stringify([entry]))).toMatchObject([
      {
        verb: 'delete',
        outcome: 'denied',
        resource: 'gcp:compute:projects/acme/zones/eu/instances/db-1',
        person: 'dev@acme.example',
        principal: 'agent@acme.iam.gserviceaccount.com',
        marks: [{ by: 'client', value: 'gemini-cli' }],
      },
    ])
  })

  // https://learn.microsoft.com/en-us/azure/azure-monitor/platform/activity-log-schema
  it('reads Azure’s activity log', () => {
    const event = {
      eventDataId: 'e1',
      eventTimestamp: '2026-11-27T14:03:12.1234567Z',
      caller: 'dev@acme.example',
      operationName: { value: 'Microsoft.Compute/virtualMachines/delete' },
      resourceId:
        '/subscriptions/S1/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/DB1',
      status: { value: 'Succeeded' },
      claims: { uti: 'token-1', appid: 'app-1' },
    }
    expect(read('azure-activity', JSON.stringify([event]))).toMatchObject([
      {
        verb: 'delete',
        outcome: 'success',
        resource:
          'azure:resource:subscriptions/s1/resourcegroups/rg/providers/microsoft.compute/virtualmachines/db1',
        person: 'dev@acme.example',
        credential: 'token-1',
      },
    ])
  })

  // https://learn.microsoft.com/en-us/graph/api/resources/agentic-agentsignin?view=graph-rest-beta
  it('reads Entra’s sign-ins: an agent’s identity is its own statement', () => {
    const event = {
      id: 's1',
      createdDateTime: '2026-11-27T14:03:12Z',
      userPrincipalName: 'dev@acme.example',
      appDisplayName: 'triage',
      resourceDisplayName: 'Microsoft Graph',
      uniqueTokenIdentifier: 'uti-1',
      status: { errorCode: 0 },
      agent: { agentType: 'agenticAppInstance', parentAppId: 'blueprint-1' },
    }
    const person = { ...event, id: 's2', agent: { agentType: 'notAgentic' } }
    expect(read('entra-sign-in', JSON.stringify({ value: [event, person] }))).toMatchObject([
      {
        outcome: 'success',
        marks: [{ by: 'system', field: 'agentType', value: 'blueprint-1' }],
        credential: 'uti-1',
      },
      { marks: [] },
    ])
  })

  // https://developer.okta.com/docs/reference/api/system-log/
  it('reads Okta’s System Log', () => {
    const event = {
      uuid: 'o1',
      published: '2026-11-27T14:03:12.000Z',
      eventType: 'user.account.update_password',
      actor: { id: '00u1', type: 'User', alternateId: 'dev@acme.example' },
      outcome: { result: 'DENY' },
      target: [{ id: '00u2', type: 'User' }],
      client: { userAgent: { rawUserAgent: 'Mozilla/5.0' } },
      authenticationContext: { externalSessionId: 'sess-1' },
    }
    expect(read('okta-system-log', JSON.stringify([event]))).toMatchObject([
      {
        verb: 'update',
        outcome: 'denied',
        person: 'dev@acme.example',
        resource: 'okta:user:00u2',
        credential: 'sess-1',
        marks: [],
      },
    ])
  })

  // https://docs.slack.dev/admins/audit-logs-api/
  it('reads Slack’s audit logs', () => {
    const entry = {
      id: '0123a45b',
      date_create: 1764252192,
      action: 'private_channel_archive',
      actor: { type: 'user', user: { id: 'W1', name: 'Dev', email: 'dev@acme.example' } },
      entity: { type: 'channel', channel: { id: 'C061F7AUR' } },
      context: { ua: 'chatgpt-user/1.0', location: { id: 'E1701' } },
    }
    expect(read('slack-audit', JSON.stringify({ entries: [entry] }))).toMatchObject([
      {
        atUnixNs: 1764252192000000000n,
        resource: 'slack:channel:C061F7AUR',
        person: 'dev@acme.example',
        marks: [{ by: 'client', value: 'chatgpt-user' }],
      },
    ])
  })

  // https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/
  it('reads Kubernetes’ audit log: an impersonated user’s authority was used', () => {
    const event = {
      kind: 'Event',
      auditID: 'k1',
      stage: 'ResponseComplete',
      verb: 'deletecollection',
      user: {
        username: 'system:serviceaccount:agents:triage',
        extra: { 'authentication.kubernetes.io/credential-id': ['JTI=7ee52be0'] },
      },
      impersonatedUser: { username: 'dev@acme.example' },
      userAgent: 'codex/0.5 (linux)',
      objectRef: { resource: 'pods', namespace: 'shop', name: 'web-1' },
      responseStatus: { code: 403 },
      stageTimestamp: '2026-11-27T14:03:12.000001Z',
    }
    expect(read('kubernetes-audit', JSON.stringify(event))).toMatchObject([
      {
        verb: 'delete',
        outcome: 'denied',
        person: 'dev@acme.example',
        principal: 'system:serviceaccount:agents:triage',
        credential: '7ee52be0',
        resource: 'k8s:pods:shop/web-1',
        marks: [{ by: 'client', value: 'codex' }],
      },
    ])
  })

  // https://docs.datadoghq.com/account_management/audit_trail/events/
  it('reads Datadog’s Audit Trail', () => {
    const event = {
      id: 'd1',
      attributes: {
        timestamp: '2026-11-27T14:03:12Z',
        attributes: {
          evt: { name: 'Monitor', actor: { type: 'USER', mode: 'agent' } },
          action: 'deleted',
          is_mcp_call: true,
          usr: { email: 'dev@acme.example' },
          asset: { type: 'monitor', id: '42' },
        },
      },
    }
    expect(read('datadog-audit', JSON.stringify({ data: [event] }))).toMatchObject([
      {
        resource: 'datadog:monitor:42',
        person: 'dev@acme.example',
        marks: [{ by: 'system', field: 'evt.actor.mode' }, { field: 'is_mcp_call' }],
      },
    ])
  })

  // https://schema.ocsf.io/1.9.0/classes/api_activity
  it('reads OCSF, with the agent that its producer states', () => {
    const event = {
      class_uid: 6003,
      activity_id: 4,
      time: 1764252192123,
      status_id: 1,
      metadata: { uid: 'log#42', product: { name: 'Billing' } },
      api: { operation: 'purge' },
      actor: { user: { email_addr: 'dev@acme.example' }, session: { uid: 's-1' } },
      resources: [{ uid: 'billing:invoice:7' }],
      ai_operation: { ai_agent: { uid: 'repo-triage', instance_uid: '0199-a' } },
      trace: { uid: '4bf92f3577b34da6a3ce929d0e0e4736', span: { uid: '00f067aa0ba902b7' } },
    }
    expect(read('ocsf', JSON.stringify(event))).toMatchObject([
      {
        system: 'billing',
        verb: 'delete',
        resource: 'billing:invoice:7',
        marks: [{ by: 'system', value: 'repo-triage' }],
        carried: { instance: '0199-a', spanIdHex: '00f067aa0ba902b7' },
      },
    ])
  })
})
