import { addDurationFloor } from '../complete.js'
import type { DurationFloors } from '../offers.js'
import type { ProtobufReader } from './reader.js'

/** DurFloors, one of a list. Cases are tags. */
export function readDurationFloor(reader: ProtobufReader, floors: DurationFloors): void {
  let minS = 0
  let maxS = 0
  let cpm = 0
  const end = reader.open()
  while (reader.at < end) {
    const tag = reader.int()
    switch (tag) {
      case 0x08: // mindur
        minS = reader.int()
        break
      case 0x10: // maxdur
        maxS = reader.int()
        break
      case 0x19: // bidfloor
        cpm = reader.double()
        break
      default:
        reader.skip(tag)
    }
  }
  reader.close(end)
  addDurationFloor(floors, minS, maxS, cpm)
}
