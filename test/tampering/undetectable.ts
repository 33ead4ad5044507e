/** What no verification finds, each as it stands in `docs/LIMITS.md`. */
export const undetectable: readonly string[] = [
  'What was never sent is not missed.',
  'What was false when it was sealed verifies.',
  'The collector’s clock is believed.',
  'A log that nobody named is not missed.',
  'Texts are verified where their keys are.',
  'Until it is sealed, whoever owns the collector’s machine can change a record unseen.',
  'An engine that lies about what it hashed is believed.',
  'The tables beside the records are recomputed, not sealed.',
  'Who only read leaves no trace in it.',
  'A check that does not run finds nothing.',
]
