/** How long from a record in the log until a page that listens has heard of it. */
import { readModelEveryMs } from '../../src/limits.ts'
import type { Log } from '../../src/log/port.ts'
import type { Warning } from '../../streams/warnings.ts'
import type { Serving } from './serving.ts'

const changes = 10

/** Median in milliseconds. The log is looked at as often as `forewarn serve` looks at one that nothing wakes. */
export async function visibleMs({ address, follow }: Serving, log: Log, like: Warning): Promise<number> {
  const over = new AbortController()
  const answer = await fetch(`${address}/api/v1/stream?topics=warning`, { signal: over.signal })
  const reader = answer.body?.getReader()
  if (reader === undefined) throw new Error('there is no stream')
  let looking = Promise.resolve()
  const looks = setInterval(() => {
    looking = looking.then(follow)
  }, readModelEveryMs)
  const times: number[] = []
  try {
    for (let change = 0; change < changes; change++) {
      const warning = { ...like, id: `count.live.${change}` }
      await log.append('cell-warnings', 0, [
        { key: null, timeMs: Date.now(), value: Buffer.from(JSON.stringify(warning)) },
      ])
      const begun = performance.now()
      for (let text = ''; !text.includes(`"${warning.id}"`); ) {
        const { value, done } = await reader.read()
        if (done) throw new Error('the stream ended')
        text += Buffer.from(value).toString('utf8')
      }
      times.push(performance.now() - begun)
    }
  } finally {
    clearInterval(looks)
    over.abort()
    await looking
  }
  return times.sort((a, b) => a - b)[Math.floor(changes / 2)]
}
