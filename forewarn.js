#!/usr/bin/env -S node --disable-warning=ExperimentalWarning --disable-warning=TimeoutNegativeWarning
/** The program in a checkout: `node forewarn.js COMMAND`. */
import './src/oldNode.js'

await import('./src/main.ts')
