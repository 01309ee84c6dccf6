import { defineCommand } from '../lib/command';
import { positive, TARGET } from '../lib/options';

export const erase = defineCommand({
  name: 'erase',
  summary: 'Erases images for good, with everything that was made from them.',
  changes: true,
  options: {
    key: { value: 'K', help: 'one image' },
    'key-base64': {
      value: 'K',
      help: 'one image, by its key in Base64, as mails have it: no shell takes anything in it for more than itself',
    },
    prefix: { value: 'P', help: 'every image whose key starts with P, after a question' },
    yes: { help: 'do not ask, as in a script' },
    'dry-run': { help: 'say what there is, without erasing anything' },
    timeout: {
      value: 'SECONDS',
      default: '60',
      read: positive,
      help: 'how long the workflow may take to follow the deletion of an image',
    },
    ...TARGET,
  },
  details: [
    'It removes every version of the original and every delete marker, the thumbnails, the copy in quarantine, the messages about it in the dead-letter and failure queues, what the CDN has cached, and last the record. Then it says what is out of its reach, such as logs and mails.',
    'It begins with a deletion like any other, so that a run that is under way gives up. The record of the deletion stays until no such run can be left: on AWS that takes five minutes. You can stop it and run it again at any time: it does what is left to do.',
    'An image that is uploaded again under the same key meanwhile stays, and is named.',
    'Give exactly one of --key, --key-base64 and --prefix.',
  ],
  exit: { 0: 'nothing is left of them within reach', 1: 'something is left, and was named' },
  run: async (values) => (await import('./run.ts')).eraseImages(values),
});
