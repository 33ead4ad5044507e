/** Looks once over a text and returns a bit for each group of which one trigger is in it. */
export type TriggerScan = (text: string) => number

/** Groups that fit the bits of a number. */
const groupsMax = 31

/**
 * Makes a scan for groups of triggers: bit n of its result is set when the text has one of `groups[n]`, in whatever case
 * of letters; any digit stands for any other. One step a UTF-16 unit, however many the triggers.
 *
 * Preconditions: at most 31 groups, triggers of ASCII. Case is folded as the regular expressions' flags `iu` do.
 */
export function scanTriggers(groups: readonly (readonly string[])[]): TriggerScan {
  if (groups.length > groupsMax) throw new RangeError(`at most ${groupsMax} groups of triggers`)
  const { next, found } = automaton(groups)
  return (text) => {
    let state = 0
    let mask = 0
    for (let index = 0; index < text.length; index += 1) {
      const unit = text.charCodeAt(index)
      // `next` holds each state's row of 128 units; a state is the place where its row begins.
      state = next[state + (unit < 128 ? unit : foldBeyondAscii(unit))] ?? 0
      mask |= found[state >> 7] ?? 0
    }
    return mask
  }
}

/** The two letters beyond ASCII that fold into it: long s and the Kelvin sign. All others stand for NUL. */
function foldBeyondAscii(unit: number): number {
  if (unit === 0x17f) return 0x73
  return unit === 0x212a ? 0x6b : 0
}

interface Automaton {
  readonly next: Uint16Array
  readonly found: Int32Array
}

interface Node {
  readonly children: Map<string, Node>
  number: number
  mask: number
}

/** Aho and Corasick's automaton: the state is the longest start of a trigger that the text so far ends in. */
function automaton(groups: readonly (readonly string[])[]): Automaton {
  const root: Node = { children: new Map(), number: 0, mask: 0 }
  groups.forEach((triggers, bit) => {
    for (const trigger of triggers) insert(root, fold(trigger), 1 << bit)
  })
  const nodes = breadthFirst(root)
  const next = new Uint16Array(nodes.length * 128)
  const found = new Int32Array(nodes.length)
  // Of each node, where its longest proper suffix stands; breadth first, so that a suffix is complete before it is used.
  const fallback = new Int32Array(nodes.length)
  for (const node of nodes) {
    const back = fallback[node.number] ?? 0
    found[node.number] = node.mask | (node.number === 0 ? 0 : (found[back] ?? 0))
    for (let unit = 0; unit < 128; unit += 1) {
      const child = node.children.get(fold(String.fromCharCode(unit)))
      const ofSuffix = node.number === 0 ? 0 : (next[back * 128 + unit] ?? 0)
      if (child !== undefined) fallback[child.number] = ofSuffix >> 7
      next[node.number * 128 + unit] = child === undefined ? ofSuffix : child.number * 128
    }
  }
  return { next, found }
}

function insert(root: Node, trigger: string, mask: number): void {
  let node = root
  for (const char of trigger) {
    let child = node.children.get(char)
    if (child === undefined) node.children.set(char, (child = newNode()))
    node = child
  }
  node.mask |= mask
}

function newNode(): Node {
  return { children: new Map(), number: 0, mask: 0 }
}

function breadthFirst(root: Node): Node[] {
  const nodes = [root]
  for (const node of nodes) {
    for (const child of node.children.values()) {
      child.number = nodes.length
      nodes.push(child)
    }
  }
  return nodes
}

function fold(text: string): string {
  return text.toLowerCase().replace(/[0-9]/gu, '0')
}
