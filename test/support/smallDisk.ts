/** A small file system of its own, for tests of a full disk; null where this process may not mount one. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

export type SmallDisk = {
  folder: string | null
  /** Said in the name of a test that is skipped. */
  skipped: string
  unmount(): void
}

export function mountSmallDisk(sizeMiB: number): SmallDisk {
  const folder = mounted(sizeMiB)
  return {
    folder,
    skipped: folder === null ? ' (skipped: mounting a small tmpfs needs root on Linux)' : '',
    unmount: () => {
      if (folder === null) return
      spawnSync('umount', ['-l', folder]) // lazily: a test that failed may have left the log open
      rmSync(folder, { recursive: true })
    },
  }
}

function mounted(sizeMiB: number): string | null {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return null
  const folder = mkdtempSync(path.join(tmpdir(), 'forewarn-disk-'))
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeMiB}m`, 'tmpfs', folder]).status === 0) return folder
  rmSync(folder, { recursive: true })
  return null
}
