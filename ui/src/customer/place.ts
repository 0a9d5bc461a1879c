/** The town of an address: what follows the post code, if a line begins with one. */
export function placeOf(address: readonly string[]): string | null {
  for (const line of address) {
    const town = /^(?:[A-Z]{1,3}[- ])?\d{4,6},?\s+(\p{L}.*)$/u.exec(line)?.[1];
    if (town) return town;
  }
  return null;
}
