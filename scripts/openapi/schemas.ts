/** What the API takes and gives, as schemas: that of the request is the one it is checked by. */
import { z } from 'zod';
import type { CreatedUpload } from '../../functions/create-upload/create-upload';
import { uploadRequest } from '../../functions/create-upload/request';
import type { ImageAnswer } from '../../functions/get-image/get-image';
import type { Problem } from '../../functions/lib/http/problem';
import { UPLOAD_ID } from '../../functions/lib/http/subject';

const id = z.string().regex(UPLOAD_ID).meta({ description: 'The id of an upload.' });
const pixels = z.int().min(1);
const format = z.enum(['jpeg', 'png', 'webp', 'avif', 'gif']);

const createdUpload = z
  .object({
    id,
    upload: z
      .object({
        url: z.url().meta({ description: 'Where to send the form.' }),
        fields: z.record(z.string(), z.string()).meta({
          description:
            'Fields of the form, to be sent as they are, before the field `file` with the image itself. S3 ignores what comes after it.',
        }),
        expiresAt: z.iso.datetime().meta({ description: 'S3 refuses the form from then on.' }),
      })
      .meta({ description: 'A form to send to S3 as multipart/form-data.' }),
    status: z.string().meta({ description: 'Where to ask what became of it, relative to the API.' }),
  })
  .meta({ description: 'A form to upload the file with.' }) satisfies z.ZodType<CreatedUpload>;

const thumbnail = z.object({
  variant: z.string().meta({ description: 'Its name in the settings.' }),
  url: z.url().meta({
    description:
      'On the CDN. Its path needs no encoding. It changes whenever the image or its variant does, and may be cached for good.',
  }),
  width: pixels,
  height: pixels,
  format,
  bytes: z.int().min(1).optional().meta({ description: 'Absent while it is not made.' }),
  onRequest: z.literal(true).optional().meta({ description: 'The first request of its URL makes it.' }),
});

const processing = z.object({ id, status: z.literal('PROCESSING') }).meta({
  description: 'It was uploaded, and its thumbnails are being made. Ask again after `Retry-After`.',
});

const done = z
  .object({
    id,
    status: z.literal('DONE'),
    image: z.object({
      format: z.enum(['jpeg', 'png', 'webp', 'gif', 'avif', 'tiff']),
      width: pixels.meta({ description: 'Pixels, as a viewer sees the image.' }),
      height: pixels,
      frames: z.int().min(1).meta({ description: 'Of an animation; 1 for a still image.' }),
      bytes: z.int().min(1),
    }),
    thumbnails: z.array(thumbnail).min(1),
    srcset: z.string().meta({
      description:
        'For `<img srcset>`: the thumbnails of the whole image in the format that most programs show, by width. Where every variant crops or pads, those that have the proportions of the widest one.',
    }),
    sources: z
      .array(
        z.object({
          type: z.enum(format.options.map((name) => `image/${name}` as const)),
          srcset: z.string(),
        }),
      )
      .optional()
      .meta({
        description:
          'For `<source>` in `<picture>`, in this order: one for each format. Absent where there is one format only.',
      }),
  })
  .meta({ description: 'Its thumbnails are there, or are made when they are asked for.' });

const failed = z
  .object({
    id,
    status: z.literal('FAILED'),
    error: z.object({
      name: z.string().meta({ description: 'Such as UnsupportedFormat, ImageTooLarge or CorruptImage.' }),
      message: z.string().meta({ description: 'What is wrong with it, and what to do.' }),
    }),
  })
  .meta({ description: 'It cannot be made thumbnails of.' });

const image = z.discriminatedUnion('status', [processing, done, failed]) satisfies z.ZodType<ImageAnswer>;

const problem = z
  .object({
    type: z.literal('about:blank'),
    title: z.string(),
    status: z.int().min(400).max(599),
    detail: z.string().meta({ description: 'What happened, and what to do next.' }),
    error: z.string().optional().meta({ description: 'A name for machines, such as ImageTooLarge.' }),
    faults: z
      .array(
        z.object({
          pointer: z
            .string()
            .meta({ description: 'JSON Pointer to the value; empty for the whole of the body.' }),
          detail: z.string(),
        }),
      )
      .optional()
      .meta({ description: 'Each thing that is wrong with the request.' }),
  })
  .meta({ description: 'Problem details (RFC 9457).' }) satisfies z.ZodType<Problem>;

const gatewayMessage = z
  .object({ message: z.string() })
  .meta({ description: 'What API Gateway answers by itself, before the request reaches a function.' });

/** By the names they have in the document. */
export const schemas = {
  UploadRequest: uploadRequest,
  CreatedUpload: createdUpload,
  Image: image,
  Problem: problem,
  GatewayMessage: gatewayMessage,
};

/** What is told of the request beyond what is checked: functions have no use for it. */
const descriptions = [
  [uploadRequest, 'The file that is to be uploaded.'],
  [
    uploadRequest.shape.fileName,
    'Kept as metadata `file-name` of the object, percent-encoded. It decides nothing.',
  ],
  [
    uploadRequest.shape.contentType,
    'Of one of the formats in the settings: image/jpeg, image/png, image/webp, image/gif, image/avif or image/tiff. What the image is in the end, its bytes decide.',
  ],
  [uploadRequest.shape.size, 'Bytes. S3 itself refuses a larger file than limits.bytes in the settings.'],
] as const;

/** @returns `components.schemas` of the document */
export function schemaComponents(): Record<string, unknown> {
  for (const [schema, description] of descriptions) z.globalRegistry.add(schema, { description });
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => {
      const { $schema: _, ...component } = z.toJSONSchema(schema, { io: 'input', override: plain });
      return [name, component];
    }),
  );
}

/** Takes away what says nothing to a reader: the pattern of every date there is, and the largest safe integer. */
function plain({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  if (jsonSchema.format === 'date-time') delete jsonSchema.pattern;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
}
