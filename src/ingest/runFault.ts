/** A refusal in the bytes of a temporary file: empty for none. */
import { z } from 'zod'
import { errorCodes } from '../errors.ts'
import type { Refusal } from '../records.ts'

const Fault = z.object({ refused: z.enum(errorCodes), detail: z.string() })

export function writeFault(fault: Refusal | undefined): Buffer {
  return fault === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(fault))
}

export function readFault(bytes: Buffer): Refusal | undefined {
  return bytes.length === 0 ? undefined : Fault.parse(JSON.parse(bytes.toString('utf8')))
}
