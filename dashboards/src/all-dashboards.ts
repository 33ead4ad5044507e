import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard'
import { approvalsDashboard } from './boards/approvals-dashboard.ts'
import { delegationDashboard } from './boards/delegation-dashboard.ts'
import { fleetDashboard } from './boards/fleet-dashboard.ts'
import { ghostsDashboard } from './boards/ghosts-dashboard.ts'
import { healthDashboard } from './boards/health-dashboard.ts'
import { instanceDashboard } from './boards/instance-dashboard.ts'
import { untrustedDashboard } from './boards/untrusted-dashboard.ts'
import { makeDashboard } from './make/make-dashboard.ts'
import type { DashboardSpec } from './make/make-dashboard.ts'

/** Every dashboard, as it is described. */
export const dashboardSpecs: readonly DashboardSpec[] = [
  fleetDashboard,
  delegationDashboard,
  ghostsDashboard,
  instanceDashboard,
  untrustedDashboard,
  approvalsDashboard,
  healthDashboard,
]

/** Makes every dashboard in Grafana's classic form, by the name of its file in `dashboards/json`. */
export function allDashboards(): ReadonlyMap<string, Dashboard> {
  return new Map(dashboardSpecs.map((spec) => [`${spec.uid}.json`, makeDashboard(spec)]))
}

/** A dashboard as its file holds it. */
export function dashboardText(dashboard: Dashboard): string {
  return `${JSON.stringify(dashboard, undefined, 2)}\n`
}
