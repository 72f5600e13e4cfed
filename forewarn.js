#!/usr/bin/env -S node --disable-warning=ExperimentalWarning --disable-warning=TimeoutNegativeWarning
/** The program in a checkout: `node forewarn.js COMMAND`. Before it serves pages they are built of their sources, unless they are. */
import './src/oldNode.js'

const asked = process.argv.slice(2)
const pagesAreServed =
  (['serve', 'demo'].includes(asked[0]) &&
    !asked.some((word) => ['--exit', '--no-pages', '--help', '-h'].includes(word))) ||
  (asked[0] === 'run' && asked.includes('--serve'))
if (pagesAreServed) {
  const { ensurePages } = await import('./scripts/ensurePages.ts')
  await ensurePages()
}

await import('./src/main.ts')
