/** `2026-11-22 17:40`, where the learner is. `ms`: since 1970. */
export function localTime(ms: number): string {
  const local = new Date(ms - new Date(ms).getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16).replace('T', ' ');
}

/** `21:07`. */
export function minutesAndSeconds(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

export function minutesWord(minutes: number): string {
  return minutes === 1 ? '1 minute' : `${minutes} minutes`;
}
