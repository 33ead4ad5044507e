/** Resolves as the work does, or false when the time is up first. Its timer keeps the process alive meanwhile. */
export function within(work: Promise<boolean>, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      resolve(false)
    }, timeoutMs)
    void work.then((result) => {
      clearTimeout(timer)
      resolve(result)
    })
  })
}

/** Resolves after so many milliseconds; at once for fewer than none. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, Math.max(ms, 0))
  })
}
