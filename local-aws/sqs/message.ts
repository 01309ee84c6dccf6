/** A message as SQS accepts it, and its digests: docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html */

import { createHash } from 'node:crypto';
import { AwsError } from '../service';

export interface MessageAttribute {
  DataType: string;
  StringValue?: string;
  /** Base64. */
  BinaryValue?: string;
}

export type MessageAttributes = Record<string, MessageAttribute>;

/** 1 MiB, counting the body and the name, type and value of each attribute. */
export const MAX_BYTES = 1_048_576;

/** What XML 1.0 doesn't allow. */
const INVALID_CHARACTER = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;

/** @throws AwsError for what SQS does not accept */
export function validate(body: string, attributes: MessageAttributes): void {
  if (!body) throw new AwsError('MissingParameter', 'The request must contain the parameter MessageBody.');
  const bytes =
    Buffer.byteLength(body) + Object.entries(attributes).reduce((sum, part) => sum + sizeOf(part), 0);
  if (bytes > MAX_BYTES) {
    throw invalidValue(
      `One or more parameters are invalid. Reason: Message must be shorter than ${MAX_BYTES} bytes.`,
    );
  }
  for (const text of [body, ...Object.values(attributes).map(({ StringValue = '' }) => StringValue)]) {
    if (INVALID_CHARACTER.test(text)) {
      throw new AwsError(
        'InvalidMessageContents',
        'Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF',
      );
    }
  }
  for (const [name, attribute] of Object.entries(attributes)) {
    const { DataType = '' } = attribute;
    if (!/^(String|Number|Binary)(\..+)?$/.test(DataType)) {
      throw invalidValue(
        `The type of message (user) attribute '${name}' is invalid. You must use only the following supported type prefixes: Binary, Number, String.`,
      );
    }
    if (!bytesOf(attribute)?.length) {
      throw invalidValue(
        `Message (user) attribute '${name}' must contain a non-empty value of type '${DataType}'.`,
      );
    }
  }
}

export const invalidValue = (message: string) => new AwsError('InvalidParameterValue', message);

function sizeOf([name, attribute]: [string, MessageAttribute]): number {
  return Buffer.byteLength(name + (attribute.DataType ?? '')) + (bytesOf(attribute)?.length ?? 0);
}

const isBinary = ({ DataType }: MessageAttribute) => DataType?.startsWith('Binary') ?? false;

function bytesOf(attribute: MessageAttribute): Buffer | undefined {
  const { StringValue, BinaryValue } = attribute;
  if (isBinary(attribute)) return BinaryValue === undefined ? undefined : Buffer.from(BinaryValue, 'base64');
  return StringValue === undefined ? undefined : Buffer.from(StringValue);
}

export const md5 = (data: string | Buffer) => createHash('md5').update(data).digest('hex');

/**
 * The digest that clients compare with their own
 * (docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html).
 * @returns undefined if there are no attributes
 */
export function md5OfAttributes(attributes: MessageAttributes): string | undefined {
  const names = Object.keys(attributes).sort();
  if (names.length === 0) return undefined;
  const parts = names.flatMap((name) => {
    const attribute = attributes[name] as MessageAttribute;
    const transport = Buffer.of(isBinary(attribute) ? 2 : 1);
    return [
      ...withLength(Buffer.from(name)),
      ...withLength(Buffer.from(attribute.DataType)),
      transport,
      ...withLength(bytesOf(attribute) ?? Buffer.alloc(0)),
    ];
  });
  return md5(Buffer.concat(parts));
}

function withLength(bytes: Buffer): [Buffer, Buffer] {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return [length, bytes];
}
