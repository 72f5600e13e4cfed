/** Pages over a large read model: lists, live changes, building, size, what looking costs the fold, and the first view in a browser. */
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pagesFolder } from '../src/cli/run/pagesFolder.ts'
import { openEmbeddedLog } from '../src/log/embedded/embeddedLog.ts'
import { Store } from '../src/readmodel/store.ts'
import { textIn } from '../src/readmodel/values.ts'
import { storedWarning } from '../src/readmodel/warningRecord.ts'
import { loadProfile } from '../src/settings/profiles.ts'
import { askedMs } from './dashboard/asks.ts'
import { firstView } from './dashboard/firstView.ts'
import { fill, type Size, wholeSize } from './dashboard/fixture.ts'
import { foldCostPercent } from './dashboard/foldCost.ts'
import { visibleMs } from './dashboard/live.ts'
import { serve } from './dashboard/serving.ts'
import { storySeconds } from './dashboard/story.ts'
import { type BenchOptions, printResult, progress } from './options.ts'

const pairs = 3

/** `--only lists`: without browser and demo; `cost`: what looking costs alone; `story`: how soon the demo shows it. `--days` of the demo, 40 unless given. */
export async function benchDashboard(options: BenchOptions): Promise<void> {
  const { only, days = 40 } = options
  if (only === 'story') return printResult({ storySeconds: await storySeconds() }, options)
  const cost = only === 'lists' ? null : await foldCostPercent(pairs, days)
  if (only === 'cost') return printResult({ foldCostPercent: cost }, options)
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-dashboard-'))
  try {
    printResult({ ...(await large(folder, options)), foldCostPercent: cost }, options)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function large(folder: string, { only }: BenchOptions): Promise<object> {
  const profile = await loadProfile('cn')
  const size: Size = wholeSize
  const file = path.join(folder, 'pages.sqlite')
  const store = Store.open(file, 'bench')
  const rebuildSeconds = fill(store, profile, size)
  store.write(() => store.run('ANALYZE'))
  progress(`built in ${rebuildSeconds.toFixed(1)} s`)
  const readModelBytes = ['', '-wal'].reduce((sum, end) => sum + bytesOf(`${file}${end}`), 0)
  const log = await openEmbeddedLog({ path: path.join(folder, 'log'), mode: 'write' })
  const serving = await serve(store, profile, log, pagesFolder())
  try {
    const asked = await askedMs(serving.address)
    progress(JSON.stringify(asked))
    const [row] = store.all("SELECT record FROM warning_change WHERE axis = 'cell' ORDER BY tick DESC LIMIT 1")
    const { busyCells: cells, ticks, open, ended, enterprises } = size
    return {
      fixture: { cells, ticks, warnings: open + ended, enterprises },
      ...(only === 'lists' ? {} : await firstView(serving.address)),
      ...{ listP95Ms: asked.all, askedP95Ms: asked },
      sseVisibleMs: await visibleMs(serving, log, storedWarning(textIn(row, 'record'))),
      ...{ rebuildSeconds, readModelBytes },
    }
  } finally {
    await serving.close()
    store.close()
    await log.close()
  }
}

const bytesOf = (file: string): number => (existsSync(file) ? statSync(file).size : 0)
