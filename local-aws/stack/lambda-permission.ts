import { text } from './arguments';
import type { Block } from './block';
import type { LambdaFunction, PolicyStatement } from './model';
import { parsePolicy } from './policy';

/**
 * One statement in a function's policy. It applies to the function as it is named here: with a version only if `qualifier`
 * names one.
 *
 * @returns the statement, and the ARN it protects
 * @throws Error if the stack has no such function
 */
export function lambdaPermission(
  block: Block,
  functions: LambdaFunction[],
): { arn: string; statement: PolicyStatement } {
  const name = text(block, 'function_name');
  const fn = functions.find((each) => each.name === name || each.arn === name);
  if (!fn) throw new Error(`Expected a function of the stack for function_name but received ${name}`);
  const optional = (argument: string) => block.get(argument) as string | undefined;
  const qualifier = optional('qualifier');
  const arn = qualifier ? `${fn.arn}:${qualifier}` : fn.arn;
  const principal = text(block, 'principal');
  const source = optional('source_arn');
  const account = optional('source_account');
  const authType = optional('function_url_auth_type');
  const equals = {
    ...(account && { 'aws:SourceAccount': account }),
    ...(authType && { 'lambda:FunctionUrlAuthType': authType }),
  };

  const { Statement } = parsePolicy(
    {
      Statement: {
        Sid: optional('statement_id'),
        Effect: 'Allow',
        Principal: { [principal.endsWith('.amazonaws.com') ? 'Service' : 'AWS']: principal },
        Action: text(block, 'action'),
        Resource: arn,
        Condition: {
          ...(source && { ArnLike: { 'aws:SourceArn': source } }),
          ...(Object.keys(equals).length > 0 && { StringEquals: equals }),
        },
      },
    },
    'resource',
  );
  return { arn, statement: Statement[0]! };
}
