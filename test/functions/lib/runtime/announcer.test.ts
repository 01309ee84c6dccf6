import { detailOf } from '../../../../contract/messages/outcome-event';
import { announcerFrom, SILENT } from '../../../../functions/lib/runtime/announcer';
import { environmentOf } from '../../../../functions/lib/runtime/environment';

const message = { schema: 1, status: 'DONE' } as const;
const announcer = () => announcerFrom(environmentOf<'notify'>());

const before = { ...process.env };
afterEach(() => {
  process.env = { ...before };
});

test('where the settings ask for events, an answer has the event of its message', () => {
  Object.assign(process.env, { EVENTS: 'on', WORKFLOW_NAME: 'pics' });
  expect(announcer()(message)).toEqual({ event: detailOf(message, 'pics') });
});

test.each([undefined, ''])('where they do not (%j), it has none', (value) => {
  process.env['WORKFLOW_NAME'] = 'pics';
  if (value === undefined) delete process.env['EVENTS'];
  else process.env['EVENTS'] = value;
  expect(announcer()).toBe(SILENT);
  expect(announcer()(message)).toEqual({});
});

test('a function whose workflow has no name cannot announce', () => {
  Object.assign(process.env, { EVENTS: 'on', WORKFLOW_NAME: '' });
  expect(announcer).toThrow('WORKFLOW_NAME');
});
