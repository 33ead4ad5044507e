export { CheckpointFiles } from './checkpoint-files.ts'
export {
  appendDurably,
  createDurably,
  cutDurably,
  listIfThere,
  makeDirectory,
  orUndefined,
  readIfThere,
  readTextIfThere,
  shortWrite,
  syncDirectory,
  systemFiles,
  writeDurably,
} from './durable.ts'
export type { FilePort, DurableFile } from './durable.ts'
export { HeadFile, loadOrCreateKey } from './key-files.ts'
export {
  isWrapped,
  listKeyFiles,
  masterKeyBytes,
  plainKeys,
  rewrapKeys,
  wrappedKeys,
} from './key-wrapping.ts'
export type { KeyWrapping } from './key-wrapping.ts'
export { lockDirectory } from './lock-directory.ts'
export type { Unlock } from './lock-directory.ts'
export { logName, openLogTrees } from './log-trees.ts'
export type { LogTree, LogTrees } from './log-trees.ts'
export { partialTiles, TileFiles } from './tile-files.ts'
export { createTileReader } from './tile-reader.ts'
