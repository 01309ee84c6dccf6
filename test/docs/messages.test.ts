import { withSamples } from '../../scripts/messages/samples';
import { document } from './documents';

test('docs/messages.md shows mails as they are written: run `npm run docs`', () => {
  expect(document('messages.md')).toBe(withSamples(document('messages.md')));
});
