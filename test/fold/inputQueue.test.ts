/** An input whose records are packed: beat by beat it gives what was put in, wherever a beat ends, after any restart, and in a replay. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { RecordPacker } from '../../src/columns/packedRecords.ts'
import { InputQueue } from '../../src/fold/inputQueue.ts'
import { takenBefore } from '../../src/fold/replay.ts'
import { MiB } from '../../src/limits.ts'
import type { Log, LogRecord } from '../../src/log/port.ts'
import { inputsOf } from '../../src/log/topology.ts'
import { memoryLog } from '../support/fold.ts'

const seed = 20_261_130
const beatMs = 1_000
const input = inputsOf({ kind: 'watch' }, 1).filter(({ name }) => name === 'parts')[0]

/** Beats in groups, each group one record; a part of each beat says its number. */
async function logOf(groups: readonly (readonly number[])[]): Promise<Log> {
  const log = await memoryLog(1)
  const packer = new RecordPacker()
  for (const beats of groups) {
    for (const beat of beats) packer.add(beat * beatMs, Buffer.from(String(beat)))
    await log.append('cell-parts', 0, [packer.take('enterprise-0')])
  }
  return log
}

const said = (records: readonly LogRecord[]): number[] => records.map(({ value }) => Number(Buffer.from(value)))

/** Some beats have two pages, and a group may end between them. */
const groups = fc
  .tuple(
    fc.array(fc.nat(2), { minLength: 1, maxLength: 30 }),
    fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1 }),
  )
  .map(([gaps, sizes]) => {
    let beat = 100
    const beats = gaps.map((gap) => {
      beat += gap
      return beat
    })
    const found: number[][] = []
    for (let from = 0, at = 0; from < beats.length; from += sizes[at++ % sizes.length])
      found.push(beats.slice(from, from + sizes[at % sizes.length]))
    return found
  })
const steps = fc.array(
  fc.record({ ahead: fc.integer({ min: 0, max: 5 }), after: fc.constantFrom('go on', 'restart', 'rewind') }),
  { maxLength: 20 },
)

it('beat by beat', async () => {
  await fc.assert(
    fc.asyncProperty(groups, steps, async (of, taking) => {
      const log = await logOf(of)
      const all = of.flat()
      const { end } = await log.range('cell-parts', 0)
      let queue = new InputQueue(log, input, beatMs, { position: 0, maxTimeMs: Number.NEGATIVE_INFINITY })
      const folded: { beat: number; cut: number; beats: number[] }[] = []
      let beat = 99
      for (const { ahead, after } of [...taking, { ahead: 1_000, after: 'go on' as const }]) {
        beat += ahead
        while (!queue.readTo(end)) await queue.fetch(ahead === 2 ? 1 : MiB, Number.POSITIVE_INFINITY)
        const taken = said(queue.takeThrough(beat))
        folded.push({ beat, cut: queue.position, beats: taken })
        if (after === 'rewind') queue.rewind()
        if (after === 'restart')
          queue = new InputQueue(log, input, beatMs, {
            ...{ position: queue.position, beat },
            maxTimeMs: queue.foldedMaxTimeMs,
          })
      }
      expect(folded.flatMap(({ beats }) => beats)).toEqual(all)
      for (const one of folded) expect(one.beats.every((it) => it <= one.beat)).toBe(true)
      const replay = [new InputQueue(log, input, beatMs, { position: 0, maxTimeMs: Number.NEGATIVE_INFINITY })]
      for (const one of folded) {
        const [again] = await takenBefore(replay, { beat: one.beat, cuts: [one.cut] })
        expect(said(again)).toEqual(one.beats)
      }
    }),
    { seed, numRuns: 200 },
  )
})

it('lets go of what was taken, though nothing is fetched after it', async () => {
  const queue = new InputQueue(await logOf([[100, 101, 102, 103], [104]]), input, beatMs, {
    position: 0,
    maxTimeMs: Number.NEGATIVE_INFINITY,
  })
  await queue.fetch(MiB, Number.POSITIVE_INFINITY)
  const taken = [new WeakRef(queue.takeThrough(103)[0]), new WeakRef(queue.takeThrough(104)[0])]
  await new Promise((resolve) => setImmediate(resolve)) // until then a reference holds what it was made for
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  expect(taken.map((one) => one.deref())).toEqual([undefined, undefined])
})
