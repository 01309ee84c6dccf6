import { environmentOf } from '../../../local-aws/lambda/environment';
import type { LambdaFunction } from '../../../local-aws/stack/model';

const fn = { name: 'f', version: '1', handler: 'index.handler', environment: { OWN: 'yes' } };

/** The function's environment if the engine has these variables. */
function environmentWith(variables: Record<string, string>) {
  const before = { ...process.env };
  Object.assign(process.env, variables);
  try {
    return environmentOf(fn as unknown as LambdaFunction, {
      folder: '/task',
      runtimeApi: '127.0.0.1:1',
      endpoint: 'http://127.0.0.1:2',
      region: 'us-east-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' } as never,
      modulePaths: [],
    });
  } finally {
    for (const name of Object.keys(variables)) delete process.env[name];
    Object.assign(process.env, before);
  }
}

test('VS Code can attach to a function, like to any process that a debugged program starts', () => {
  const variables = { VSCODE_INSPECTOR_OPTIONS: '{}', NODE_OPTIONS: '--no-warnings' };
  expect(environmentWith(variables)).toMatchObject({ ...variables, OWN: 'yes' });
});

test('without a debugger, options for the Node of the engine do not reach a function', () => {
  expect(environmentWith({ NODE_OPTIONS: '--no-warnings' })).not.toHaveProperty('NODE_OPTIONS');
});
