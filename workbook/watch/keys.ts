import type { ReadStream } from 'node:tty';

/** Calls `onKey` with each key pressed, Ctrl-C as `q`. Returns what gives the terminal back as it was. */
export function listenToKeys(stdin: ReadStream, onKey: (key: string) => void): () => void {
  const onData = (data: Buffer) => {
    for (const key of data.toString('utf8')) onKey(key === '\u0003' || key === '\u0004' ? 'q' : key);
  };
  stdin.setRawMode(true);
  stdin.on('data', onData).resume();
  return () => {
    stdin.off('data', onData).pause();
    stdin.setRawMode(false);
  };
}
