/**
 * Looks once over a text for groups of triggers: bit `n % 31` of word `n / 31` of the result is set when the text has a
 * trigger of group n, in any case of letters; any digit stands for any other. Undefined when the text has none.
 * The words are the scan's own, and hold until its next call.
 */
export type TriggerScan = (text: string) => Int32Array | undefined

/** Groups that one word has bits for. */
export const groupsPerWord = 31

/**
 * Makes a scan for groups of triggers. One step a UTF-16 unit, however many the triggers.
 *
 * A trigger that begins with a line break also stands at the beginning of the text. Precondition: triggers of ASCII. Case is
 * folded as the regular expressions' flags `iu` do.
 */
export function scanTriggers(groups: readonly (readonly string[])[]): TriggerScan {
  const wordCount = Math.max(1, Math.ceil(groups.length / groupsPerWord))
  const { next, found } = automaton(groups, wordCount)
  const words = new Int32Array(wordCount)
  // As if a line had ended before the text.
  const first = next[lineBreak] ?? 0
  return (text) => {
    let state = first
    let hasFound = false
    for (let index = 0; index < text.length; index += 1) {
      const unit = text.charCodeAt(index)
      // A state is the place where its row of 128 begins; its lowest bit says that something ends there.
      state = next[(state & rowMask) | (unit < 128 ? unit : foldBeyondAscii(unit))] ?? 0
      if ((state & endsHere) === 0) continue
      if (!hasFound) words.fill(0)
      hasFound = true
      const at = (state >> 7) * wordCount
      for (let word = 0; word < wordCount; word += 1)
        words[word] = (words[word] ?? 0) | (found[at + word] ?? 0)
    }
    return hasFound ? words : undefined
  }
}

const rowUnits = 128
const rowMask = ~(rowUnits - 1)
const endsHere = 1
const lineBreak = 10

/** The two letters beyond ASCII that fold into it: long s and the Kelvin sign. All others stand for NUL. */
function foldBeyondAscii(unit: number): number {
  if (unit === 0x17f) return 0x73
  return unit === 0x212a ? 0x6b : 0
}

interface Automaton {
  readonly next: Int32Array
  /** The words of each state. */
  readonly found: Int32Array
}

interface Node {
  readonly children: Map<number, Node>
  number: number
  /** Groups of which a trigger ends here. */
  readonly groups: number[]
}

/** Of each unit of ASCII, the unit that stands for it: letters in lower case, 0 for any digit. */
export const folded: readonly number[] = Array.from({ length: rowUnits }, (_, unit) => {
  const char = String.fromCharCode(unit).toLowerCase()
  return (char >= '0' && char <= '9' ? '0' : char).charCodeAt(0)
})

/** Aho and Corasick's automaton: the state is the longest start of a trigger that the text so far ends in. */
function automaton(groups: readonly (readonly string[])[], wordCount: number): Automaton {
  const root = newNode()
  groups.forEach((triggers, group) => {
    for (const trigger of triggers) insert(root, trigger, group)
  })
  const nodes = breadthFirst(root)
  const next = new Int32Array(nodes.length * rowUnits)
  const found = new Int32Array(nodes.length * wordCount)
  // Of each node, where its longest proper suffix stands; breadth first, so that a suffix is complete before it is used.
  const fallback = new Int32Array(nodes.length)
  for (const node of nodes) {
    const back = fallback[node.number] ?? 0
    const at = node.number * wordCount
    for (const group of node.groups)
      setBits(found, at + Math.floor(group / groupsPerWord), 1 << (group % groupsPerWord))
    if (node.number !== 0)
      for (let word = 0; word < wordCount; word += 1)
        setBits(found, at + word, found[back * wordCount + word] ?? 0)
    for (let unit = 0; unit < rowUnits; unit += 1) {
      const child = node.children.get(folded[unit] ?? 0)
      const ofSuffix = node.number === 0 ? 0 : (next[back * rowUnits + unit] ?? 0)
      if (child !== undefined) fallback[child.number] = ofSuffix >> 7
      next[node.number * rowUnits + unit] = child === undefined ? ofSuffix : child.number * rowUnits
    }
  }
  markEnds(next, found, wordCount)
  return { next, found }
}

/** Marks each transition to a state that finds something. */
function markEnds(next: Int32Array, found: Int32Array, wordCount: number): void {
  const ends = new Uint8Array(next.length / rowUnits)
  found.forEach((word, at) => {
    if (word !== 0) ends[Math.floor(at / wordCount)] = endsHere
  })
  for (let place = 0; place < next.length; place += 1)
    setBits(next, place, ends[(next[place] ?? 0) >> 7] ?? 0)
}

function setBits(words: Int32Array, at: number, bits: number): void {
  words[at] = (words[at] ?? 0) | bits
}

function insert(root: Node, trigger: string, group: number): void {
  let node = root
  for (let index = 0; index < trigger.length; index += 1) {
    const unit = folded[trigger.charCodeAt(index)] ?? 0
    let child = node.children.get(unit)
    if (child === undefined) node.children.set(unit, (child = newNode()))
    node = child
  }
  node.groups.push(group)
}

function newNode(): Node {
  return { children: new Map(), number: 0, groups: [] }
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
