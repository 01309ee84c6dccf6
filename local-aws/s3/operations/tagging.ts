import { readDocument } from '../body';
import type { Exchange } from '../exchange';
import type { Reply } from '../reply';
import { tagsFromXml, tagsToXml } from '../tags';
import { findVersion, versionHeaders } from '../versions';

/** GetObjectTagging. */
export async function getObjectTagging(exchange: Exchange): Promise<Reply> {
  const version = await findVersion(exchange, 's3:GetObjectTagging');
  return { headers: versionHeaders(exchange.bucket, version), body: tagsToXml(version.tags) };
}

/** PutObjectTagging: replaces all tags. */
export async function putObjectTagging(exchange: Exchange): Promise<Reply> {
  const version = await findVersion(exchange, 's3:PutObjectTagging');
  const tags = tagsFromXml(await readDocument(exchange.request, exchange.authenticated));
  await exchange.bucket.objects.setTags(version, tags);
  return { headers: { ...versionHeaders(exchange.bucket, version), 'content-length': 0 } };
}

/** DeleteObjectTagging: removes all tags. */
export async function deleteObjectTagging(exchange: Exchange): Promise<Reply> {
  const version = await findVersion(exchange, 's3:DeleteObjectTagging');
  await exchange.bucket.objects.setTags(version, []);
  return { status: 204, headers: versionHeaders(exchange.bucket, version) };
}
