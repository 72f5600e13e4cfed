/** What kind of warning it is, as a table for each: shares on both sides of every bound. */
import { describe, expect, test } from 'vitest'
import { kindOf, levelHeld, neighbourShare, type Shares } from '../../src/watch/kinds.ts'
import { type WarningKind, warningKinds } from '../../streams/warnings.ts'

const many = { effectiveEnterprises: 12 }

describe.each<[WarningKind, [string, Shares][], [string, Shares, WarningKind][]]>([
  [
    'return-after-silence',
    [
      ['a fifth of what came was kept back', { ...many, ofBacklog: 0.2 }],
      [
        'whatever else it looks like',
        { effectiveEnterprises: 1, ofBacklog: 0.5, stale: 0.9, ofUploader: 1, ofSource: 1, ofGrades: 1 },
      ],
    ],
    [['less was', { ...many, ofBacklog: 0.19 }, 'many-enterprises']],
  ],
  [
    'batch-upload',
    [['stale records of one source', { ...many, stale: 0.2, ofUploader: 0.6 }]],
    [
      ['fresh ones', { ...many, stale: 0.19, ofUploader: 0.9, ofSource: 0.9 }, 'one-source'],
      ['of several sources', { ...many, stale: 0.9, ofUploader: 0.59 }, 'many-enterprises'],
    ],
  ],
  [
    'one-enterprise',
    [['nearly all of one', { effectiveEnterprises: 1.9, ofType: 1 }]],
    [
      ['of two', { effectiveEnterprises: 2, ofType: 1 }, 'one-type'],
      ['nobody knows of whom', { effectiveEnterprises: 0 }, 'many-enterprises'],
    ],
  ],
  [
    'worse-grades',
    [['half of the rise is the mix', { ...many, ofGrades: 0.5 }]],
    [['less is', { ...many, ofGrades: 0.49 }, 'many-enterprises']],
  ],
  [
    'spill-over',
    [['a neighbour rose before, as much', { ...many, ofNeighbour: 1 }]],
    [['less', { ...many, ofNeighbour: 0.99 }, 'many-enterprises']],
  ],
  [
    'one-source',
    [['four of five events above the usual', { ...many, ofSource: 0.8, ofType: 0.9 }]],
    [['fewer', { ...many, ofSource: 0.79 }, 'many-enterprises']],
  ],
  [
    'one-type',
    [['four of five events above the usual', { ...many, ofSource: 0.5, ofType: 0.8 }]],
    [['fewer', { ...many, ofType: 0.79 }, 'many-enterprises']],
  ],
  ['many-enterprises', [['nothing stands out', many]], []],
])('%s', (kind, yes, no) => {
  test.each(yes)('%s', (_, shares) => expect(kindOf(shares)).toBe(kind))
  if (no.length > 0) test.each(no)('not: %s', (_, shares, other) => expect(kindOf(shares)).toBe(other))
})

test('artefacts stand one level lower, blue at least; all else as it was called for', () => {
  const lower = ['return-after-silence', 'batch-upload', 'one-enterprise']
  for (const kind of warningKinds) {
    const isLower = lower.includes(kind)
    expect((['calm', 'blue', 'yellow', 'orange', 'red'] as const).map((level) => levelHeld(level, kind))).toEqual(
      isLower ? ['calm', 'blue', 'blue', 'yellow', 'orange'] : ['calm', 'blue', 'yellow', 'orange', 'red'],
    )
  }
})

test('a neighbour counts if it rose before, by the strongest', () => {
  const own = { roseInTick: 20, excess: 0.5 }
  const beside = [
    { node: 1, roseInTick: 18, excess: 0.4 },
    { node: 2, roseInTick: 19, excess: 1 },
    { node: 3, roseInTick: 20, excess: 9 },
  ]
  expect(neighbourShare(own, beside)).toBe(2)
  expect(neighbourShare(own, beside.slice(2))).toBe(0)
  expect(neighbourShare({ roseInTick: 20, excess: 0 }, beside)).toBe(0)
})
