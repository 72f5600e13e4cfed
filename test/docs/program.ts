/** The program under its name, as a package would install it. */
import { chmod, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { tempFolder } from '../ingest/support.ts'
import { root } from './pages.ts'

/** A folder for the PATH. */
export async function programFolder(): Promise<string> {
  const folder = await tempFolder()
  const file = path.join(folder, 'forewarn')
  const flags = '--disable-warning=ExperimentalWarning --disable-warning=TimeoutNegativeWarning'
  await writeFile(file, `#!/bin/sh\nexec "${process.execPath}" ${flags} "${path.join(root, 'src/main.ts')}" "$@"\n`)
  await chmod(file, 0o755)
  return folder
}
