import type { Schemas } from '@whodid/client'
import type { JSX } from 'hono/jsx/jsx-runtime'
import { Name } from '../parts/agent-text.tsx'
import { pageUrl } from '../parts/thing.tsx'
import { OutcomeMark } from '../parts/marks.tsx'

type Touched = Schemas['TouchedResource']

/** A part of a resource's name, and the resources below it. */
interface Branch {
  readonly name: string
  readonly branches: Map<string, Branch>
  readonly leaves: Touched[]
}

/** Leaves of one branch that are shown at once; the others are a list to open. */
const leavesShown = 25

/** The resources that were touched, as a tree of their names: system and kind, then each part of the path. */
export function ResourceTree({ resources }: { resources: readonly Touched[] }): JSX.Element | null {
  if (resources.length === 0) return null
  const root = branchNamed('')
  for (const resource of resources) {
    let at = root
    for (const part of partsOf(resource.id).slice(0, -1)) {
      const next = at.branches.get(part) ?? branchNamed(part)
      at.branches.set(part, next)
      at = next
    }
    at.leaves.push(resource)
  }
  return (
    <ul class="tree">
      {[...root.branches.values()].map(joined).map((one) => (
        <BranchItem branch={one} />
      ))}
      {root.leaves.map((leaf) => (
        <Leaf of={leaf} />
      ))}
    </ul>
  )
}

function BranchItem({ branch }: { branch: Branch }): JSX.Element {
  const { name, branches, leaves } = branch
  const [shown, rest] = [leaves.slice(0, leavesShown), leaves.slice(leavesShown)]
  return (
    <li>
      <details open>
        <summary>
          <Name of={name} max={120} /> <span class="count">{sizeOf(branch)}</span>
        </summary>
        <ul>
          {[...branches.values()].map(joined).map((one) => (
            <BranchItem branch={one} />
          ))}
          {shown.map((leaf) => (
            <Leaf of={leaf} />
          ))}
          {rest.length === 0 ? null : (
            <li>
              <details>
                <summary>{rest.length} more</summary>
                <ul>
                  {rest.map((leaf) => (
                    <Leaf of={leaf} />
                  ))}
                </ul>
              </details>
            </li>
          )}
        </ul>
      </details>
    </li>
  )
}

function Leaf({ of: resource }: { of: Touched }): JSX.Element {
  const last = partsOf(resource.id).at(-1) ?? resource.id
  return (
    <li class="leaf">
      <a href={pageUrl('/ask', { of: `resource:${resource.id}` })}>
        <Name of={last} max={100} />
      </a>{' '}
      {resource.touches.map(({ verb, outcome, acts }) => (
        <span class="touch">
          <span class={`verb verb-${verb}`}>
            <Name of={verb === '' ? 'touched' : verb} max={40} />
          </span>
          {acts > 1 ? ` ×${acts}` : ''}{' '}
          {outcome === 'success' ? null : <OutcomeMark of={outcome} />}
        </span>
      ))}
    </li>
  )
}

function branchNamed(name: string): Branch {
  return { name, branches: new Map(), leaves: [] }
}

/** A branch with one branch below it and nothing else is one line with it. */
function joined(branch: Branch): Branch {
  const [only, ...others] = branch.branches.values()
  if (only === undefined || others.length > 0 || branch.leaves.length > 0) return branch
  const below = joined(only)
  return { ...below, name: `${branch.name}${/[:/]$/u.test(branch.name) ? '' : '/'}${below.name}` }
}

function sizeOf({ branches, leaves }: Branch): number {
  return [...branches.values()].reduce((all, branch) => all + sizeOf(branch), leaves.length)
}

/** Parts that a name is cut into at most, so that no name makes a deep tree. */
const partsMax = 8

function partsOf(id: string): string[] {
  const named =
    /^(https?:\/\/[^/]+|[a-z][a-z0-9+.-]*:[a-z][a-z0-9_-]*:|[a-z][a-z0-9+.-]*:\/?)(.*)$/su.exec(id)
  const head = named?.[1] ?? ''
  const path = (named?.[2] ?? id).split('/').filter((part) => part !== '')
  const shown =
    path.length > partsMax
      ? [...path.slice(0, partsMax - 1), path.slice(partsMax - 1).join('/')]
      : path
  return [...(head === '' ? [] : [head]), ...shown]
}
