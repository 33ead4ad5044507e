/** Something an operator should know. Told once for each occurrence; a failing disk or store is told at each attempt. */
export interface CollectorEvent {
  readonly kind: 'log_problem' | 'store_retry' | 'internal'
  /** One sentence; never holds a secret. */
  readonly message: string
}
