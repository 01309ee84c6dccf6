/** The API as an OpenAPI document: what clients are generated from. */
import { UPLOAD_ID } from '../../functions/lib/http/subject';
import * as examples from './examples';
import { schemaComponents, type schemas } from './schemas';

/** @returns docs/openapi.json */
export function openApiDocument(): string {
  return `${JSON.stringify(document(), null, 2)}\n`;
}

function document() {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Uploads and their thumbnails',
      version: '1',
      summary: 'Upload an image straight to S3, and learn where its thumbnails are.',
      description:
        'Ask for a form, send the image to S3 with it, and poll until its thumbnails are there. A caller reaches nobody else’s images. Which kind of authorization is on follows from the settings: a token where `uploadApi.jwt` is set, otherwise a signature.',
    },
    servers: [
      {
        url: '{api}',
        variables: {
          api: {
            default: 'https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com',
            description: 'The output `upload_api_url` of the stack.',
          },
        },
      },
    ],
    security: [{ token: [] }, { signature: [] }],
    paths: { '/uploads': { post: createUpload }, '/images/{id}': { get: getImage } },
    components: {
      schemas: schemaComponents(),
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'A token of the issuer and for an audience in the settings. Its `sub` is the caller.',
        },
        signature: {
          type: 'apiKey',
          in: 'header',
          name: 'Authorization',
          description: 'AWS Signature Version 4 for `execute-api`, by an identity with execute-api:Invoke.',
          'x-amazon-apigateway-authtype': 'awsSigv4',
        },
      },
    },
  };
}

const createUpload = {
  operationId: 'createUpload',
  summary: 'Ask for a form to upload an image with',
  requestBody: {
    required: true,
    content: { 'application/json': { schema: ref('UploadRequest'), example: examples.uploadRequest } },
  },
  responses: {
    201: {
      description: 'The form. It is for one file, and only for a short time.',
      headers: { Location: header('Where to ask what became of it, relative to the API.') },
      content: { 'application/json': { schema: ref('CreatedUpload'), example: examples.createdUpload } },
    },
    400: problem('The body is not what it has to be: each fault is named.', examples.problem),
    413: problem('The file would be larger than limits.bytes (`ImageTooLarge`), or the request itself is.'),
    415: problem('The request is not JSON.'),
    422: problem('The content type is not one of an accepted format (`UnsupportedFormat`).'),
    ...common(),
  },
};

const getImage = {
  operationId: 'getImage',
  summary: 'Ask what became of an upload',
  parameters: [
    {
      name: 'id',
      in: 'path',
      required: true,
      description: 'The id that the form came with.',
      schema: { type: 'string', pattern: UPLOAD_ID.source },
      example: examples.createdUpload.id,
    },
    {
      name: 'If-None-Match',
      in: 'header',
      required: false,
      description: 'The ETag of the last answer: nothing is sent while that is still true.',
      schema: { type: 'string' },
    },
  ],
  responses: {
    200: {
      description: 'What became of it so far.',
      headers: {
        ETag: header('Changes when the answer does.'),
        'Retry-After': header('Seconds; while it is PROCESSING.'),
      },
      content: {
        'application/json': {
          schema: ref('Image'),
          examples: Object.fromEntries(
            Object.entries(examples.images).map(([status, value]) => [status, { value }]),
          ),
        },
      },
    },
    304: { description: 'It is as it was.', headers: { ETag: header('As before.') } },
    404: problem('The caller uploaded no such image, or it was deleted.'),
    ...common(),
  },
};

/** What either request may be answered. */
function common() {
  return {
    401: {
      ...gateway('No token, or one that is not valid.'),
      headers: { 'WWW-Authenticate': header('Why a token is not valid.') },
    },
    403: gateway('The token or the signature does not give the right to call this.'),
    429: gateway('More requests than the settings allow.'),
    500: gateway('A defect.'),
    503: {
      ...problem("An AWS service can't answer right now."),
      headers: { 'Retry-After': header('Seconds.') },
    },
  };
}

function problem(description: string, example?: unknown) {
  return {
    description,
    content: {
      'application/problem+json': { schema: ref('Problem'), ...(example !== undefined && { example }) },
    },
  };
}

function gateway(description: string) {
  return { description, content: { 'application/json': { schema: ref('GatewayMessage') } } };
}

function header(description: string) {
  return { description, schema: { type: 'string' } };
}

function ref(name: keyof typeof schemas) {
  return { $ref: `#/components/schemas/${name}` };
}
