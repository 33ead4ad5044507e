/** What no verification finds, each as it stands in `docs/LIMITS.md`. */
export const undetectable: readonly string[] = [
  'An act that was never sent is not detected.',
  'A record that was false when it was sealed verifies.',
  'The collector’s clock is believed.',
  'A log that nobody named is not missed.',
  'Texts are verified where their keys are.',
  'Until it is sealed, the owner of the collector’s machine can change a record unseen.',
  'False hashes from a replaced engine are not detected.',
  'The tables beside the records are recomputed, not sealed.',
  'Reads outside the API leave no trace in the ledger.',
  'The service’s own check can be stopped.',
]
