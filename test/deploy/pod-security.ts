import { fieldsOf, treeOf } from './deploy-files.ts'
import type { Tree } from './deploy-files.ts'

// The volumes that Kubernetes' Pod Security Standard "restricted" allows.
const volumeKinds = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
]
const secretName = /(?:PASSWORD|SECRET|TOKEN)$/u

/**
 * What a pod's spec has against the Pod Security Standard "restricted", and against this project's own rules beside it: a read-only root,
 * no token of the cluster, probes of what serves, a memory limit, and secrets by reference only. One line a fault.
 */
export function podFaults(pod: Tree): readonly string[] {
  return [
    ...hostFaults(pod),
    ...['initContainers', 'containers', 'ephemeralContainers'].flatMap((list) =>
      listOf(pod.at(list)).flatMap((container) => [
        ...containerFaults(container, pod),
        ...(list === 'containers' ? probeFaults(container) : []),
      ]),
    ),
  ]
}

function hostFaults(pod: Tree): string[] {
  const faults = ['hostNetwork', 'hostPID', 'hostIPC']
    .filter((field) => pod.at(field) === true)
    .map((field) => `pod: ${field}`)
  if (pod.at('automountServiceAccountToken') !== false) faults.push('pod: token of the cluster')
  if (listOf(pod.at('securityContext', 'sysctls')).length > 0) faults.push('pod: sysctls')
  for (const volume of listOf(pod.at('volumes'))) {
    const [kind = 'none'] = fieldsOf(volume.value).flatMap(([key]) => (key === 'name' ? [] : [key]))
    if (!volumeKinds.includes(kind)) faults.push(`volume ${String(volume.at('name'))}: ${kind}`)
  }
  return faults
}

function containerFaults(container: Tree, pod: Tree): string[] {
  const own = (field: string): unknown => container.at('securityContext', field)
  const either = (field: string): unknown => own(field) ?? pod.at('securityContext', field)
  const checks: Readonly<Record<string, boolean>> = {
    'not runAsNonRoot': either('runAsNonRoot') !== true,
    'runs as root': Number(either('runAsUser') ?? 0) === 0,
    'no seccomp profile': !['RuntimeDefault', 'Localhost'].includes(
      String(treeOf(either('seccompProfile')).at('type')),
    ),
    'may gain privileges': own('allowPrivilegeEscalation') !== false,
    privileged: own('privileged') === true,
    'root is writable': own('readOnlyRootFilesystem') !== true,
    'keeps capabilities': !listOf(treeOf(own('capabilities')).at('drop')).some(
      ({ value }) => value === 'ALL',
    ),
    'adds capabilities': listOf(treeOf(own('capabilities')).at('add')).length > 0,
    'unmasks /proc': (own('procMount') ?? 'Default') !== 'Default',
    'binds a port of the host': listOf(container.at('ports')).some(
      (port) => port.at('hostPort') !== undefined,
    ),
    'no memory limit': container.at('resources', 'limits', 'memory') === undefined,
    'reads a whole Secret into its environment': container.at('envFrom') !== undefined,
  }
  const faults = Object.keys(checks).filter((fault) => checks[fault] === true)
  for (const variable of listOf(container.at('env')))
    if (secretName.test(String(variable.at('name'))) && variable.at('value') !== undefined)
      faults.push(`${String(variable.at('name'))} by value`)
  return faults.map((fault) => `${String(container.at('name'))}: ${fault}`)
}

/** What serves is asked whether it started, lives and is ready, and asks for its CPU and memory. */
function probeFaults(container: Tree): string[] {
  const fields: readonly (readonly string[])[] = [
    ['startupProbe'],
    ['livenessProbe'],
    ['readinessProbe'],
    ['resources', 'requests', 'cpu'],
    ['resources', 'requests', 'memory'],
  ]
  return fields
    .filter((keys) => container.at(...keys) === undefined)
    .map((keys) => `${String(container.at('name'))}: no ${keys.join('.')}`)
}

function listOf(value: unknown): readonly Tree[] {
  return Array.isArray(value) ? value.map(treeOf) : []
}
