/** Counts the words in a text file and returns a sentence about it. */

const { S3Client, GetObjectCommand } = require('@aws-sdk/client-s3');

const s3 = new S3Client({});

exports.handler = async ({ detail }) => {
  const { bucket, object } = detail;
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket.name, Key: object.key }));
  const text = await Body.transformToString();
  const words = text.split(/\s+/).filter(Boolean).length;
  return { file: object.key, words, text: `${object.key} has ${words} words.` };
};
