/** An option of V8 that it no longer has would be told at each start, and change nothing. */
import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { laterFlag } from '../../src/cli/compileLater.ts'

it('names an option that V8 has', () => {
  const options = execFileSync(process.execPath, ['--v8-options'], { encoding: 'utf8' })
  const [name] = laterFlag.split('=')
  expect(options).toMatch(new RegExp(`^  ${name} `, 'm'))
})
