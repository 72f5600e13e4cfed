/** `npm run bench -- NAME [--json]`: runs one benchmark; with --json its last line is one JSON object. */
const benches: Readonly<Record<string, () => Promise<(json: boolean) => Promise<void>>>> = {
  fold: async () => (await import('./fold.ts')).benchFold,
  warn: async () => (await import('./warn.ts')).benchWarn,
}

const [name, ...rest] = process.argv.slice(2)
const bench = name === undefined ? undefined : benches[name]
if (bench === undefined) {
  process.stderr.write(`usage: npm run bench -- ${Object.keys(benches).join('|')} [--json]\n`)
  process.exitCode = 2
} else {
  await (await bench())(rest.includes('--json'))
}
