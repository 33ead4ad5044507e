import type { Output } from './command.ts'

const progressAfterMs = 2_000

/** Says `line` once when `work` takes longer than 2 s, and resolves as `work` does. */
export async function showProgress<Result>(
  stderr: Output,
  line: string,
  work: Promise<Result>,
): Promise<Result> {
  const timer = setTimeout(() => stderr.write(`${line}\n`), progressAfterMs)
  try {
    return await work
  } finally {
    clearTimeout(timer)
  }
}
