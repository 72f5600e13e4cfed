/** Words of the pages, names of the profile, numbers and times, all in the language that is shown. */
import { computed, signal } from '@preact/signals'
import type { Words } from '../serve/contracts.ts'
import { ask } from './ask.ts'
import { read, write } from './kept.ts'
import { en } from './words/en.ts'
import { fill, type Values } from './words/fill.ts'
import { type Key, zh } from './words/zh.ts'

export type Language = 'zh' | 'en'
const dictionaries = { zh, en }
const isLanguage = (value: string | null | undefined): value is Language => value === 'zh' || value === 'en'

function firstLanguage(): Language {
  const [asked, chosen] = [new URL(location.href).searchParams.get('lang'), read('language')]
  if (isLanguage(asked)) return asked
  if (isLanguage(chosen)) return chosen
  return navigator.languages.some((one) => one.startsWith('zh')) ? 'zh' : 'en'
}

export const language = signal<Language>(firstLanguage())
/** Names of the profile; undefined until they are there. */
export const words = signal<Words | undefined>(undefined)

language.subscribe((value) => {
  document.documentElement.lang = value === 'zh' ? 'zh-Hans' : 'en'
})

export function switchLanguage(): void {
  language.value = language.value === 'zh' ? 'en' : 'zh'
  write('language', language.value)
  void readWords()
}

let reading: { language: Language; found: Promise<boolean> } | undefined

/** In the language shown, or in one that the profile has. True once they are there. Whoever asks meanwhile waits for the same answer. */
export function readWords(): Promise<boolean> {
  const wanted = language.value
  if (reading?.language === wanted) return reading.found
  const found = readWordsIn(wanted).finally(() => {
    if (reading?.found === found) reading = undefined
  })
  reading = { language: wanted, found }
  return found
}

async function readWordsIn(wanted: Language): Promise<boolean> {
  for (const one of [wanted, 'zh', 'en'])
    try {
      words.value = await ask<Words>(`/api/v1/words/${one}`)
      return true
    } catch {
      // a profile without this language, or no log yet
    }
  return false
}

export function say(key: Key, values: Values = {}): string {
  const shown = Object.entries(values).map(([name, value]) => [
    name,
    typeof value === 'number' ? { count: value, text: number(value) } : value,
  ])
  return fill(dictionaries[language.value][key], Object.fromEntries(shown))
}

/** The sentence of a record in the language shown, else in the one that it has. */
export const sentence = (sentences: Readonly<Record<string, string>>): string =>
  sentences[language.value] ?? Object.values(sentences)[0] ?? ''

type Kind = 'regions' | 'industries' | 'types' | 'groups' | 'sources' | 'grades' | 'bands'
const kinds: readonly Kind[] = ['regions', 'industries', 'types', 'groups', 'sources', 'grades', 'bands']
const named = computed(() => {
  const of = words.value
  return new Map(kinds.map((kind) => [kind, new Map(of?.[kind].map(({ code, name }) => [code, name]) ?? [])]))
})
const parents = computed(() => ({
  regions: new Map(words.value?.regions.map(({ code, parent }) => [code, parent]) ?? []),
  industries: new Map(words.value?.industries.map(({ code, parent }) => [code, parent]) ?? []),
}))

export function nameOf(kind: Kind, code: string): string {
  const name = named.value.get(kind)?.get(code)
  if (name !== undefined && name !== code) return name
  if (code === 'UNKNOWN' || code.endsWith('UNKNOWN')) return say('name.unknown')
  return code === 'OTHER' ? say('name.other') : code
}

/** `region` · `industry`, without the whole. */
export function placeOf({ region, industry }: { region: string; industry: string }): string {
  const [place, line] = [nameOf('regions', region), nameOf('industries', industry)]
  if (region === '' || industry === '') return region === '' && industry !== '' ? line : place
  return `${place} · ${line}`
}

export const parentOf = (kind: 'regions' | 'industries', code: string): string => parents.value[kind].get(code) ?? ''

const locale = computed(() => (language.value === 'zh' ? 'zh-CN' : 'en-GB'))
const formats = computed(() => ({
  whole: new Intl.NumberFormat(locale.value, { maximumFractionDigits: 0 }),
  tenth: new Intl.NumberFormat(locale.value, { maximumFractionDigits: 1, minimumFractionDigits: 1 }),
  fine: new Intl.NumberFormat(locale.value, { maximumSignificantDigits: 2 }),
  percent: new Intl.NumberFormat(locale.value, { style: 'percent', maximumFractionDigits: 0 }),
  finePercent: new Intl.NumberFormat(locale.value, { style: 'percent', maximumFractionDigits: 1 }),
}))

/** Counts whole; below ten, what is no count with one digit; very little with two that say something. */
export function number(value: number): string {
  const { whole, tenth, fine } = formats.value
  const size = Math.abs(value)
  if (Number.isInteger(value) || size >= 10) return whole.format(value)
  return size >= 0.1 ? tenth.format(value) : fine.format(value)
}

export const percent = (value: number): string => formats.value.percent.format(value)
export const finePercent = (value: number): string => formats.value.finePercent.format(value)

export const signed = (value: number): string => (value < 0 ? `−${number(-value)}` : `+${number(value)}`)

const hourMs = 3_600_000
const minuteMs = 60_000

/** What a tick of the profile is, in the plural. */
export function unitName(): string {
  const unit = words.value?.tickUnit
  return say(unit === 'hour' || unit === 'week' ? `unit.${unit}` : 'unit.day')
}

/** A tick by its label: `2026-02-13` -> 2月13日, 13 Feb. */
export function tickName(label: string, { year = false, weekday = false } = {}): string {
  const [day, hour] = label.split('T')
  const date = new Date(`${day}T00:00:00Z`)
  if (Number.isNaN(date.getTime())) return label
  const text = new Intl.DateTimeFormat(locale.value, {
    ...{ timeZone: 'UTC', month: language.value === 'zh' ? 'long' : 'short', day: 'numeric' },
    ...(year ? { year: 'numeric' } : {}),
    ...(weekday ? { weekday: 'long' } : {}),
  }).format(date)
  return hour === undefined ? text : `${text} ${hour}:00`
}

/** An instant in the time of the bureau, whatever the browser's zone is. */
export function instant(iso: string, { seconds = false } = {}): string {
  const local = new Date(Date.parse(iso) + (words.value?.utcOffsetMinutes ?? 0) * minuteMs)
  if (Number.isNaN(local.getTime())) return iso
  const text = local.toISOString()
  return `${text.slice(0, 10)} ${text.slice(11, seconds ? 19 : 16)}`
}

export function ago(ms: number): string {
  if (ms < minuteMs) return say('age.seconds', { n: Math.max(0, Math.round(ms / 1_000)) })
  if (ms < 2 * hourMs) return say('age.minutes', { n: Math.round(ms / minuteMs) })
  return ms < 48 * hourMs
    ? say('age.hours', { n: Math.round(ms / hourMs) })
    : say('age.days', { n: Math.round(ms / (24 * hourMs)) })
}
