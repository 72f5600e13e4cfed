import { defineConfig } from 'vitest/config'
import { testMsMax, waitMsMax } from './test/support/patience.ts'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/kafka/globalSetup.ts'],
    execArgv: ['--disable-warning=TimeoutNegativeWarning'], // kafkajs sets timers with negative times
    testTimeout: testMsMax,
    hookTimeout: testMsMax,
    teardownTimeout: testMsMax,
    expect: { poll: { timeout: waitMsMax, interval: 10 } },
  },
})
