/** How long lists and pages of the large read model take, asked one after the other over HTTP, each in another way than before. */
import { Sources, Status } from '../../src/serve/contracts.ts'
import { Sfc32 } from '../../streams/sfc32.ts'

const rounds = 12

/** Milliseconds by kind of question: 95 of 100 take less. `all`: of lists together. */
export async function askedMs(address: string): Promise<Record<string, number>> {
  const random = new Sfc32(2, 'questions')
  const one = <T>(of: readonly T[]): T => of[random.int(of.length)]
  const region = (): string => one(['110000', '440000', '520000', '320000', '510100', '330200'])
  const ticks = await ticksOf(address)
  const kinds: Record<string, () => string> = {
    overview: () => `/overview?region=${one(['', region()])}`,
    overviewAsOf: () => `/overview?asOf=${one(ticks)}`,
    warnings: () => `/warnings?limit=100&sort=${one(['level', 'tick', 'raised', 'ratio'])}&level=red,orange`,
    warningsAll: () => `/warnings?limit=100&sort=${one(['level', 'tick', 'raised', 'ratio'])}`,
    warningsRegion: () => `/warnings?limit=100&region=${region()}&level=${one(['red', 'orange,yellow', 'calm'])}`,
    warningsText: () => `/warnings?limit=100&q=${encodeURIComponent(one(['510', '新增风险', '20 events']))}`,
    warningsAsOf: () => `/warnings?limit=100&asOf=${one(ticks)}`,
    series: () => `/cells/region/${region()}/-/series`,
    seriesYear: () => `/cells/region/${region()}/-/series?from=${ticks[0]}&statistic=${one(['count', 'risk'])}`,
    enterprisesName: () => `/enterprises?q=${encodeURIComponent(one(['华盛达', '餐饮有限', '贵阳', '盛信']))}`,
    enterprisesId: () => `/enterprises?q=9100000000${random.int(10)}`,
    sources: () => '/sources',
  }
  const found: Record<string, number> = {}
  const lists: number[] = []
  for (const [kind, url] of Object.entries(kinds)) {
    const times: number[] = []
    for (let round = 0; round < rounds; round++) {
      const begun = performance.now()
      const answer = await fetch(`${address}/api/v1${url()}`)
      await answer.arrayBuffer()
      times.push(performance.now() - begun)
      if (!answer.ok) throw new Error(`${kind} is answered ${answer.status}`)
    }
    found[kind] = quantile(times, 0.95)
    if (/^(overview|warnings)/.test(kind)) lists.push(...times)
  }
  return { ...found, all: quantile(lists, 0.95) }
}

async function ticksOf(address: string): Promise<string[]> {
  const { tick } = Status.parse(await (await fetch(`${address}/api/v1/status`)).json())
  return Sources.parse(await (await fetch(`${address}/api/v1/sources?from=${tick.first}`)).json()).ticks
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]
}
