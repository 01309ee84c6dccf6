import { XMLBuilder, XMLParser, XMLValidator } from 'fast-xml-parser';
import { malformedXml } from './errors';

const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** Content of an element: text, elements by name, or a list of the same element. */
export type Xml = string | number | boolean | undefined | Xml[] | { [name: string]: Xml };

const builder = new XMLBuilder({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  suppressBooleanAttributes: false,
});

/** These are lists even if a document contains only one of them. */
const REPEATED = new Set(['Object', 'Part', 'Tag']);

const parser = new XMLParser({
  ignoreAttributes: true,
  parseTagValue: false,
  trimValues: false,
  htmlEntities: true,
  isArray: (name) => REPEATED.has(name),
});

/**
 * Writes an XML document. Elements that are undefined are left out.
 *
 * @param named whether it is in S3's namespace
 */
export function toXml(root: string, content: { [name: string]: Xml }, named = true): string {
  return document({ [root]: { ...(named && { '@xmlns': NAMESPACE }), ...content } });
}

/** Writes S3's error document, which has no namespace. */
export function toErrorXml(fields: Record<string, string>): string {
  return document({ Error: fields });
}

/**
 * Reads an XML document.
 *
 * @param root name of the element it must have
 * @throws AwsError `MalformedXML`
 */
export function fromXml(text: string, root: string): Record<string, unknown> {
  if (XMLValidator.validate(text) !== true) throw malformedXml();
  let parsed: Record<string, unknown>;
  try {
    parsed = parser.parse(text);
  } catch {
    throw malformedXml();
  }
  const content = parsed[root];
  if (content === '') return {};
  if (typeof content !== 'object' || content === null) throw malformedXml();
  return content as Record<string, unknown>;
}

function document(content: object): string {
  // S3 writes the control characters of a key as references, although XML 1.0 forbids most of them.
  const xml = builder
    .build(content)
    .replace(/\p{Cc}/gu, (character) => `&#x${character.charCodeAt(0).toString(16)};`);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${xml}`;
}
