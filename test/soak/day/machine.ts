/** The machine of a busy day: an engine that can be killed, on a disk that can be full, by a clock that can be set. */

import { readdirSync, renameSync, writeFileSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { synthesize } from '../../../cli/lib/synthesize';
import { type Clients, clientsOf } from '../clients';
import { EngineProcess } from '../engine/engine';
import { type Disk, makeDisk } from './disk';

export class Machine {
  readonly log: string;
  readonly dataDir: string;
  /** The clock's difference from the real time, in milliseconds. */
  clock = 0;
  #engine: (EngineProcess & { endpoint: string; outputs: Record<string, unknown> }) | undefined;
  #clients: Promise<Clients> = Promise.reject(new Error('The engine has not been started'));
  #broken: (error: Error) => void = () => {};
  /** Rejects when the engine has ended though nobody killed it, or doesn't start again. */
  readonly broken: Promise<never>;

  private constructor(
    private readonly folder: string,
    private readonly stackFile: string,
    readonly disk: Disk,
  ) {
    this.log = path.join(folder, 'engine.log');
    this.dataDir = path.join(disk.folder, 'data');
    this.#clients.catch(() => {});
    this.broken = new Promise((_, reject) => {
      this.#broken = reject;
    });
    this.broken.catch(() => {});
  }

  /** @param folder for the stack and for what the engine prints */
  static async start(folder: string): Promise<Machine> {
    const stackFile = await synthesize(path.join(folder, 'synth'));
    const machine = new Machine(folder, stackFile, await makeDisk());
    await mkdir(machine.dataDir, { recursive: true });
    machine.#writeClock();
    await machine.#open();
    return machine;
  }

  /** Resolves when an engine runs. */
  clients = (): Promise<Clients> => Promise.race([this.#clients, this.broken]);

  ask: EngineProcess['ask'] = (question) => (this.#engine as EngineProcess).ask(question);

  /** How many events it has accepted and not yet processed. */
  waiting = (): number => readdirSync(path.join(this.dataDir, 'events')).length;

  /** Ends the engine in the middle of whatever it does, and starts it again. */
  async kill(): Promise<void> {
    await this.#engine?.kill();
    await this.#open();
  }

  /** @param milliseconds for how long nothing can be written */
  async fillDisk(milliseconds: number): Promise<void> {
    await this.disk.fill();
    try {
      await sleep(milliseconds);
    } finally {
      await this.disk.empty();
    }
  }

  /** @param by milliseconds forward, or backward if negative */
  setClock(by: number): void {
    this.clock += by;
    this.#writeClock();
    const engine = this.#engine;
    if (engine) this.#clients = Promise.resolve(clientsOf(engine, this.clock));
  }

  /** Ends the engine; everything stays on the disk. */
  async end(): Promise<void> {
    await this.#engine?.kill();
  }

  async remove(): Promise<void> {
    await this.end();
    await this.disk.remove();
    await rm(this.folder, { recursive: true });
  }

  /** Replaced in one step, since processes may be reading it. */
  #writeClock(): void {
    writeFileSync(`${this.#clockFile}.new`, String(this.clock));
    renameSync(`${this.#clockFile}.new`, this.#clockFile);
  }

  get #clockFile(): string {
    return path.join(this.folder, 'clock');
  }

  async #open(): Promise<void> {
    this.#clients = this.#start();
    this.#clients.catch(this.#broken);
    await this.#clients;
  }

  async #start(): Promise<Clients> {
    const engine = await EngineProcess.start({
      dataDir: this.dataDir,
      stackFile: this.stackFile,
      log: this.log,
      preload: [path.join(__dirname, 'clock.cjs'), ...this.disk.preload],
      environment: { SOAK_CLOCK: this.#clockFile, ...this.disk.environment },
    });
    this.#engine = engine;
    void engine.ended.then(({ asked, how }) => {
      if (!asked) this.#broken(new Error(`The engine ended by itself: ${how}. See ${this.log}`));
    });
    return clientsOf(engine, this.clock);
  }
}
