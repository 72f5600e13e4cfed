/** Pages as people see them, over one demo: in a real browser, in both languages, on a desk and on a telephone. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { programs } from '../deploy/programs.ts'
import { describeIfAvailable } from '../support/available.ts'
import { longTestMsMax } from '../support/patience.ts'
import { accessibleTests } from './accessible.ts'
import { badInputTests } from './badInput.ts'
import { liveTests } from './live.ts'
import { paperTests } from './paper.ts'
import { readingTests } from './reading.ts'
import { type Stage, setStage } from './stage.ts'

describeIfAvailable(programs('chromium'), 'pages', () => {
  const stage: { now: Stage | undefined } = { now: undefined }
  const get = (): Stage => {
    if (stage.now === undefined) throw new Error('the stage is not set')
    return stage.now
  }
  beforeAll(async () => {
    stage.now = await setStage()
    await stage.now.runUntil('warnings of the first outbreak', ({ tick }) => (tick.closed ?? '') >= '2026-01-20')
  }, longTestMsMax)
  afterAll(() => stage.now?.end())

  describe('reading', () => readingTests(get))
  describe('accessible to all', () => accessibleTests(get))
  describe('on paper', () => paperTests(get))
  describe('live', () => liveTests(get))
  describe('bad input', () => badInputTests(get))
  test('no page broke the policy, or asked anybody else', () => {
    expect(get().wrong).toEqual([])
  })
})
