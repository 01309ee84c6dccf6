/** The API's requests and answers as schemas. The one for the upload request is the same that checks it. */
import { z } from 'zod';
import type { Details } from '../../contract/details';
import { INPUT_FORMATS, OUTPUT_FORMATS } from '../../contract/formats';
import type { CreatedUpload } from '../../functions/create-upload/create-upload';
import { uploadRequest } from '../../functions/create-upload/request';
import type { ImageAnswer } from '../../functions/get-image/get-image';
import type { Problem } from '../../functions/lib/http/problem';
import { UPLOAD_ID } from '../../functions/lib/http/subject';

const id = z.string().regex(UPLOAD_ID).meta({ description: 'The id of an upload.' });
const pixels = z.int().min(1);
const format = z.enum(OUTPUT_FORMATS);

const expiresAt = z.iso.datetime().meta({ description: 'From then on, S3 refuses it.' });

const put = z
  .object({
    method: z.literal('PUT'),
    url: z.url().meta({ description: 'The URL to send the image to.' }),
    headers: z.record(z.string(), z.string()).meta({
      description:
        'Headers of the request. Send them unchanged. Browsers and other clients add `Content-Length`, which has to be the announced size.',
    }),
    expiresAt,
  })
  .meta({
    description:
      'The image as the body of a PUT. It works once: S3 answers 412 if it already has the image, and 403 if anything differs from what was signed.',
  });

const form = z
  .object({
    method: z.literal('POST'),
    url: z.url().meta({ description: 'The URL to send the form to.' }),
    fields: z.record(z.string(), z.string()).meta({
      description:
        "The form's fields. Send them unchanged, and the image last, as the field `file`: S3 ignores fields after it.",
    }),
    expiresAt,
  })
  .meta({
    description: 'A form, to be sent as multipart/form-data. It can be used again until it expires.',
  });

const createdUpload = z
  .object({
    id,
    upload: z.discriminatedUnion('method', [put, form]).meta({ description: 'How to send the image to S3.' }),
    status: z
      .string()
      .meta({ description: 'Where to ask for the status of the upload, relative to the API.' }),
  })
  .meta({ description: 'A signed upload.' }) satisfies z.ZodType<CreatedUpload>;

const thumbnail = z.object({
  variant: z.string().meta({ description: "The variant's name in the settings." }),
  url: z.url().meta({
    description:
      'URL on the CDN. Its path needs no encoding. It changes whenever the image or the variant changes, so it may be cached forever. If viewers need signed URLs, it is signed, and valid for at least half of delivery.signing.urlSeconds.',
  }),
  width: pixels,
  height: pixels,
  format,
  animated: z.literal(true).optional().meta({ description: 'Whether it moves. Absent from stills.' }),
  bytes: z.int().min(1).optional().meta({ description: 'Absent until the thumbnail is made.' }),
  onRequest: z
    .literal(true)
    .optional()
    .meta({ description: 'The first request for its URL makes the thumbnail.' }),
});

const processing = z.object({ id, status: z.literal('PROCESSING') }).meta({
  description: 'The image was uploaded, and its thumbnails are being made. Ask again after `Retry-After`.',
});

