import { existsSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

/**
 * A file of lines that only grows, written in the background. What cannot be written, as on a full disk, is dropped and
 * reported: a log must not stop what it logs.
 */
export class LineFile {
  #handle: FileHandle | undefined;
  #waiting = '';
  #writing: Promise<void> | undefined;
  #closed: Promise<void> | undefined;
  /** Whether the last line may lack its end: a crash or a full disk may have cut it short. Readers skip empty lines. */
  #cut: boolean;

  /** @param lost receives the reason when lines are dropped, once until a later line is written */
  constructor(
    readonly file: string,
    private readonly lost: (line: string) => void = console.error,
  ) {
    this.#cut = existsSync(file);
  }

  append(line: string): void {
    if (this.#closed) return;
    this.#waiting += `${line}\n`;
    this.#writing ??= this.#write();
  }

  /** Resolves when everything appended so far can be read from the file, unless it was dropped. */
  async flushed(): Promise<void> {
    await (this.#closed ?? this.#writing);
  }

  close(): Promise<void> {
    this.#closed ??= (async () => {
      await this.#writing;
      await this.#handle?.close();
    })();
    return this.#closed;
  }

  async #write(): Promise<void> {
    let losing = false;
    while (this.#waiting) {
      const text = this.#cut ? `\n${this.#waiting}` : this.#waiting;
      this.#waiting = '';
      try {
        this.#handle ??= await open(this.file, 'a');
        await this.#handle.appendFile(text);
        this.#cut = false;
      } catch (error) {
        this.#cut = true;
        if (!losing) this.lost(`${this.file} lacks lines from now on: ${(error as Error).message}`);
        losing = true;
      }
    }
    this.#writing = undefined;
  }
}
