/** The API as an OpenAPI document, from which clients can be generated. */
import { UPLOAD_ID } from '../../functions/lib/http/subject';
import * as examples from './examples';
import { schemaComponents, type schemas } from './schemas';

/** @returns the content of docs/openapi.json */
export function openApiDocument(): string {
  return `${JSON.stringify(document(), null, 2)}\n`;
}

function document() {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Uploads and their thumbnails',
      version: '1',
      summary: 'Upload an image directly to S3, and get the URLs of its thumbnails.',
      description:
        'Have an upload signed, send the image to S3 with it, and poll until its thumbnails are there. Callers can only see images that they uploaded. The settings decide how to authorize: with a token if `uploadApi.jwt` is set, otherwise with a signature.',
    },
    servers: [
      {
        url: '{api}',
        variables: {
          api: {
            default: 'https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com',
            description: "The stack's output `upload_api_url`.",
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
          description:
            'A token from the issuer and for one of the audiences in the settings. Its `sub` identifies the caller.',
        },
        signature: {
          type: 'apiKey',
          in: 'header',
          name: 'Authorization',
          description: 'AWS Signature Version 4 for `execute-api`, from an identity with execute-api:Invoke.',
          'x-amazon-apigateway-authtype': 'awsSigv4',
        },
      },
    },
  };
}

const createUpload = {
  operationId: 'createUpload',
  summary: 'Have the upload of an image signed',
  requestBody: {
    required: true,
    content: { 'application/json': { schema: ref('UploadRequest'), example: examples.uploadRequest } },
  },
  responses: {
    201: {
      description: 'The signed upload. It works for one file, once, and expires after a short time.',
      headers: { Location: header('Where to ask for the status of the upload, relative to the API.') },
      content: { 'application/json': { schema: ref('CreatedUpload'), example: examples.createdUpload } },
    },
    400: problem('The body is invalid. The answer names each fault.', examples.problem),
    413: problem(
      'The file would be larger than limits.bytes (`ImageTooLarge`), or the request body is too large.',
    ),
    415: problem('The request is not JSON.'),
    422: problem('The content type does not belong to an accepted format (`UnsupportedFormat`).'),
    ...common(),
  },
};

const getImage = {
  operationId: 'getImage',
  summary: 'Get the status of an upload',
  parameters: [
    {
      name: 'id',
      in: 'path',
      required: true,
      description: 'The id from the answer with the signed upload.',
      schema: { type: 'string', pattern: UPLOAD_ID.source },
      example: examples.createdUpload.id,
    },
    {
      name: 'If-None-Match',
      in: 'header',
      required: false,
      description: 'The ETag of the last answer. If nothing has changed, the answer is 304 without a body.',
      schema: { type: 'string' },
    },
  ],
  responses: {
    200: {
      description: 'The current status.',
      headers: {
        ETag: header(
          'Changes when the answer changes. Signed URLs change after half of their lifetime, and the ETag with them.',
        ),
        'Retry-After': header(
          'Seconds to wait before the next request, as long as the status is PROCESSING.',
        ),
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
    304: { description: 'Nothing has changed.', headers: { ETag: header('The same as before.') } },
    404: problem('The caller has uploaded no such image, or it was deleted.'),
    ...common(),
  },
};

/** The answers that every request may get. */
function common() {
  return {
    401: {
      ...gateway('No token, or an invalid one.'),
      headers: { 'WWW-Authenticate': header('Why the token is invalid.') },
    },
    403: gateway('The token or the signature does not allow this call.'),
    429: gateway('Too many requests: the settings limit their rate.'),
    500: gateway('A defect.'),
    503: {
      ...problem('An AWS service is temporarily unavailable.'),
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
