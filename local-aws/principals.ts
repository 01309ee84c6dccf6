import { createHash, randomUUID } from 'node:crypto';
import type { Principal } from './service';
import type { Role } from './stack/model';

/** Credentials of the person who uses the engine. They are the same everywhere, since the endpoint is on loopback only. */
export const USER_CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };

export const userArn = (account: string) => `arn:aws:iam::${account}:user/local`;

/** Who can sign a request: the user, and each role of the stack with its own credentials. */
export class Principals {
  private readonly byKey = new Map<string, Principal>();
  private readonly byArn = new Map<string, Principal>();

  constructor(account: string, roles: Role[]) {
    this.add({ arn: userArn(account), ...USER_CREDENTIALS });
    for (const { arn } of roles) this.add(assume(arn));
  }

  /** The owner of an access key. */
  find = (accessKeyId: string): Principal | undefined => this.byKey.get(accessKeyId);

  /** @throws Error when the stack has no such role */
  role = (arn: string): Principal => {
    const principal = this.byArn.get(arn);
    if (!principal) throw new Error(`Expected a role of the stack but received ${arn}`);
    return principal;
  };

  /** Another set of credentials for a role: each process of a function has its own. */
  session = (roleArn: string): Principal => {
    const principal = assume(this.role(roleArn).arn, randomUUID());
    this.byKey.set(principal.accessKeyId, principal);
    return principal;
  };

  /**
   * A service of AWS that calls another one, for example `events.amazonaws.com`. It doesn't sign.
   *
   * @param source ARN of the resource it acts for
   */
  service = (name: string, source?: string): Principal => ({
    arn: name,
    accessKeyId: '',
    secretAccessKey: '',
    ...(source && { source }),
  });

  /** A service of AWS that signs its requests, as CloudFront does. */
  signingService = (name: string, source: string): Principal => {
    const principal = { ...assume(name, source), arn: name, source };
    this.byKey.set(principal.accessKeyId, principal);
    return principal;
  };

  private add(principal: Principal): void {
    this.byKey.set(principal.accessKeyId, principal);
    this.byArn.set(principal.arn, principal);
  }
}

/** Temporary credentials in the form STS gives them. */
function assume(roleArn: string, session = ''): Principal {
  const digest = (purpose: string) =>
    createHash('sha256').update([purpose, roleArn, session].join('\0')).digest('hex');
  return {
    arn: roleArn,
    accessKeyId: `ASIA${digest('key').slice(0, 16).toUpperCase()}`,
    secretAccessKey: digest('secret').slice(0, 40),
    sessionToken: digest('token'),
  };
}
