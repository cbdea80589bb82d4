/**
 * The best of many without sorting them: afterwards the first `bestCount` of `order` are the slots with the largest
 * values, of equal ones those with the larger number, in no particular order. O(count); allocates nothing.
 */
export function selectBest(
  values: Float64Array,
  numbers: Int32Array,
  order: Int32Array,
  count: number,
  bestCount: number,
): void {
  for (let i = 0; i < count; i++) order[i] = i
  let low = 0
  let high = count - 1
  while (low < high && bestCount > low && bestCount <= high) {
    const pivot = order[(low + high) >>> 1]!
    const value = values[pivot]!
    const number = numbers[pivot]!
    let left = low
    let right = high
    while (left <= right) {
      while (isBetter(values, numbers, order[left]!, value, number)) left++
      while (isWorse(values, numbers, order[right]!, value, number)) right--
      if (left > right) break
      const other = order[left]!
      order[left++] = order[right]!
      order[right--] = other
    }
    if (bestCount <= right + 1) high = right
    else if (bestCount >= left) low = left
    else return
  }
}

const isBetter = (
  values: Float64Array,
  numbers: Int32Array,
  slot: number,
  value: number,
  number: number,
): boolean => values[slot]! > value || (values[slot] === value && numbers[slot]! > number)

const isWorse = (
  values: Float64Array,
  numbers: Int32Array,
  slot: number,
  value: number,
  number: number,
): boolean => values[slot]! < value || (values[slot] === value && numbers[slot]! < number)
