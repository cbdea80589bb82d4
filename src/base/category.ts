/** Categories as they are compared: `Shoes > Running`, `shoes/running`, `Shoes | Running` and `Shoes › Running` are one. */

/** In lower case, steps parted by `/` without blanks; '' where there is no step. */
export function plainCategory(category: string): string {
  return category
    .normalize('NFC')
    .toLowerCase()
    .split(/[/>|›»]/)
    .map((step) => step.trim())
    .filter((step) => step !== '')
    .join('/')
}
