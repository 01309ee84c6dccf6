/** The policy of a signed URL or cookie: what it is for, and until when. */

import { BlockList, isIPv4 } from 'node:net';
import { z } from 'zod';
import { matchesWildcards } from '../wildcards';

const seconds = z.strictObject({ 'AWS:EpochTime': z.int() });

const schema = z
  .strictObject({
    Statement: z.tuple([
      z.strictObject({
        /** A URL, in which `*` and `?` may stand for other characters. */
        Resource: z.string().default('*'),
        Condition: z.strictObject({
          DateLessThan: seconds,
          DateGreaterThan: seconds.optional(),
          IpAddress: z.strictObject({ 'AWS:SourceIp': z.string() }).optional(),
        }),
      }),
    ]),
  })
  .transform(({ Statement: [statement] }) => statement);

export type Policy = z.output<typeof schema>;

/** @throws Error for a text that is no such policy */
export const parsePolicy = (text: string): Policy => schema.parse(JSON.parse(text));

export interface Circumstances {
  url: string;
  address: string;
  /** Unix milliseconds. */
  now: number;
}

export function conditionsHold(
  { Resource, Condition }: Policy,
  { url, address, now }: Circumstances,
): boolean {
  const { DateLessThan, DateGreaterThan, IpAddress } = Condition;
  return (
    (Resource === url || matchesWildcards(Resource, url)) &&
    now < milliseconds(DateLessThan) &&
    (DateGreaterThan === undefined || now > milliseconds(DateGreaterThan)) &&
    (IpAddress === undefined || isWithin(IpAddress['AWS:SourceIp'], address))
  );
}

const milliseconds = (date: z.output<typeof seconds>) => date['AWS:EpochTime'] * 1_000;

/** @param range an IPv4 address, or the first ones in CIDR notation */
function isWithin(range: string, address: string): boolean {
  const [network = '', bits = '32'] = range.split('/');
  if (!isIPv4(network) || !isIPv4(address) || !/^\d{1,2}$/.test(bits) || Number(bits) > 32) return false;
  const list = new BlockList();
  list.addSubnet(network, Number(bits));
  return list.check(address);
}
