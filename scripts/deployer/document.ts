/** Writes the permissions of whoever deploys into docs/deploy.md. */
import { withSection } from '../section';
import { actionsFor, CHECKS, needsOf, type Policy, policyOf } from './policies';

type Stack = Parameters<typeof needsOf>[0];

/**
 * @param standard the stack of the default settings
 * @param others stacks of settings that have everything else
 */
export function policiesFor(standard: Stack, others: Stack[]): { standard: Policy; more: Policy } {
  const first = [...actionsFor(needsOf(standard)), ...CHECKS];
  const all = actionsFor([...new Set(others.flatMap(needsOf))]);
  return {
    standard: policyOf([...new Set(first)].sort()),
    more: policyOf(all.filter((action) => !first.includes(action))),
  };
}

export function withDeployer(document: string, standard: Stack, others: Stack[]): string {
  const { standard: base, more } = policiesFor(standard, others);
  const content = [
    'For the default settings, with addresses to notify:',
    code(base),
    'Besides, for all other settings together: a key, a permissions boundary, delivery, the upload API, provisioned concurrency, access logs, and buckets that destroy empties.',
    code(more),
  ].join('\n\n');
  return withSection(document, 'the permissions of the deployer', content);
}

/** A statement in three lines: the lists are long. */
function code({ Version, Statement }: Policy): string {
  const statements = Statement.map(({ Sid, Effect, Action, Resource }) =>
    [
      `    { "Sid": "${Sid}", "Effect": "${Effect}",`,
      `      "Action": ${list(Action)},`,
      `      "Resource": ${list(Resource)} }`,
    ].join('\n'),
  );
  return [
    '```json',
    `{ "Version": "${Version}",`,
    '  "Statement": [',
    statements.join(',\n'),
    '  ] }',
    '```',
  ].join('\n');
}

/** Several to a line, at most 120 characters wide. */
function list(items: string[]): string {
  const lines = [''];
  for (const [index, item] of items.entries()) {
    const text = `"${item}"${index < items.length - 1 ? ',' : ''}`;
    const last = lines.at(-1)!;
    if (last.length > 0 && last.length + text.length > 105) lines.push(text);
    else lines[lines.length - 1] = last ? `${last} ${text}` : text;
  }
  return `[${lines.join('\n        ')}]`;
}
