import { AwsError } from '../service';
import { malformedXml } from './errors';
import type { Tags } from './store/version';
import { fromXml, toXml } from './xml';

const MAX_TAGS = 10;
const MAX_KEY = 128;
const MAX_VALUE = 256;

/** Reads the `x-amz-tagging` header, which is encoded like a query. */
export function tagsFromHeader(header: string | undefined): Tags {
  return validate([...new URLSearchParams(header ?? '')]);
}

/** Reads the document of PutObjectTagging. @throws AwsError `MalformedXML`, `InvalidTag` */
export function tagsFromXml(text: string): Tags {
  const set = fromXml(text, 'Tagging')['TagSet'] as { Tag?: unknown[] } | '' | undefined;
  if (set === undefined) throw malformedXml();
  const tags = (set === '' ? [] : (set.Tag ?? [])) as { Key?: unknown; Value?: unknown }[];
  return validate(
    tags.map(({ Key, Value }) => {
      if (typeof Key !== 'string' || typeof Value !== 'string') throw malformedXml();
      return [Key, Value];
    }),
  );
}

export function tagsToXml(tags: Tags): string {
  return toXml('Tagging', { TagSet: { Tag: tags.map(([Key, Value]) => ({ Key, Value })) } });
}

function validate(tags: Tags): Tags {
  if (tags.length > MAX_TAGS) {
    throw new AwsError('BadRequest', `Object tags cannot be greater than ${MAX_TAGS}`, 400);
  }
  for (const [key, value] of tags) {
    if (key === '' || key.length > MAX_KEY) throw invalid('TagKey', key);
    if (value.length > MAX_VALUE) throw invalid('TagValue', value);
  }
  if (new Set(tags.map(([key]) => key)).size < tags.length) {
    throw new AwsError('InvalidTag', 'Cannot provide multiple Tags with the same key', 400);
  }
  return tags;
}

const invalid = (which: 'TagKey' | 'TagValue', text: string) =>
  new AwsError('InvalidTag', `The ${which} you have provided is invalid`, 400, { [which]: text });