const details = z.object({
  placeholders: z
    .object({
      thumbhash: z.base64().meta({ description: 'A ThumbHash of the whole picture.' }),
      blurDataURL: z
        .string()
        .regex(/^data:image\/webp;base64,/)
        .meta({
          description: 'The whole picture, 8 pixels wide or high, as a data URL of about 120 characters.',
        }),
      color: z
        .string()
        .regex(/^#[0-9a-f]{6}$/)
        .meta({ description: 'The most frequent colour.' }),
    })
    .optional()
    .meta({
      description:
        'What to show until a thumbnail is loaded. Absent unless the settings ask for `placeholders`.',
    }),
  exif: z
    .object({
      takenAt: z
        .string()
        .optional()
        .meta({ description: 'ISO 8601. Without an offset it is the time on the camera’s clock.' }),
      camera: z.string().max(100).optional(),
      lens: z.string().max(100).optional(),
      exposureTime: z.number().positive().optional().meta({ description: 'Seconds.' }),
      aperture: z.number().positive().optional().meta({ description: 'The f-number.' }),
      iso: z.number().positive().optional(),
      focalLength: z.number().positive().optional().meta({ description: 'Millimetres.' }),
      gps: z
        .object({ latitude: z.number().min(-90).max(90), longitude: z.number().min(-180).max(180) })
        .optional()
        .meta({ description: 'Degrees, north and east positive.' }),
    })
    .optional()
    .meta({
      description:
        'What the camera wrote into the file, as far as the settings ask for it with `exif`. Absent if the file says none of that.',
    }),
}) satisfies z.ZodType<Details>;

const done = z
  .object({
    id,
    status: z.literal('DONE'),
    image: z.object({
      format: z.enum(INPUT_FORMATS),
      width: pixels.meta({ description: 'Pixels, after the EXIF orientation is applied.' }),
      height: pixels,
      frames: z.int().min(1).meta({ description: 'Number of frames; 1 for a still image.' }),
      bytes: z.int().min(1),
    }),
    thumbnails: z.array(thumbnail).min(1),
    srcset: z.string().meta({
      description:
        'For `<img srcset>`: the thumbnails that show the whole image, in the most widely supported format, by width. If every variant crops or pads, the thumbnails with the proportions of the widest one. If any of them moves, the stills are left out.',
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
          'For `<source>` in `<picture>`, in this order: one for each format. Absent if all thumbnails have the same format.',
      }),
    ...details.shape,
  })
  .meta({ description: 'The thumbnails are there, or are made when they are requested.' });

const failed = z
  .object({
    id,
    status: z.literal('FAILED'),
    error: z.object({
      name: z.string().meta({ description: 'For example UnsupportedFormat, ImageTooLarge or CorruptImage.' }),
      message: z.string().meta({ description: 'What is wrong with the image, and what to do.' }),
    }),
  })
  .meta({ description: 'No thumbnails can be made of the image.' });

const image = z.discriminatedUnion('status', [processing, done, failed]) satisfies z.ZodType<ImageAnswer>;

const problem = z
  .object({
    type: z.literal('about:blank'),
    title: z.string(),
    status: z.int().min(400).max(599),
    detail: z.string().meta({ description: 'What happened, and what to do next.' }),
    error: z
      .string()
      .optional()
      .meta({ description: 'A fixed name for programs, for example ImageTooLarge.' }),
    faults: z
      .array(
        z.object({
          pointer: z.string().meta({ description: 'JSON Pointer to the value; empty for the whole body.' }),
          detail: z.string(),
        }),
      )
      .optional()
      .meta({ description: 'Everything that is wrong with the request.' }),
  })
  .meta({ description: 'Problem details (RFC 9457).' }) satisfies z.ZodType<Problem>;

const gatewayMessage = z
  .object({ message: z.string() })
  .meta({ description: "API Gateway's own answer, to a request that does not reach a function." });

/** By their names in the document. */
export const schemas = {
  UploadRequest: uploadRequest,
  CreatedUpload: createdUpload,
  Image: image,
  Problem: problem,
  GatewayMessage: gatewayMessage,
};

const CONTENT_TYPES = new Intl.ListFormat('en-GB', { type: 'disjunction' }).format(
  INPUT_FORMATS.map((name) => `image/${name}`),
);

/** Descriptions for the schemas that check requests. They are added here because the functions don't need them. */
const descriptions = [
  [uploadRequest, 'The file to upload.'],
  [
    uploadRequest.shape.fileName,
    'Stored with the object as metadata `file-name`, percent-encoded. It has no other effect.',
  ],
  [
    uploadRequest.shape.contentType,
    `The content type of a format that the settings accept: ${CONTENT_TYPES}. The image's real format is later read from its bytes.`,
  ],
  [
    uploadRequest.shape.size,
    'Size in bytes, at most limits.bytes in the settings. S3 refuses a file of another size.',
  ],
  [
    uploadRequest.shape.method,
    'How the image will be sent to S3: with a PUT, unless this asks for a form, which uploadApi.allowForms has to allow.',
  ],
] as const;

/** @returns the document's `components.schemas` */
export function schemaComponents(): Record<string, unknown> {
  for (const [schema, description] of descriptions) z.globalRegistry.add(schema, { description });
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => {
      const { $schema: _, ...component } = z.toJSONSchema(schema, { io: 'input', override: plain });
      return [name, component];
    }),
  );
}

/** Removes what tells a reader nothing: the pattern of every date, and the largest safe integer. */
function plain({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  if (jsonSchema.format === 'date-time') delete jsonSchema.pattern;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
}
