/** One tool call, the same for all that are measured. */
export interface ToolCallShape {
  readonly tool: string
  readonly resource: string
  readonly args: Readonly<Record<string, unknown>>
  /** The tool itself. */
  readonly body: () => Promise<unknown>
}

/** What records calls, and is measured by it. */
export interface Subject {
  readonly name: string
  /** Makes one call and its record. */
  call(): Promise<void>
  /** Sends what was recorded and waits for the answer. */
  flush(): Promise<unknown>
  stop(): Promise<unknown>
}

/** CPU of one block, in seconds of all threads of this process. */
export interface Block {
  /** Until the last call had returned; nothing was sent. */
  readonly made: number
  /** Until all of it was taken by the other side. */
  readonly sent: number
}

/** Makes blocks of calls with each in turn, in alternating order, so that what else the machine does weighs on all alike. */
export async function measureBlocks(
  subjects: readonly Subject[],
  { blocks, callsPerBlock }: { blocks: number; callsPerBlock: number },
): Promise<Map<string, Block[]>> {
  const taken = new Map<string, Block[]>(subjects.map(({ name }) => [name, []]))
  for (let block = 0; block < blocks; block += 1)
    for (const subject of block % 2 === 0 ? subjects : subjects.toReversed())
      taken.get(subject.name)?.push(await measureBlock(subject, callsPerBlock))
  return taken
}

async function measureBlock(subject: Subject, calls: number): Promise<Block> {
  const before = process.cpuUsage()
  for (let call = 0; call < calls; call += 1) await subject.call()
  const made = secondsSince(before)
  await subject.flush()
  return { made, sent: secondsSince(before) }
}

function secondsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1e6
}
