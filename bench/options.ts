/** What every benchmark is told. */
export type BenchOptions = {
  json: boolean
  /** Folder for the CPU profile of the measured process. */
  cpuProf: string | undefined
  /** Folder of the harness of `peers`. */
  peers: string | undefined
  /** `chicago`: only the folds inside the training rows. */
  folds: boolean
  /** `hostile`: only these attacks, commas between them. */
  only: string | undefined
  /** `embedded`: days of the sparse market. */
  days?: number | undefined
  /** `soak`: how long. */
  minutes?: number | undefined
  /** `--seeds A-B,C`: the seeds to draw from, where a benchmark draws. */
  seeds?: readonly number[] | undefined
  /** `noufaily`: the seed, and series a scenario. */
  seed?: number | undefined
  replicates?: number | undefined
  /** `link`: a built-in model by name, or a folder, in place of the profile's. */
  model?: string | undefined
}

/** 1, 3, 4, 5 of `1,3-5`. @throws Error for anything else. */
export function seedsOf(text: string): number[] {
  return text.split(',').flatMap((range) => {
    const [from, to = from, ...more] = range.split('-').map(Number)
    if (!(Number.isSafeInteger(from) && Number.isSafeInteger(to) && from <= to) || more.length > 0)
      throw new Error(`--seeds must be A-B or a list of such, as 1,3-5, not ${text}`)
    return Array.from({ length: to - from + 1 }, (_, at) => from + at)
  })
}

/** @throws Error for what is no whole number >= 0. */
export function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new Error(`${text} is no whole number`)
  return Number(text)
}

/** The result, on the last line of standard output. */
export function printResult(result: object, { json }: BenchOptions): void {
  console.log(json ? JSON.stringify(result) : JSON.stringify(result, null, 2))
}

export function progress(line: string): void {
  process.stderr.write(`${line}\n`)
}
