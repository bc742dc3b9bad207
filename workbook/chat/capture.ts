import { writeFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { PcapWriter, pcapFileHeader } from '../wire/pcap-writer.ts';
import type { Side, TapListener, TappedConnection } from './tap.ts';

/** Bytes that may wait for a slow disk; packets beyond are left out, and are missing in the capture. */
const maxWaiting = 16 * 1024 * 1024;

/**
 * Makes an empty capture: from here on the chat's process, and one that takes its place, adds to it.
 *
 * @throws the error of the file system for a file that cannot be written.
 */
export function createCapture(file: string): void {
  writeFileSync(file, pcapFileHeader());
}

/** Records the chat's WebSockets in a capture. The chat never waits for the disk. */
export class Capture implements TapListener {
  readonly #handle: FileHandle;
  readonly #onError: (error: Error) => void;
  readonly #connections = new Map<TappedConnection, PcapWriter>();
  #waiting: Buffer[] = [];
  #waitingLength = 0;
  #writing: Promise<void> | undefined;
  #failed = false;

  private constructor(handle: FileHandle, onError: (error: Error) => void) {
    this.#handle = handle;
    this.#onError = onError;
  }

  /** Goes on with a file of `createCapture`. `onError` is told once: nothing is recorded after that. */
  static async append(file: string, onError: (error: Error) => void): Promise<Capture> {
    return new Capture(await open(file, 'a'), onError);
  }

  onOpen(connection: TappedConnection): void {
    // A client that is gone already has no address any more.
    if (connection.client.address === '') return;
    this.#connections.set(connection, new PcapWriter(connection, (record) => this.#add(record)));
  }

  onBytes(connection: TappedConnection, from: Side, bytes: Buffer): void {
    this.#connections.get(connection)?.data(from, bytes);
  }

  onEnd(connection: TappedConnection, from: Side): void {
    this.#connections.get(connection)?.end(from);
  }

  onClose(connection: TappedConnection, error: NodeJS.ErrnoException | null): void {
    const writer = this.#connections.get(connection);
    if (error?.code === 'ECONNRESET') writer?.reset('client');
    else writer?.end('server');
    this.#connections.delete(connection);
  }

  /** Writes what waits, and closes the file. */
  async close(): Promise<void> {
    this.#connections.clear();
    await this.#writing;
    await this.#handle.close();
  }

  #add(record: Buffer): void {
    if (this.#failed || this.#waitingLength + record.length > maxWaiting) return;
    this.#waiting.push(record);
    this.#waitingLength += record.length;
    this.#writing ??= this.#writeAll();
  }

  async #writeAll(): Promise<void> {
    try {
      while (this.#waiting.length > 0) {
        const records = Buffer.concat(this.#waiting);
        this.#waiting = [];
        // Counted until they are written: a disk that takes nothing holds them in memory.
        await this.#handle.appendFile(records);
        this.#waitingLength -= records.length;
      }
    } catch (error) {
      this.#failed = true;
      this.#waiting = [];
      this.#onError(error as Error);
    }
    this.#writing = undefined;
  }
}
