import { text } from './arguments';
import type { Block } from './block';
import type { FunctionUrl, LambdaFunction } from './model';
import { oneOf } from './nested';

/**
 * @throws Error for a function that the stack doesn't have, a URL that is open to everyone, or one that streams its answers
 */
export function functionUrl(block: Block, functions: LambdaFunction[]): FunctionUrl {
  const name = text(block, 'function_name');
  const fn = functions.find((each) => each.name === name || each.arn === name);
  if (!fn) throw new Error(`Expected a function of the stack for function_name but received ${name}`);
  oneOf(block.get('authorization_type'), ['AWS_IAM'], 'authorization_type');
  oneOf(block.get('invoke_mode') ?? 'BUFFERED', ['BUFFERED'], 'invoke_mode');
  return {
    id: text(block, 'url_id'),
    domain: new URL(text(block, 'function_url')).host,
    functionName: fn.name,
    functionArn: fn.arn,
    versionArn: fn.qualifiedArn,
  };
}
