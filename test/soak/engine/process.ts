/** The program of the engine that the soak kills: runs a synthesized stack until it is stopped, and answers its parent's questions. */

import { startWorkflowEngine } from '../../../cli/lib/workflow-engine';
import { type Memory, memory } from './memory';

/** What the parent may ask. */
export interface Questions {
  /** Resolves when nothing waits and nothing runs. */
  idle: () => Promise<null>;
  /** Resident memory of the engine and of its functions, in bytes, after garbage collection. */
  memory: () => Promise<Memory>;
  /** Ends the engine as Ctrl-C does. */
  stop: () => Promise<null>;
}

export type Question = keyof Questions;

interface Options {
  dataDir: string;
  stackFile: string;
}

async function main({ dataDir, stackFile }: Options): Promise<void> {
  const engine = await startWorkflowEngine({ dataDir, stackFile, port: 0, timers: true });
  const answers: Questions = {
    idle: async () => {
      await engine.idle();
      return null;
    },
    memory,
    stop: async () => {
      await engine.close();
      return null;
    },
  };
  process.on('message', async ({ id, question }: { id: number; question: Question }) => {
    const answer = await answers[question]();
    process.send?.({ id, answer }, () => {
      if (question === 'stop') process.exit(0);
    });
  });
  // Nobody would stop it if its parent died.
  process.on('disconnect', () => process.exit(1));
  process.send?.({ id: 0, answer: { endpoint: engine.endpoint, outputs: engine.stack.outputs } });
}

void main(JSON.parse(process.argv[2] as string)).catch((error) => {
  console.error(error);
  process.exit(1);
});
