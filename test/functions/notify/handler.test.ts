import { recordId, sourceOf } from '../../../contract/source';
import { type AwsAnswers, fakeAws, TOPIC } from '../aws';
import { captureMetrics } from '../emitted';
import { created, EXECUTION, imageOf, thumbnailOf } from '../support';

captureMetrics('pics');
const invoke = fakeAws();

const source = sourceOf(created());
const url = 'https://cdn.example/canyon.jpg?v=0';
const state = {
  ...created(),
  image: imageOf(source),
  thumbnails: { schema: 1, items: [thumbnailOf(source, { url })] },
  record: { schema: 1, id: recordId(source), status: 'DONE', notified: false },
};
const answers: AwsAnswers = { Publish: () => ({ MessageId: 'm' }), UpdateItem: () => ({}) };
const notify = (variables: Record<string, string>, changes: AwsAnswers = {}) =>
  invoke('notify', { execution: EXECUTION, state }, { ...answers, ...changes }, variables);

test('publishes the message to the topic of the settings, and answers with its id', async () => {
  const { answer, inputs } = await notify({ EVENTS: '' });
  expect(answer).toEqual({ schema: 1, messageId: 'm' });
  expect(inputs[0]).toMatchObject({
    TopicArn: TOPIC,
    Subject: 'canyon.jpg: 1 thumbnail ready',
    Message: expect.any(String),
  });
});

test('an answer without the id of the message is an error that names it', async () => {
  await expect(notify({}, { Publish: () => ({}) })).rejects.toMatchObject({
    name: 'InvalidAnswer',
    message: 'The function answered without notification.messageId, which later states read.',
  });
});

test('the mail opens the URLs of thumbnails, unless only signed ones can be opened', async () => {
  const mail = async (variables: Record<string, string>) =>
    JSON.parse(String((await notify(variables)).inputs[0]?.['Message'])).email as string;
  expect(await mail({})).toContain(url);
  expect(await mail({ PRIVATE_URLS: 'yes' })).not.toContain(url);
});

test('while the function starts it rehearses a publication', async () => {
  const { inputs } = await notify({ AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand' });
  expect(inputs).toContainEqual({ TopicArn: TOPIC, Message: 'rehearsal' });
});
