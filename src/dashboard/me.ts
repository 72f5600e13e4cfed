/** Who looks, and what may be done. */
import { signal } from '@preact/signals'
import type { Me } from '../serve/contracts.ts'

export const me = signal<Me | undefined>(undefined)
