/** The token of a process: what its server asks for, and what commands of the same user show to it. */
import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { ForewarnError, messageOf } from '../errors.ts'
import { closeToOthers } from '../rights.ts'

const file = 'http.token'
const bytes = 32
const ownerOnly = 0o600
const lengthMin = 16

/** FOREWARN_HTTP_TOKEN, or what the file that FOREWARN_HTTP_TOKEN_FILE names holds. @throws ForewarnError FW_USAGE. */
export function tokenOf(env: NodeJS.ProcessEnv): string | undefined {
  const { FOREWARN_HTTP_TOKEN: given, FOREWARN_HTTP_TOKEN_FILE: place } = env
  if (given === undefined && place === undefined) return undefined
  const token = (given ?? contentOf(place ?? '')).trim()
  if (!/^[\x21-\x7e]+$/.test(token) || token.length < lengthMin)
    throw new ForewarnError('FW_USAGE', [
      `${given === undefined ? 'The file of FOREWARN_HTTP_TOKEN_FILE' : 'FOREWARN_HTTP_TOKEN'} must hold at least ${lengthMin} printable characters without blanks.`,
    ])
  return token
}

function contentOf(place: string): string {
  try {
    return readFileSync(place, 'utf8')
  } catch (error) {
    throw new ForewarnError('FW_USAGE', [`FOREWARN_HTTP_TOKEN_FILE ${place} cannot be read: ${messageOf(error)}.`])
  }
}

/** The token of an embedded log's writer, which lies in the log's folder for its owner alone; made when it is not there. */
export function madeToken(folder: string): string {
  const place = path.join(folder, file)
  const known = foundToken(folder)
  closeToOthers(place)
  if (known !== undefined) return known
  const token = randomBytes(bytes).toString('hex')
  writeFileSync(place, `${token}\n`, { mode: ownerOnly })
  return token
}

/** The token that lies in a log's folder, if there is one that this user may read. */
export function foundToken(folder: string): string | undefined {
  try {
    const token = readFileSync(path.join(folder, file), 'utf8').trim()
    return token === '' ? undefined : token
  } catch {
    return undefined
  }
}
