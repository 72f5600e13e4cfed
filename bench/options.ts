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
}

/** The result, on the last line of standard output. */
export function printResult(result: object, { json }: BenchOptions): void {
  console.log(json ? JSON.stringify(result) : JSON.stringify(result, null, 2))
}

export function progress(line: string): void {
  process.stderr.write(`${line}\n`)
}
