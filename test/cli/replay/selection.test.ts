import { named } from '../../../cli/replay/selection';

const noteOf = async (key: string, exists = true) =>
  (await named(key, 'uploads', { find: async () => null }, async () => exists)).note;

test('an object without a record is named with the command that sends another event', async () => {
  expect(await noteOf('a/b.jpg')).toContain(
    '\n  aws s3 cp s3://uploads/a/b.jpg s3://uploads/a/b.jpg --metadata-directive REPLACE',
  );
});

test.each(["it's.jpg", 'a b.jpg', "a\\'; touch pwned; #.jpg", 'a\nb.jpg'])(
  'without a command, if a shell might take it for another one: %j',
  async (key) => {
    expect(await noteOf(key)).toContain('copy the object onto itself in the S3 console');
    expect(await noteOf(key)).not.toContain('aws s3');
  },
);

test('an object that is not there is no reason to send an event', async () => {
  expect(await noteOf('a.jpg', false)).toMatch(/^There is no object s3:\/\/uploads\/a\.jpg/);
});
