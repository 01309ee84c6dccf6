/** Requests as API Gateway passes them to the API's functions, and parsed answers. */
import type { HttpEvent } from '../../functions/lib/http/api';
import type { HttpAnswer } from '../../functions/lib/http/problem';
import post from '../fixtures/http/create-upload-jwt.json';
import get from '../fixtures/http/get-image-iam.json';

export const ID = get.pathParameters.id;
export const SUB = post.requestContext.authorizer.jwt.claims.sub;

/** A real request for an upload, from a user with a token; undefined removes a member. */
export function postUploads(changes: Partial<HttpEvent> = {}): HttpEvent {
  return { ...structuredClone(post), ...changes };
}

/** A real request for an image's status, signed with a role's credentials. */
export function getImages(changes: Partial<HttpEvent> = {}): HttpEvent {
  return { ...structuredClone(get), ...changes };
}

export function bodyOf(answer: HttpAnswer) {
  return JSON.parse(answer.body as string);
}
