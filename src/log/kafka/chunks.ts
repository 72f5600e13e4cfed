/** Records cut into calls that a broker takes: one batch a partition and call, under a megabyte. */
import { kafkaBatchBytesMax, kafkaCallBytesMax } from '../../limits.ts'
import type { NewRecord } from '../port.ts'
import { type Place, placeKey } from './place.ts'
import type { PartitionRecords } from './wire/produce.ts'
import { recordBytesAtMost } from './wire/writeBatch.ts'

export type Placed = { place: Place; record: NewRecord }

/** Records of a partition keep their order, within a call and from one to the next. */
export function* chunks(placed: Iterable<Placed>): Iterable<PartitionRecords[]> {
  let call = new Call()
  for (const { place, record } of placed) {
    const bytes = recordBytesAtMost(record)
    if (!call.takes(place, bytes)) {
      yield call.all
      call = new Call()
    }
    call.add(place, record, bytes)
  }
  if (call.all.length > 0) yield call.all
}

type Growing = { place: Place; records: NewRecord[]; bytes: number }

class Call {
  readonly all: Growing[] = []
  readonly #byPlace = new Map<string, Growing>()
  /** Records of one place mostly come together. */
  #last: Growing | undefined
  #bytes = 0

  takes(place: Place, bytes: number): boolean {
    const batch = this.#of(place)
    return (
      (batch === undefined || batch.bytes + bytes <= kafkaBatchBytesMax) &&
      (this.#bytes === 0 || this.#bytes + bytes <= kafkaCallBytesMax)
    )
  }

  add(place: Place, record: NewRecord, bytes: number): void {
    const batch = this.#of(place) ?? this.#begin(place)
    batch.records.push(record)
    batch.bytes += bytes
    this.#bytes += bytes
    this.#last = batch
  }

  #of(place: Place): Growing | undefined {
    return this.#last?.place === place ? this.#last : this.#byPlace.get(placeKey(place))
  }

  #begin(place: Place): Growing {
    const batch = { place, records: [], bytes: 0 }
    this.all.push(batch)
    this.#byPlace.set(placeKey(place), batch)
    return batch
  }
}
