/** docs/fold.md rule 15 and docs/science.md section 8: levels, day by day. */
import { it } from 'vitest'
import { play } from '../../support/play.ts'

it('raised within the day, and further by what the next gathers; then down one level after three quiet days each', async () => {
  await play(`
    day    cell   events  from  level
    1-27   P1/Y   4       4     calm
    1-27   P2/X   4       4     calm
    1-27   P2/Y   4       4     calm
    1-27   Q/X    4       4     calm
    1-27   Q/Y    4       4     calm
    1-14   P1/X   4       4     calm
    15     P1/X   15      8     yellow early
    16     P1/X   18      8     red early
    17     P1/X   18      8     red
    18-19  P1/X   4       4     red
    20-22  P1/X   4       4     orange
    23-25  P1/X   4       4     yellow
    26-27  P1/X   4       4     blue`)
})

it('what two enterprises bring is no warning, however much it is', async () => {
  await play(`
    day    cell   events  from  level
    1-18   P1/Y   4       2     calm
    1-18   P2/X   4       4     calm
    1-18   P2/Y   4       4     calm
    1-18   Q/X    4       4     calm
    1-18   Q/Y    4       4     calm
    1-14   P1/X   4       2     calm
    15     P1/X   60      2     calm
    16-17  P1/X   60      2     calm
    18     P1/X   60      3     red early`)
})

it('what one day cannot say several gather: not by the first, nor by one three days later', async () => {
  await play(`
    day    cell   events  from  level
    1-22   P1/Y   4       4     calm
    1-22   P2/X   4       4     calm
    1-22   P2/Y   4       4     calm
    1-22   Q/X    4       4     calm
    1-22   Q/Y    4       4     calm
    1-14   P1/X   4       4     calm
    15     P1/X   12      8     calm
    16-17  P1/X   4       4     calm
    18     P1/X   12      8     calm
    18     /X     0       0     calm
    19     P1/X   4       4     calm
    20     P1/X   12      8     blue early
    20     /X     0       0     calm`)
})

it('an industry that rises everywhere is told of once; its cells and regions, which rise by it alone, are not', async () => {
  await play(`
    day    cell   events  from  level
    1-17   P1/Y   4       4     calm
    1-17   P2/Y   4       4     calm
    1-17   Q/Y    4       4     calm
    1-14   P1/X   4       4     calm
    1-14   P2/X   4       4     calm
    1-14   Q/X    4       4     calm
    15-17  P1/X   14      8     calm
    15-17  P2/X   14      8     calm
    15-17  Q/X    14      8     calm
    15     /X     0       0     orange early
    16-17  /X     0       0     orange
    16-17  Q/     0       0     calm
    16-17  P1/    0       0     calm
    16-17  /Y     0       0     calm`)
})
