/** Writes every call of AWS that the workflow makes, with what grants it, into docs/security.md. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { table, withSection } from '../section';
import { COMMANDS, INTEGRATIONS, NEVER_MADE, WITHOUT_A_CALL } from './commands';

interface Stack {
  resource: Record<string, Record<string, object>>;
  data: Record<string, Record<string, object>>;
}

interface Grant {
  sid: string;
  action: string;
}

/** A call that somebody makes with a role, and the grants that cover it. */
export interface Call {
  /** A function, by its folder, or a part of the stack. */
  by: string;
  call: string;
  grants: Grant[];
}

export interface Calls {
  calls: Call[];
  /** Calls without a grant. */
  holes: string[];
  /** Grants without a call. */
  unused: string[];
  /** Entries of `NEVER_MADE` for a call that is not in the code, or is granted. */
  outdated: string[];
}

/** Of a stack that has every function. @param root of the project */
export function callsIn(root: string, stack: Stack): Calls {
  // Every function has the same grants for its logs and traces: one row for all.
  const functions = readdirSync(join(root, 'functions')).filter((name) =>
    existsSync(join(root, 'functions', name, 'handler.ts')),
  );
  const result: Calls = { calls: [], holes: [], unused: [], outdated: [] };
  for (const name of functions) {
    const made = commandsIn(join(root, 'functions', name, 'handler.ts'));
    judge(result, name, grantsOf(stack, `${name}-function_role_permissions`), made);
  }
  judgeStateMachine(result, stack);
  const start = grantsOf(stack, 'object-events_role_permissions');
  result.calls.push({ by: 'object events', call: 'a rule starts an execution', grants: start });
  return result;
}

/** Commands of the SDK in the code of a function, without what esbuild can tell is never used. */
function commandsIn(handler: string): string[] {
  const { outputFiles } = buildSync({
    entryPoints: [handler],
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    write: false,
    logLevel: 'error',
  });
  const found = outputFiles[0]!.text.matchAll(/\bnew (\w+Command)\(|\b(createPresignedPost)\(/g);
  return [...new Set([...found].map(([, command, form]) => command ?? form!))].sort();
}

function judge(result: Calls, by: string, grants: Grant[], made: string[]): void {
  const used = new Set<string>();
  const never = NEVER_MADE[by] ?? [];
  for (const call of made) {
    const alternatives = COMMANDS[call];
    if (!alternatives)
      throw new Error(`Expected ${call} in scripts/calls/commands.ts: which actions does it take?`);
    const actions = alternatives.filter((each) =>
      each.every((action) => grants.some((one) => one.action === action)),
    );
    const granting = grants.filter(({ action }) => actions.flat().includes(action));
    if (granting.length > 0) {
      result.calls.push({ by, call, grants: granting });
      for (const { action } of granting) used.add(action);
    }
    if (granting.length > 0 === never.includes(call)) {
      (granting.length > 0 ? result.outdated : result.holes).push(`${by} ${call}`);
    }
  }
  result.outdated.push(...never.filter((call) => !made.includes(call)).map((call) => `${by} ${call}`));
  for (const { action, sid } of grants) {
    if (used.has(action)) continue;
    const why = WITHOUT_A_CALL[action];
    if (why)
      result.calls.push({
        by: /^(logs|xray):/.test(action) ? 'each function' : by,
        call: why,
        grants: [{ action, sid }],
      });
    else result.unused.push(`${by} ${action} (${sid})`);
  }
}

function judgeStateMachine(result: Calls, stack: Stack): void {
  const by = 'state machine';
  const machines = Object.values(stack.resource['aws_sfn_state_machine']!) as {
    type: string;
    definition: string;
  }[];
  const machine = machines.find(({ type }) => type === 'EXPRESS');
  const grants = grantsOf(stack, 'state-machine_role_permissions');
  const tasks = [...machine!.definition.matchAll(/"Resource":"([^"]+)"/g)].map(([, resource]) => resource!);
  const made = new Map(
    tasks.map((task) => {
      const integration = /^arn:aws:states:::(.*)$/.exec(task)?.[1];
      return integration
        ? [`the integration ${integration}`, INTEGRATIONS[integration]]
        : ['a task invokes its function', 'lambda:InvokeFunction'];
    }),
  );
  for (const [call, action] of made) {
    const granting = grants.filter((grant) => grant.action === action);
    if (granting.length > 0) result.calls.push({ by, call: call!, grants: granting });
    else result.holes.push(`${by} ${call}`);
  }
  const rest = grants.filter(({ action }) => ![...made.values()].includes(action));
  for (const { action, sid } of rest) {
    if (/^(logs|xray):/.test(action))
      result.calls.push({ by, call: 'Step Functions writes logs and traces', grants: [{ action, sid }] });
    else result.unused.push(`${by} ${action} (${sid})`);
  }
}

/** What a role's policy allows, by the start of the id of its document. */
function grantsOf({ data }: Stack, id: string): Grant[] {
  const found = Object.entries(data['aws_iam_policy_document']!).find(([key]) => key.startsWith(id));
  if (!found) throw new Error(`Expected a policy document ${id} in a stack that has every function`);
  const { statement } = found[1] as { statement: { sid: string; actions: string[] }[] };
  return statement.flatMap(({ sid, actions }) => actions.map((action) => ({ sid, action })));
}

export function withCalls(document: string, { calls }: Calls): string {
  const rows = new Map<string, string[]>();
  const shared = (one: Call) => Number(one.by === 'each function');
  for (const { by, call, grants } of [...calls].sort((a, b) => shared(a) - shared(b))) {
    const row = rows.get(`${by} ${call}`) ?? [by, /^\w+$/.test(call) ? `\`${call}\`` : call, '', ''];
    const add = (cell: string, items: string[]) =>
      [...new Set([...cell.split(', ').filter(Boolean), ...items.map((item) => `\`${item}\``)])].join(', ');
    row[2] = add(
      row[2]!,
      grants.map(({ action }) => action),
    );
    row[3] = add(
      row[3]!,
      grants.map(({ sid }) => sid),
    );
    rows.set(`${by} ${call}`, row);
  }
  let last = '';
  const named = [...rows.values()].map(([by = '', ...cells]) => {
    const first = by === last ? '' : `**${by}**`;
    last = by;
    return [first, ...cells];
  });
  return withSection(document, 'the table of calls', table(['who', 'call', 'action', 'granted by'], named));
}
