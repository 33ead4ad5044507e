/**
 * Texts that a migration had before it was fixed for good, by their checksums, in ledgers that were made then. `same`: the
 * table is the same, but for settings of its merges and blocks, which no row and no answer depends on. `again`: the statement
 * replaces what it made, and is run once more. A ledger with a text that is not here was made by a version that this one
 * does not know the rows of.
 *
 * No migration is edited any more (`clickhouse/checksums.txt` holds them to it), so that nothing need be added.
 */
export const earlierMigrations: Readonly<
  Record<string, Readonly<Record<string, 'same' | 'again'>>>
> = {
  '0001_create_spans.sql': {
    '7d908b8e31d845dbd84f48484c5553934385e796a594a54e422e5a1406f5bc3b': 'same',
    '5825329fec55fdc4fb4387d76bd32d84d521d1df702bf5675ec0544093dccd13': 'same',
    // Without the constraint that 0010 takes away.
    '42c042edbc9626dc0efad609e96605b8fe460be3212ec54379ffcc65d6e096f1': 'same',
  },
  '0002_create_actions.sql': {
    '5c5409d296c53a5a86c6448c582c4155552867e3f6147abe2f76664d98346916': 'same',
    bbba1a798ef230df7d5d6bd1ba466b10da7db13d5257a09af2f704036a00e127: 'same',
    bd4b77d4689abec37d9aa309ab1cdd27e568ebd7fa54b20a93888688c0e4027a: 'same',
  },
  '0005_create_who_did_when.sql': {
    '6c7511cd8b31ec05cb85e62a232ea4d5c7d6aa68a92a623a96bb6e60e31b361d': 'again',
  },
  '0007_create_threads.sql': {
    '28a2612ae0084f4a7759288e20836ff554338781eb8d5c2fa6400c11f6da45cc': 'same',
  },
  '0009_create_contents.sql': {
    f2c5786186d2e2f5eebafb1dceee77838fcd2ab06b145c593625eb6059c2a28c: 'same',
  },
}
