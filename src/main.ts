#!/usr/bin/env -S node --disable-warning=ExperimentalWarning --disable-warning=TimeoutNegativeWarning
/** The command line. Whoever asks `run` or `demo` to end while the program is still being loaded is heard too. */
import './oldNode.js'
import { keepCompiled } from './cli/compileCache.ts'
import { compileLater } from './cli/compileLater.ts'
import { endWhenAsked, hearSignals } from './cli/run/stopSignal.ts'
import { tellWarning } from './cli/run/warnings.ts'

compileLater()
keepCompiled(process.env)
// Node would print warnings as text between the lines of the log.
process.removeAllListeners('warning')
process.on('warning', tellWarning)
const args = process.argv.slice(2)
if (args[0] === 'run' || args[0] === 'demo') endWhenAsked()
const [{ runProgram }, { forewarnProgram }] = await Promise.all([import('./cli/common.ts'), import('./cli/program.ts')])
const program = await forewarnProgram(args[0])
await hearSignals()
process.exitCode = await runProgram(program, args)
// What failed has been told. A client of Kafka whose brokers are gone goes on trying for minutes, and does not keep the process.
if (process.exitCode !== 0) setTimeout(() => process.exit(), 1_000).unref()
