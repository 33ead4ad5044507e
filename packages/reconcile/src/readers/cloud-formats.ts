import { readAzureActivity } from './azure-activity.ts'
import { readCloudTrail } from './cloudtrail.ts'
import { readDatadogAudit } from './datadog-audit.ts'
import { readEntraSignIn } from './entra-sign-in.ts'
import { readGcpAudit } from './gcp-audit.ts'
import type { ImportFormat } from './import-format.ts'
import { readKubernetesAudit } from './kubernetes-audit.ts'
import { readOcsf } from './ocsf.ts'
import { readOktaSystemLog } from './okta-system-log.ts'
import { readSlackAudit } from './slack-audit.ts'

/** Their names. */
export type CloudFormatName =
  | 'cloudtrail'
  | 'gcp-audit'
  | 'azure-activity'
  | 'entra-sign-in'
  | 'okta-system-log'
  | 'slack-audit'
  | 'kubernetes-audit'
  | 'datadog-audit'
  | 'ocsf'

/** The formats of clouds, identity providers and services. */
export const cloudFormats: Readonly<Record<CloudFormatName, ImportFormat>> = {
  cloudtrail: { kind: 'json', read: readCloudTrail },
  'gcp-audit': { kind: 'json', read: readGcpAudit },
  'azure-activity': { kind: 'json', read: readAzureActivity },
  'entra-sign-in': { kind: 'json', read: readEntraSignIn },
  'okta-system-log': { kind: 'json', read: readOktaSystemLog },
  'slack-audit': { kind: 'json', read: readSlackAudit },
  'kubernetes-audit': { kind: 'json', read: readKubernetesAudit },
  'datadog-audit': { kind: 'json', read: readDatadogAudit },
  ocsf: { kind: 'json', read: readOcsf },
}
