/** What messages to the topics are made of, the same for both outcomes. */
import { printable } from '../text';

/** JSON without the two characters that XML, and so SQS, refuses and `JSON.stringify` doesn't escape. */
export function json(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\ufffe\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16)}`,
  );
}

/** Value of the `prefix` attribute: the key up to its last slash, or `/` if it has none. SNS allows no empty value. */
export function prefixOf(key: string): string {
  return printable(key.slice(0, key.lastIndexOf('/') + 1)) || '/';
}

/** `s3://bucket/key`, readable. */
export function uri({ bucket, key }: { bucket: string; key: string }): string {
  return printable(`s3://${bucket}/${key}`);
}

/** Lines of a mail: a label and what it is of, then what else there is to say of it, each on a line of its own. */
export function row(label: string, value: string, ...more: (string | undefined)[]): string[] {
  const others = more.filter((each) => each !== undefined);
  return [value, ...others].map((each, n) => `${(n === 0 ? `${label}:` : '').padEnd(11)}${printable(each)}`);
}

/** "466 KB" */
export function fileSize(bytes: number): string {
  if (bytes < 1_000) return `${bytes} bytes`;
  const rounded = Number(bytes.toPrecision(3));
  return rounded < 1_000_000 ? `${rounded / 1_000} KB` : `${rounded / 1_000_000} MB`;
}

/** A string attribute of an SNS message. */
export function attribute(value: string): { DataType: 'String'; StringValue: string } {
  return { DataType: 'String', StringValue: value };
}
