/** Food inspections of Chicago under the profile chicago-food, as docs/ingest.md says. The data are not in this repository. */
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import { parse } from 'csv-parse/sync'
import { beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { forewarn, forewarnJson, projectFolder } from './forewarn.ts'
import { accountOf, sumOf, tempFolder, textsIn } from './support.ts'

const data = path.resolve(projectFolder, '../shared/data/chicago-food')
const there = existsSync(data)
const skipped = there
  ? ''
  : ' (skipped: the inspections are not at ../shared/data/chicago-food; docs/ingest.md says where they are)'

const inspections = ['inspections_1.csv.gz', 'inspections_2.csv.gz'].map((name) => path.join(data, name))
const modelTable = path.join(data, 'model_table_with_published_score.csv.gz')
const Rows = z.array(z.record(z.string(), z.string()))
const Event = z.object({ id: z.string(), type: z.string(), occurredAt: z.string(), attributes: z.json().optional() })

function rowsOf(file: string): z.infer<typeof Rows> {
  return Rows.parse(parse(gunzipSync(readFileSync(file)), { columns: true }))
}

function count(keys: readonly string[]): Record<string, number> {
  return Object.fromEntries([...Map.groupBy(keys, (key) => key)].map(([key, those]) => [key, those.length]))
}

describe.skipIf(!there)(`food inspections${skipped}`, () => {
  let folder: string
  let imported: Record<string, unknown>
  let totals: Record<string, unknown>
  let visits: z.infer<typeof Rows>
  let events: z.infer<typeof Event>[]

  beforeAll(async () => {
    folder = await tempFolder()
    const log = ['--log', `embedded:${folder}/log`, '--profile', 'chicago-food']
    const files = ['places', 'risks', 'visits'].flatMap((name) => inspections.map((file) => `${name}=${file}`))
    imported = await forewarnJson(['ingest', ...log, ...files, `plans=${modelTable}`])
    const { code, out, err } = await forewarn(['run', ...log, '--until-end', '--log-level', 'error', '--json'])
    expect({ code, err }).toEqual({ code: 0, err: '' })
    totals = JSON.parse(out)
    visits = inspections.flatMap(rowsOf)
    events = (await textsIn(`${folder}/log`, 'risk-events')).map((text) => Event.parse(JSON.parse(text)))
  })

  test('takes every row, and refuses none', () => {
    expect(visits).toHaveLength(27_600)
    expect(imported).toMatchObject({
      records: { enterprises: 27_600, 'credit-grades': 27_600, 'risk-events': events.length },
      refused: {},
      leftOut: 0,
      from: '2011-09-01T18:00:00.000Z',
      to: '2014-12-31T05:00:00.000Z',
    })
  })

  test('gives one visit a row, and what else the row says', () => {
    const wanted = visits.flatMap(({ Results, criticalCount, seriousCount, minorCount }) => {
      const [critical, serious, minor] = [criticalCount, seriousCount, minorCount].map(Number)
      return [
        critical > 0 ? 'VIS.CRITICAL' : 'VIS.OTHER',
        ...(critical === 0 && serious === 0 && minor <= 2 ? ['CLN.CLEAN'] : []),
        ...(Results === 'Pass' ? [] : [Results === 'Fail' ? 'NPS.FAIL' : 'NPS.CONDITIONS']),
        ...(serious > 0 ? ['SER.SERIOUS'] : []),
        ...(minor > 0 ? ['MIN.MINOR'] : []),
      ]
    })
    const found = events.map(({ type }) => type).filter((type) => type !== 'PLN.CANVASS')
    expect(count(found)).toEqual(count(wanted))
    expect(count(found)['CLN.CLEAN']).toBe(6_250)
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length)
  })

  test('plans each visit of the model table on the day before, with its group of inspectors', () => {
    const colours = ['blue', 'brown', 'green', 'orange', 'purple', 'yellow']
    const wanted = rowsOf(modelTable).map(
      ({ Inspection_ID: id, Inspection_Date: day, Inspector_Assigned: colour }) =>
        `p-${id} ${new Date(Date.parse(day) - 6 * 3_600_000).toISOString()} ${colours.indexOf(colour) + 1}`,
    )
    const plans = events.filter(({ type }) => type === 'PLN.CANVASS')
    const found = plans.map(({ id, occurredAt, attributes }) => `${id} ${occurredAt} ${Object(attributes).inspector}`)
    expect(found).toHaveLength(18_712)
    expect(found.sort()).toEqual(wanted.sort())
  })

  test('gives each record one fate; what a licence says again is a duplicate, and nothing is dead', async () => {
    const records = 2 * 27_600 + events.length
    expect(totals).toMatchObject({ events: records, enterprises: 12_367 })
    expect(totals.fates).toMatchObject({ stale: 0, conflict: 0, retraction: 0, dead: 0 })
    expect(sumOf(totals.fates)).toBe(records)
    const account = await accountOf(`${folder}/log`)
    expect(account).toMatchObject({ records, rows: records + account.commands })
    expect(account.fates.duplicate).toBeLessThan(2 * (27_600 - 12_367)) // grades and places only
  })
})
