/**
 * What training costs: scorecard and network beside scikit-learn and LightGBM on the same 200,000 x 40 rows and one thread; rows out of a
 * history; our scoring kernels.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Dataset } from '../models/learn/dataset.ts'
import { trainNetwork } from '../models/learn/network.ts'
import { trainScorecard } from '../models/learn/scorecard.ts'
import { logistic } from '../models/math.ts'
import { Random } from '../src/simulate/random.ts'
import { loadTensorFlow } from '../src/training/tensorflow.ts'
import { science } from '../test/support/science.ts'
import { type BenchOptions, printResult, progress } from './options.ts'
import { extractRowsPerSecond } from './train/extract.ts'
import { networkUsPerRow, treesUsPerRow } from './train/kernels.ts'

const [rows, columns] = [200_000, 40]
const epochs = 10
const ridge = 1

export async function benchTrain(options: BenchOptions): Promise<void> {
  const data = rowsOf()
  const scorecardSeconds = await seconds('scorecard', async () => trainScorecard(data, { ridge }))
  const tf = await loadTensorFlow()
  progress(tf.why)
  const networkSeconds = await seconds('network', () =>
    trainNetwork(tf, { fit: data }, { seed: 1, hidden: [32], epochs, batch: 256 }),
  )
  const reference = await pythonSeconds(data)
  printResult(
    {
      rows,
      columns,
      backend: tf.backend,
      networkSeconds,
      scorecardSeconds,
      lightgbmSeconds: reference?.lightgbm ?? null,
      sklearnSeconds: reference?.sklearn ?? null,
      extractRowsPerSecond: await extractRowsPerSecond(),
      kernelUsPerRow: { network: networkUsPerRow(), trees: treesUsPerRow() },
    },
    options,
  )
}

/** Made-up rows: a third of the columns tell something. */
function rowsOf(): Dataset {
  const random = new Random(1, 'bench-train')
  const values = Float64Array.from({ length: rows * columns }, () => random.normal())
  const weights = Float64Array.from({ length: columns }, (_, at) => (at % 3 === 0 ? random.normal() / 2 : 0))
  const labels = Uint8Array.from({ length: rows }, (_, row) => {
    let logOdds = -2
    for (let at = 0; at < columns; at++) logOdds += weights[at] * values[row * columns + at]
    return random.next() < logistic(logOdds) ? 1 : 0
  })
  const blank = new Array<string>(rows).fill('')
  return {
    names: Array.from({ length: columns }, (_, at) => `x${at}`),
    values,
    labels,
    ticks: Int32Array.from({ length: rows }, (_, row) => Math.floor((row * 100) / rows)),
    ids: Array.from({ length: rows }, (_, row) => String(row).padStart(6, '0')),
    regions: blank,
    industries: blank,
    grades: blank,
  }
}

async function seconds(what: string, work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now()
  await work()
  const took = (performance.now() - startedMs) / 1_000
  progress(`${what}: ${took.toFixed(2)} s`)
  return took
}

const script = `
import json, sys, time, numpy as np
from sklearn.linear_model import LogisticRegression
import lightgbm as lgb
rows, columns = ${rows}, ${columns}
x = np.fromfile(sys.argv[1], dtype='<f8').reshape(rows, columns)
y = np.fromfile(sys.argv[2], dtype='u1')
began = time.perf_counter()
LogisticRegression(C=1.0, solver='newton-cholesky', tol=1e-10, max_iter=100).fit(x, y)
sklearn = time.perf_counter() - began
began = time.perf_counter()
lgb.train({'objective': 'binary', 'num_leaves': 15, 'num_threads': 1, 'verbose': -1}, lgb.Dataset(x, y), 100)
print(json.dumps({'sklearn': sklearn, 'lightgbm': time.perf_counter() - began}))
`

/** The same rows in Python, on one thread; undefined where there is none. */
async function pythonSeconds({ values, labels }: Dataset): Promise<{ sklearn: number; lightgbm: number } | undefined> {
  const there = await science.available()
  if (there !== true) {
    progress(there)
    return undefined
  }
  const folder = mkdtempSync(path.join(tmpdir(), 'forewarn-bench-'))
  try {
    const [x, y, program] = ['x', 'y', 'program.py'].map((name) => path.join(folder, name))
    writeFileSync(x, values)
    writeFileSync(y, labels)
    writeFileSync(program, script)
    const one = { OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1', MKL_NUM_THREADS: '1' }
    Object.assign(process.env, one)
    const { sklearn, lightgbm } = JSON.parse(await science.run(program, '', [x, y]))
    return { sklearn: Number(sklearn), lightgbm: Number(lightgbm) }
  } finally {
    rmSync(folder, { recursive: true })
  }
}
