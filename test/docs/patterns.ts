import { document } from './documents';

/** The event patterns in a document: in Terraform, whose `jsonencode` takes JSON too, and as JSON of their own. */
export function patternsIn(name: string): Record<string, unknown>[] {
  const text = document(name);
  const inTerraform = [...text.matchAll(/event_pattern = jsonencode\((\{.*?^ {2}\})\)/gms)];
  const alone = [...text.matchAll(/^```json\n(.*?)^```$/gms)];
  return [...inTerraform, ...alone]
    .map(([, json]) => JSON.parse(json!))
    .filter(({ source }) => Array.isArray(source));
}
