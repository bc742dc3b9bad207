/**
 * Runs `body` on every way a stream may reach the program that is checked: whole, byte by byte, and cut in
 * two at each point. TCP promises order, never chunk borders (RFC 9293 §3.7), so the result must not differ.
 * A failure names the chunking that broke it.
 */
export function everySplit(bytes: Uint8Array, body: (chunks: Buffer[]) => void): void {
  for (const { name, chunks } of splits(bytes)) {
    try {
      body(chunks);
    } catch (error) {
      if (error instanceof Error) error.message = `With the bytes ${name}: ${error.message}`;
      throw error;
    }
  }
}

/** The chunkings themselves, for checks that need to await between chunks. Each call copies the bytes. */
export function* splits(bytes: Uint8Array): Generator<{ name: string; chunks: Buffer[] }> {
  const copy = (start: number, end: number) => Buffer.from(bytes.subarray(start, end));
  yield { name: 'in one chunk', chunks: [copy(0, bytes.length)] };
  yield {
    name: 'one byte at a time',
    chunks: Array.from(bytes, (_, index) => copy(index, index + 1)),
  };
  for (let cut = 1; cut < bytes.length; cut++) {
    yield {
      name: `cut after byte ${cut} of ${bytes.length}`,
      chunks: [copy(0, cut), copy(cut, bytes.length)],
    };
  }
}
