/** A time in ms as a stopwatch shows it, in minutes and seconds: `3:07`, `61:00`. */
export function clock(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** The same in words, to the minute, to be read aloud. */
export function inMinutes(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  return minutes === 1 ? '1 minute' : `${minutes} minutes`;
}
