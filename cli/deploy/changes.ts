/** Checks what a deploy would do to what is deployed already, by Terraform's state. */
import { type Configuration, type Resource, resources } from '../lib/configuration';
import type { AppliedResource, State } from '../lib/state';
import { ask, type Finding, note, stop } from './finding';

/** @param state of the last deploy; undefined before the first */
export function checkChanges(configuration: Configuration, state: State | undefined): Finding[] {
  if (!state) return [];
  return [...checkKey(configuration, state), ...checkNames(configuration, state)];
}

/** A key is not destroyed while anything is still encrypted with it by the last deploy. */
function checkKey(configuration: Configuration, { resources: applied }: State): Finding[] {
  const key = applied.find(({ type }) => type === 'aws_kms_key')?.attributes['arn'];
  if (typeof key !== 'string' || resources(configuration, 'aws_kms_key').length > 0) return [];
  const users = applied.filter((resource) => isEncryptedWith(key, resource));
  return users.length > 0
    ? [
        stop(
          `encryption.customerManagedKey would go from true to false at once. That deletes the key ${key}, and with it whatever was encrypted with it: objects, messages and logs. Set it to "keep" and deploy: nothing new is encrypted with the key then, and everything can still be read. docs/deploy.md#turn-off-the-customer-managed-key says what to copy before you set it to false.`,
        ),
      ]
    : [
        note(
          `The key ${key} will be deleted in 30 days, and whatever is still encrypted with it is lost then. Until then "aws kms cancel-key-deletion" brings it back.`,
        ),
      ];
}

/** Roles may use the key as long as it is there, whether anything is encrypted with it or not. */
const isEncryptedWith = (key: string, { type, attributes }: AppliedResource): boolean =>
  !/^aws_(kms|iam)_/.test(type) && JSON.stringify(attributes).includes(key);

/** Every name begins with `namePrefix`, and AWS can change hardly any. */
function checkNames(configuration: Configuration, { resources: applied }: State): Finding[] {
  const before = applied.find(({ type }) => type === 'aws_dynamodb_table')?.attributes;
  const [[, after] = []] = resources(configuration, 'aws_dynamodb_table');
  if (!before || !after) return [];
  const moves = [
    ...changed('namePrefix', prefixOf(before), prefixOf(after)),
    ...changed('region', regionOf(before), configuration.provider.aws[0]!.region),
  ];
  if (moves.length === 0) return [];
  return [
    ask(
      `${moves.join(', and ')}: Terraform would replace everything. It deletes the queues with the events in them, the topics with their confirmed subscriptions, the logs and the functions, and stops at a bucket that holds objects and at a table that is protected, with half of the stack gone. To keep what is there, deploy a second stack instead, with settings and a backend of its own, and move (docs/deploy.md#environments).`,
    ),
  ];
}

const changed = (setting: string, from: string, to: string) =>
  from === to ? [] : [`${setting} would go from "${from}" to "${to}"`];

const prefixOf = ({ name }: Resource) => String(name).replace(/-records$/, '');

const regionOf = ({ arn }: Resource) => String(arn).split(':')[3] ?? '';
