/** The pages begin: what may be trusted is asked first, and everything else beside it. */
import './look/base.css'
import './look/frame.css'
import './look/parts.css'
import './look/pages.css'
import { render } from 'preact'
import type { Me, Status } from '../serve/contracts.ts'
import { followLinks } from './address.ts'
import { App } from './app.tsx'
import { ask } from './ask.ts'
import { readClock } from './demo/clock.ts'
import { readWords, words } from './language.ts'
import { follow, status, takeStatus } from './live/stream.ts'
import { me } from './me.ts'

async function readStatus(): Promise<void> {
  const said = await ask<Status>('/api/v1/status').catch(() => undefined)
  if (said !== undefined) takeStatus(said)
}

async function readMe(): Promise<void> {
  me.value = await ask<Me>('/api/v1/me').catch(() => undefined)
  if (me.value?.can.clock !== true) return
  document.documentElement.dataset.demo = 'true'
  await readClock()
}

const root = document.getElementById('app')
if (root !== null) {
  followLinks()
  render(<App />, root)
  void readStatus()
  void readWords()
  void readMe()
  void follow()
  // Before there is a log there are no names; they are asked for with the first news of one.
  status.subscribe((said) => {
    if (said?.profile != null && words.peek() === undefined) void readWords()
  })
}
