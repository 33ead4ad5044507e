import { defineConfig } from 'vitest/config'

const conditions = ['@whodid/source', 'node', 'import', 'default']

/** Tests run on the source, unbuilt: every package resolves its neighbours through the `@whodid/source` condition. */
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    projects: [
      {
        extends: true,
        // Property tests and the style guide read a lot; on a busy machine the default of 5 s says nothing.
        test: {
          name: 'unit',
          testTimeout: 60_000,
          include: ['packages/*/src/**/*.test.ts', 'test/tidy/**/*.test.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'system',
          include: ['test/{cluster,engine,e2e,conformance,faults,tampering,examples}/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
