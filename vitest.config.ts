import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { testMsMax, waitMsMax } from './test/support/patience.ts'

/** Tests of what has no state outside of what it is given: their files share a process, which loads the program once instead of for each. */
const pure = ['streams', 'columns', 'learn', 'registry', 'watch', 'fold', 'backtest'].map(
  (folder) => `test/${folder}/**/*.test.ts`,
)

export default defineConfig({
  test: {
    maxWorkers: availableParallelism(), // one less otherwise: of two processors it would use one
    execArgv: ['--disable-warning=TimeoutNegativeWarning'], // kafkajs sets timers with negative times
    testTimeout: testMsMax,
    hookTimeout: testMsMax,
    teardownTimeout: testMsMax,
    expect: { poll: { timeout: waitMsMax, interval: 10 } },
    projects: [
      { extends: true, test: { name: 'pure', include: pure, isolate: false } },
      {
        extends: true,
        test: {
          name: 'apart',
          include: ['test/**/*.test.ts'],
          exclude: pure,
          globalSetup: ['test/kafka/globalSetup.ts'],
        },
      },
    ],
  },
})
