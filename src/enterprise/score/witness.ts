/** Who hears of every event that a row keeps and of every one that is taken back, as the fold passes: labels must not hang on what a row still holds later. */
import type { LogRecord } from '../../log/port.ts'

/** An event by its row and the hash of its id, two words. */
export type EventKey = { row: number; high: number; low: number }

export type KeptEvent = EventKey & { type: number; occurredMs: number; record: LogRecord }

export type Witness = {
  kept(event: KeptEvent): void
  /** Told whether the row still holds the event or not. */
  takenBack(event: EventKey): void
}
