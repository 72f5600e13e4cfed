/** Which import it is: files are known by their kind and their text, wherever they lie and however they are called and packed. */
import { createHash } from 'node:crypto'
import { ForewarnError } from '../../errors.ts'
import { filesText, type ImportSource, type OpenImport } from '../../fold/imports.ts'
import type { Scanned } from './importOptions.ts'

type SourceFile = ImportSource['files'][number]

/** The id of its first command; the others count on from there. Whatever is imported again in the same way has the same ids. */
export function beginId({ field, profile, files }: ImportSource): string {
  const said = JSON.stringify([field, profile, files.map(({ kind, hash }) => [kind, hash])])
  return `import-${createHash('sha256').update(said).digest('hex').slice(0, 16)}-0`
}

/** The id of its n-th command, counted from 0. */
export function commandId(begin: string, n: number): string {
  return begin.replace(/0$/, String(n))
}

/**
 * Files that were given again, in the order in which the import was begun: it decides the order of records of one time.
 * @throws ForewarnError FW_IMPORT_OTHER, which says what is missing or has changed.
 */
export function inOrderBegun(
  { source: begun }: OpenImport,
  given: ImportSource,
  scanned: readonly Scanned[],
): Scanned[] {
  if (begun === undefined) throw other('an earlier version began it, which did not write down its files')
  const left = new Map(given.files.map((file, at) => [at, file]))
  const ordered: Scanned[] = []
  const missing: SourceFile[] = []
  for (const file of begun.files) {
    const [at] = [...left].find(([, { kind, hash }]) => kind === file.kind && hash === file.hash) ?? []
    if (at === undefined) missing.push(file)
    else {
      left.delete(at)
      ordered.push({ ...scanned[at], file: { ...scanned[at].file, argument: ordered.length } })
    }
  }
  if (missing.length > 0) throw other(whatIsMissing(missing, [...left.values()]))
  if (left.size > 0) throw other(`it has no ${filesText({ ...given, files: [...left.values()] })}`)
  if (begun.field !== given.field)
    throw other(`it was begun ${begun.field === null ? 'without --known-at' : `with --known-at ${begun.field}`}`)
  if (begun.profile !== given.profile)
    throw other(`it was begun with another profile, or the profile has changed since (${begun.profile.slice(0, 12)})`)
  return ordered
}

/** A file that took the place of one of its kind is told beside it: most likely it is that one, changed. */
function whatIsMissing(missing: readonly SourceFile[], given: readonly SourceFile[]): string {
  const rest = [...given]
  const told = missing.map((file) => {
    const at = rest.findIndex(({ kind }) => kind === file.kind)
    const was = filesText({ field: null, profile: '', files: [file] })
    if (at < 0) return `${was} is missing`
    const [now] = rest.splice(at, 1)
    return `${now.kind}=${now.file} (${now.bytes.toLocaleString('en')} bytes) does not have the text of ${was}`
  })
  return told.join('; ')
}

function other(why: string): ForewarnError {
  return new ForewarnError('FW_IMPORT_OTHER', [why])
}
