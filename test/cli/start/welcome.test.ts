import { settingOf } from '../../../cli/start/welcome';

test.each([
  ['linux', 'export AWS_ACCESS_KEY_ID=local AWS_DEFAULT_REGION=eu-west-1'],
  ['win32', '$env:AWS_ACCESS_KEY_ID="local"; $env:AWS_DEFAULT_REGION="eu-west-1"'],
] as const)('on %s, variables are set as the shell there does it', (platform, line) => {
  expect(settingOf({ AWS_ACCESS_KEY_ID: 'local', AWS_DEFAULT_REGION: 'eu-west-1' }, platform)).toBe(line);
});
