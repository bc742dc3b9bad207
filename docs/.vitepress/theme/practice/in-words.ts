const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;

/** A time in ms as a person says it, to the nearest of its largest unit: `3 days`. */
export function inWords(ms: number): string {
  const [name, length] = units.find(([, length]) => ms >= length) ?? units[2];
  const count = Math.max(1, Math.round(ms / length));
  return `${count} ${name}${count === 1 ? '' : 's'}`;
}
