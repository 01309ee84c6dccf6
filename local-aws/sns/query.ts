/** AWS's Query protocol: a form in, XML out (smithy.io/2.0/aws/protocols/aws-query-protocol.html). */

import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { XMLBuilder } from 'fast-xml-parser';
import { AwsError } from '../service';
import type { PublishInput } from './message';

const NAMESPACE = 'http://sns.amazonaws.com/doc/2010-03-31/';

/** @throws AwsError for a message that is not to a topic */
export function publishInput(form: URLSearchParams): PublishInput {
  const text = (name: string) => form.get(name) ?? undefined;
  if (form.has('PhoneNumber')) {
    throw new AwsError(
      'InvalidParameterException',
      'Invalid parameter: PhoneNumber Reason: the local SNS sends no SMS',
    );
  }
  const attributes = entriesOf(form, 'MessageAttributes').map((entry) => [
    entry.get('Name') ?? '',
    {
      DataType: entry.get('Value.DataType') ?? '',
      StringValue: entry.get('Value.StringValue'),
      BinaryValue: entry.get('Value.BinaryValue'),
    },
  ]);
  return {
    TopicArn: text('TopicArn'),
    TargetArn: text('TargetArn'),
    Subject: text('Subject'),
    Message: text('Message'),
    MessageStructure: text('MessageStructure'),
    MessageAttributes: Object.fromEntries(attributes),
  };
}

/** The fields of a form whose names start with `<prefix>.entry.<n>.` or `<prefix>.member.<n>.`, one map for each n. */
function entriesOf(form: URLSearchParams, prefix: string): Map<string, string>[] {
  const entries = new Map<string, Map<string, string>>();
  for (const [name, value] of form) {
    const [, index, field] =
      /^\.(?:entry|member)\.(\d+)\.(.+)$/.exec(name.startsWith(prefix) ? name.slice(prefix.length) : '') ??
      [];
    if (!index || !field) continue;
    const entry = entries.get(index) ?? new Map<string, string>();
    entries.set(index, entry.set(field, value));
  }
  return [...entries.values()];
}

/** @param result the answer of the operation, as elements */
export function sendResult(response: ServerResponse, action: string, result: object): void {
  send(response, 200, {
    [`${action}Response`]: {
      '@xmlns': NAMESPACE,
      [`${action}Result`]: result,
      ResponseMetadata: { RequestId: randomUUID() },
    },
  });
}

export function sendError(response: ServerResponse, { code, message, status }: AwsError): void {
  send(response, status, {
    ErrorResponse: {
      '@xmlns': NAMESPACE,
      Error: { Type: status < 500 ? 'Sender' : 'Receiver', Code: wireCode(code), Message: message },
      RequestId: randomUUID(),
    },
  });
}

/** The protocol's names of errors differ from the API reference and the SDKs. */
function wireCode(code: string): string {
  return code === 'InvalidParameterValueException' ? 'ParameterValueInvalid' : code.replace(/Exception$/, '');
}

const xml = new XMLBuilder({ ignoreAttributes: false, attributeNamePrefix: '@' });

function send(response: ServerResponse, status: number, document: object): void {
  const body = Buffer.from(xml.build(document));
  response.writeHead(status, { 'Content-Type': 'text/xml', 'Content-Length': body.length }).end(body);
}
