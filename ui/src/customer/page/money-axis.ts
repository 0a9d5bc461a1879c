/** Lines of an axis, from nothing to the first round sum that is not below the most: 0, 2000, 4000, 6000 for 4200. */
export function moneyAxis(most: number): number[] {
  if (!(most > 0)) return [0, 1];
  const power = 10 ** Math.floor(Math.log10(most));
  const step = [0.2, 0.25, 0.5, 1, 2].find((share) => share * power * 4 >= most) ?? 5;
  const lines = Math.ceil(most / (step * power));
  return Array.from({ length: lines + 1 }, (_, n) => n * step * power);
}
