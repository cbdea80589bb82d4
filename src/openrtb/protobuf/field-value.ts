/**
 * A JSON value as the protobuf field of it has it, read as what it most likely means.
 *
 * @param type a scalar of the schema's.
 * @returns a string for text and 64-bit numbers, a number, a boolean; `undefined` where it can't be.
 */
export function fieldValue(type: string, value: unknown): string | number | boolean | undefined {
  switch (type) {
    case 'string':
      // A native request or answer that JSON holds as an object is text here.
      return typeof value === 'object' ? JSON.stringify(value) : String(value)
    case 'bool':
      return value === true || Number(value) === 1
    case 'int64':
    case 'fixed64':
      return /^-?\d{1,20}$/.test(String(value)) ? String(value) : undefined
    default: {
      const number = Number(value)
      if (!Number.isFinite(number)) return undefined
      return type === 'int32' ? Math.trunc(number) : number
    }
  }
}
