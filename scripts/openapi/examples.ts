/** Example requests and answers. */
const id = '4f9d3a52-7c1e-4c58-9a0e-1f6b2d8c7e43.jpg';
const thumbnails = `https://d111111abcdef8.cloudfront.net/uploads/9c1f0d8a7b6e4c52a3f1e0d9c8b7a695/${id}`;

export const uploadRequest = { fileName: 'canyon.jpg', contentType: 'image/jpeg', size: 466_123 };

export const createdUpload = {
  id,
  upload: {
    method: 'PUT' as const,
    url: `https://pictures-uploads.s3.eu-west-1.amazonaws.com/uploads/9c1f0d8a7b6e4c52a3f1e0d9c8b7a695/${id}?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Content-Sha256=UNSIGNED-PAYLOAD&X-Amz-Credential=ASIAIOSFODNN7EXAMPLE%2F20260312%2Feu-west-1%2Fs3%2Faws4_request&X-Amz-Date=20260312T020756Z&X-Amz-Expires=300&X-Amz-Security-Token=IQoJb3JpZ2luX2Vj…&X-Amz-Signature=fae4c6…&X-Amz-SignedHeaders=content-length%3Bcontent-type%3Bhost%3Bif-none-match%3Bx-amz-meta-file-name&x-id=PutObject`,
    headers: {
      'Content-Type': 'image/jpeg',
      'If-None-Match': '*',
      'x-amz-meta-file-name': 'canyon.jpg',
    },
    expiresAt: '2026-03-12T02:12:56.000Z',
  },
  status: `/images/${id}`,
};

export const images = {
  PROCESSING: { id, status: 'PROCESSING' },
  DONE: {
    id,
    status: 'DONE',
    image: { format: 'jpeg', width: 4000, height: 3000, frames: 1, bytes: 466_123 },
    thumbnails: [
      {
        variant: 'small',
        url: `${thumbnails}/small.jpg?v=3f1c77ab09`,
        width: 320,
        height: 240,
        format: 'jpeg',
        bytes: 18_204,
      },
      {
        variant: 'large',
        url: `${thumbnails}/large.jpg?v=9d02e4c1aa`,
        width: 1600,
        height: 1200,
        format: 'jpeg',
        onRequest: true,
      },
    ],
    srcset: `${thumbnails}/small.jpg?v=3f1c77ab09 320w, ${thumbnails}/large.jpg?v=9d02e4c1aa 1600w`,
    placeholders: {
      thumbhash: '2WgGDYbL/blNTouIaBiXaCdsn1f2',
      blurDataURL: 'data:image/webp;base64,UklGRkwAAABXRUJQ…',
      color: '#7a2b1c',
    },
    exif: { takenAt: '2026-03-12T14:07:56.120+01:00', camera: 'Apple iPhone 15 Pro' },
  },
  FAILED: {
    id,
    status: 'FAILED',
    error: {
      name: 'UnsupportedFormat',
      message:
        'Only JPEG, PNG, WebP, and GIF images are accepted; this file is plain text. Convert it and upload it again.',
    },
  },
};

export const problem = {
  type: 'about:blank',
  title: 'Bad Request',
  status: 400,
  detail: 'The request is not valid: see faults.',
  faults: [{ pointer: '/size', detail: 'Expected a whole number of bytes but it is missing' }],
};
