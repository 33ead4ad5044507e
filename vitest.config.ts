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
        test: { name: 'unit', include: ['packages/*/src/**/*.test.ts', 'test/tidy/**/*.test.ts'] },
      },
      {
        extends: true,
        test: {
          name: 'system',
          include: ['test/{engine,e2e,conformance,faults,examples}/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
