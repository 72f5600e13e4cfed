import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/kafka/globalSetup.ts'],
    execArgv: ['--disable-warning=TimeoutNegativeWarning'], // kafkajs sets timers with negative times
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
