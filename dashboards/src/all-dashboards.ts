import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard'
import {
  approvalsDashboard,
  completenessDashboard,
  delegationDashboard,
  findingsDashboard,
  fleetDashboard,
  ghostsDashboard,
  healthDashboard,
  instanceDashboard,
  untrustedDashboard,
} from './boards/index.ts'
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
  findingsDashboard,
  completenessDashboard,
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
