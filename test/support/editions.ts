/** Editions of the tiny profile as folders, and the records that bring them into a log. */

import type { FolderFiles } from '../../src/registry/modelFolder.ts'
import { profileHash, profileIn } from '../../src/registry/profileFolder.ts'
import { chunksOf } from '../../src/settings/registry/chunks.ts'
import type { Profile, ProfileFile } from '../../streams/profile.ts'
import type { CodeRow } from '../../streams/tree.ts'
import type { TestRecord } from './fold.ts'
import { tinySource } from './tinyProfile.ts'

export type TestEdition = { hash: string; files: FolderFiles; profile: Profile }

export type EditionChange = {
  file?: (file: ProfileFile) => object
  regions?: (rows: readonly CodeRow[]) => readonly CodeRow[]
  words?: Readonly<Record<string, string>>
}

/** JSON is YAML. */
const yaml = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value))

const csv = (rows: readonly CodeRow[]): Uint8Array =>
  Buffer.from(
    ['code,parent,name_en,counts_at', ...rows.map((row) => [row.code, row.parent, row.names.en, row.countsAt ?? ''])]
      .map((row) => `${row.toString()}\n`)
      .join(''),
  )

export function edition({ file = (it) => it, regions = (it) => it, words = {} }: EditionChange): TestEdition {
  const files = new Map([
    ['profile.yaml', yaml(file(tinySource.file))],
    ['regions.csv', csv(regions(tinySource.regions))],
    ['industries.csv', csv(tinySource.industries)],
    ['en.yaml', yaml({ ...tinySource.messages.get('en'), ...words })],
  ])
  return { hash: profileHash(files), files, profile: profileIn(files) }
}

/** The profile that logs of these tests are begun with. */
export const first = edition({})

const named = (code: string, parent: string): CodeRow => ({ code, parent, names: { en: code } })

/** Warns of less. */
export const wary = edition({
  file: (file) => ({
    ...file,
    version: '2',
    warnings: { ...file.warnings, eventsMin: 2, budget: { ...file.warnings.budget, counts: 20 } },
  }),
  words: { 'reason.other': '{feature} = {value}' },
})
/** Another type, another source, behind the others. */
export const wider = edition({
  file: (file) => ({
    ...file,
    version: '3',
    eventTypes: [...file.eventTypes, { code: 'CMP.SMELL', group: 'CMP', severity: 2, freshDaysMax: 7 }],
    sources: [...file.sources, { code: 'letter' }],
  }),
})
/** Nodes have other numbers; nothing else. */
const byDepth = (a: CodeRow, b: CodeRow): number => Number(a.parent !== '') - Number(b.parent !== '')
export const renumbered = edition({ regions: (rows) => [...rows].reverse().sort(byDepth) })
/** P1 is dissolved into P2, and there is a county beside it. */
export const merged = edition({
  regions: (rows) => [
    named('N', ''),
    ...rows.filter(({ code }) => code !== 'P1'),
    named('P3', 'P'),
    { ...named('P1', ''), countsAt: 'P2' },
  ],
})
/** What no log takes: a type weighs more. */
export const harsher = edition({
  file: (file) => ({ ...file, eventTypes: file.eventTypes.map((type) => ({ ...type, severity: 5 })) }),
})

export function editionRecords({ hash, files }: Pick<TestEdition, 'hash' | 'files'>, timeMs: number): TestRecord[] {
  return chunksOf('profile', hash, files, 700).map((value) => ({ topic: 'artifacts', key: null, timeMs, value }))
}

export function activation(id: string, timeMs: number, effectiveTick: number, hash: string): TestRecord {
  const value = { id, actor: 'test', kind: 'profile.activate', hash, effectiveTick }
  return { topic: 'commands', key: null, timeMs, value }
}
