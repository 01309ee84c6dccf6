/** The first picture: uploaded on a fresh start, so that a person sees what the stack does. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import PostalMime from 'postal-mime';
import type { Engine } from '../../local-aws';
import { connectTo } from '../lib/session';
import { relative } from '../process/report';

/** A picture that is stored rotated and in Display P3, as phones store them. */
export const SAMPLE = path.join(__dirname, 'sample', 'canyon.jpg');

/** Uploads the sample and shows what resulted: the path through the states, the record and the mail. */
export async function showSample(engine: Engine, dataDir: string): Promise<void> {
  const { outputs } = engine.stack;
  const connect = connectTo(engine);
  const bucket = outputs['uploads_bucket'] as string;
  const key = `${outputs['uploads_prefix']}canyon.jpg`;
  const file = relative(SAMPLE);

  console.log(`\nA first picture: ${file}\n`);
  const body = await readFile(SAMPLE);
  await connect(S3Client).send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
  await engine.idle();

  const { Item } = await connect(DynamoDBClient).send(
    new GetItemCommand({
      TableName: outputs['records_table'] as string,
      Key: { id: { S: `${bucket}/${key}` } },
    }),
  );
  const { status, image, thumbnails, updatedAt } = unmarshall(Item ?? {});
  console.log(`\nThe record in DynamoDB, in part:\n`);
  console.log(indent(JSON.stringify({ status, image, thumbnails, updatedAt }, null, 2)));

  const mail = path.join(dataDir, 'mail');
  const topic = String(outputs['processed_topic_arn']).split(':').at(-1) as string;
  const letters = (await readdir(mail).catch(() => [])).filter((name) => name.includes(topic));
  const letter = letters.sort().at(-1);
  if (!letter) return;
  const { subject, text } = await PostalMime.parse(await readFile(path.join(mail, letter)));
  console.log(`\nThe email, ${relative(path.join(mail, letter))}:\n`);
  console.log(indent(`${subject}\n\n${text?.split('\n--\n')[0]?.trim()}`));
}

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, '  ');
}
