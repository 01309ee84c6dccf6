/** What SNS accepts as a message, and why it refuses others: docs.aws.amazon.com/sns/latest/api/API_Publish.html */

import { AwsError } from '../service';

export interface MessageAttribute {
  /** String, String.Array, Number or Binary, and an own suffix after a dot. */
  DataType: string;
  StringValue?: string;
  /** Base64. */
  BinaryValue?: string;
}

export type MessageAttributes = Record<string, MessageAttribute>;

export interface PublishInput {
  TopicArn?: string;
  TargetArn?: string;
  Subject?: string;
  Message?: string;
  /** `json`: the message is an object with a text for each protocol, and one for all others as `default`. */
  MessageStructure?: string;
  MessageAttributes?: MessageAttributes;
}

/** 256 KiB, counting the message and the name, type and value of each attribute. */
const MAX_BYTES = 262_144;

const MAX_SUBJECT = 100;

/** What XML 1.0 allows, and therefore also an attribute. */
const INVALID_CHARACTER = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;

/**
 * @returns the text of the message for a protocol
 * @throws AwsError InvalidParameterException, InvalidParameterValueException
 */
export function validate(input: PublishInput): (protocol: string) => string {
  const { Message, Subject, MessageStructure, MessageAttributes = {} } = input;
  if (!Message) throw invalid('Empty message');
  if (sizeOf(Message, MessageAttributes) > MAX_BYTES) throw invalid('Message too long');
  if (Subject !== undefined) validateSubject(Subject);
  for (const [name, attribute] of Object.entries(MessageAttributes)) validateAttribute(name, attribute);
  if (MessageStructure === undefined) return () => Message;
  if (MessageStructure !== 'json') throw invalid('MessageStructure');
  return textsOf(Message);
}

const invalid = (reason: string) => new AwsError('InvalidParameterException', `Invalid parameter: ${reason}`);

function sizeOf(message: string, attributes: MessageAttributes): number {
  return Object.entries(attributes).reduce(
    (bytes, [name, { DataType = '', StringValue = '', BinaryValue = '' }]) =>
      bytes + Buffer.byteLength(name + DataType + StringValue) + Buffer.byteLength(BinaryValue, 'base64'),
    Buffer.byteLength(message),
  );
}

/** ASCII that starts with a letter, digit or punctuation mark, without control characters. */
function validateSubject(subject: string): void {
  if (subject.length > MAX_SUBJECT || !/^[!-~][ -~]*$/.test(subject)) throw invalid('Subject');
}

function textsOf(message: string): (protocol: string) => string {
  let texts: unknown;
  try {
    texts = JSON.parse(message);
  } catch {
    throw invalid('Message Structure - JSON message body failed to parse');
  }
  const textOf = (key: string) => {
    const text = Object.hasOwn(Object(texts), key) ? (texts as Record<string, unknown>)[key] : undefined;
    return typeof text === 'string' ? text : undefined;
  };
  const fallback = textOf('default');
  if (fallback === undefined) throw invalid('Message Structure - No default entry in JSON message body');
  // A value that isn't a string is ignored, according to the API reference.
  return (protocol) => textOf(protocol) ?? fallback;
}

function validateAttribute(name: string, { DataType, StringValue, BinaryValue }: MessageAttribute): void {
  const refuse = (reason: string) =>
    new AwsError('InvalidParameterValueException', `The message attribute '${name}' ${reason}`);

  if (!/^[\w.-]{1,256}$/.test(name) || /^\.|\.\.|\.$|^(aws|amazon)\./i.test(name)) {
    throw refuse(
      'has a name that is not allowed: up to 256 letters, digits and _ - . with no leading, trailing or double dot',
    );
  }
  if (!DataType) throw refuse('must contain non-empty message attribute type.');
  const [type] = DataType.split('.');
  if (type !== 'String' && type !== 'Number' && type !== 'Binary') {
    throw refuse(
      'has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.',
    );
  }
  const value = type === 'Binary' ? BinaryValue : StringValue;
  if (!value)
    throw refuse(`must contain non-empty message attribute value for message attribute type '${DataType}'.`);
  if (INVALID_CHARACTER.test(value)) throw refuse('contains a character that is not allowed in its value.');
  if (type === 'Number' && !/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value)) {
    throw refuse(`must contain a number but its value is '${value}'.`);
  }
  if (DataType === 'String.Array' && !isArrayOfScalars(value)) {
    throw refuse('must contain a JSON array of strings, numbers, true, false or null.');
  }
}

function isArrayOfScalars(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.every((element) => element === null || typeof element !== 'object');
  } catch {
    return false;
  }
}
