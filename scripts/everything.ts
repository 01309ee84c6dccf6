/** Settings that together have every resource a stack can have, and every argument that takes a permission of its own. */
/** The default settings of someone who wants to hear of failures. */
export const STANDARD: Record<string, unknown> = { notifications: { errors: ['ops@example.com'] } };

const JWT = { issuer: 'https://id.example.com', audience: ['photos'] };

export const EVERYTHING: Record<string, unknown>[] = [
  {
    notifications: { errors: ['ops@example.com'] },
    presets: [{ name: 'default', variants: [{ name: 'large', width: 1600, lazy: true }] }],
    delivery: { enabled: true },
    uploadApi: { enabled: true, jwt: JWT, corsOrigins: ['https://app.example.com'] },
    logs: { accessLogsBucket: 'logs-of-the-team' },
    functions: { thumbnail: { provisionedConcurrency: 1 } },
    encryption: { customerManagedKey: true },
    permissionsBoundary: 'arn:aws:iam::123456789012:policy/boundary',
    deletionProtection: false,
    emptyBucketsOnDestroy: true,
  },
  { uploads: { existingBucket: 'photos', manageNotifications: true } },
];

/** Settings whose stack has every function, with no grant but those that the functions' own calls need. */
export const EVERY_FUNCTION: Record<string, unknown> = {
  notifications: { events: true },
  presets: [{ name: 'default', variants: [{ name: 'large', width: 1600, lazy: true }] }],
  delivery: { enabled: true },
  uploadApi: { enabled: true, jwt: JWT },
};
