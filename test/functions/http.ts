/** Requests as API Gateway hands them to the functions of the API, and the answers read. */
import type { HttpEvent } from '../../functions/lib/http/api';
import type { HttpAnswer } from '../../functions/lib/http/problem';
import post from '../fixtures/http/create-upload-jwt.json';
import get from '../fixtures/http/get-image-iam.json';

export const ID = get.pathParameters.id;
export const SUB = post.requestContext.authorizer.jwt.claims.sub;

/** A real request for a form, by a user with a token; undefined takes a member away. */
export function postUploads(changes: Partial<HttpEvent> = {}): HttpEvent {
  return { ...structuredClone(post), ...changes };
}

/** A real question for an image, signed with the credentials of a role. */
export function getImages(changes: Partial<HttpEvent> = {}): HttpEvent {
  return { ...structuredClone(get), ...changes };
}

export function bodyOf(answer: HttpAnswer) {
  return JSON.parse(answer.body as string);
}
