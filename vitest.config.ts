import { defineConfig } from 'vitest/config'

const conditions = ['@whodid/source', 'node', 'import', 'default']

// The command shows local time where that is not UTC; what it prints must not depend on where the tests run.
process.env['TZ'] = 'UTC'

/** Tests run on the source, unbuilt: every package resolves its neighbours through the `@whodid/source` condition. */
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    projects: [
      {
        extends: true,
        // Property tests and the style guide read a lot; on a busy machine the defaults of 5 s and 1 s say nothing.
        test: {
          name: 'unit',
          testTimeout: 120_000,
          hookTimeout: 120_000,
          expect: { poll: { timeout: 60_000 } },
          include: [
            'packages/*/src/**/*.test.ts',
            'bench/src/**/*.test.ts',
            'dashboards/src/**/*.test.ts',
            'test/{deploy,identity,secrets,tidy}/**/*.test.ts',
          ],
        },
      },
      {
        extends: true,
        test: {
          name: 'system',
          include: [
            'test/{cluster,engine,e2e,conformance,faults,tampering,examples,instrumentation}/**/*.test.ts',
          ],
          testTimeout: 600_000,
          hookTimeout: 600_000,
          expect: { poll: { timeout: 60_000 } },
          // A file waits for processes and disks for most of its time: two at once use the two cores that the smallest machine has.
          maxWorkers: 2,
        },
      },
    ],
  },
})
