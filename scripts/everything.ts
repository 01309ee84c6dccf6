/** Settings that together have every resource a stack can have, and every argument that takes a permission of its own. */
/** The default settings of someone who wants to hear of failures. */
export const STANDARD: Record<string, unknown> = { notifications: { errors: ['ops@example.com'] } };

/** Examples: nobody has their private keys. */
export const PUBLIC_KEYS = [
  `-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA2XiamX3J13bWUInS7/yE
uUqh/iLV3gVgUFYG0hHaCT92PngblMvHriPhDdb6BS+/lAK2Q3Kru+S8dsApxmUR
f4ztEUqVUj6SyLj6hbM/WfXckIhkHuSThe9xaHs3MDXJaI1ABRa1W/FEeGEQBdMU
iW5ZlrLauZXJnJUzDSohqtKMx/u2T6ODJ2PNH/K7gP087B9CWGx0AIsC0d7Gxg7g
hw8TWnPq/8IW35bIUGAdvG7F80B3lVByf9ISg3TTJRGNhULSQ+hS79qhVpCKr0KT
ucU4OJYY+NFVs2BfMbSfTOOqA1c3yEELmqgijWplTjbF8LQ1Pin8q+AX5OA216vx
0wIDAQAB
-----END PUBLIC KEY-----
`,
  `-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAmeFrOofd8guDTPx2+rru
YpMKJkF+snuNtwmwbrOlGXfOVNjKLdV70oEQZzr3vIM6/Xs7syxC9CpM2fQ6LEst
89qhgGoozPvPUhXFZyLd5Ccu8ACbYD6o+KCl3IB7p3qc3XBnV0xtcyWdhMGPDq98
xAKuB0ja6+aCBRyNI/CHxyXJPYMiJ2STnlIaTnFuKsaOGV0B/vZ9ASWYwIfRBEIp
RkzlAGuBmwXxlktp5xSld1jZbgMWNNcPMTxARUvv9GFMxM/3qYtOA5JaeG2XwHUO
yDqDRCidTBf+wtr515232k81WrzSgTT+Uf8jvMpV1v/Fzu03cpLjdvTl29BQLzqZ
VwIDAQAB
-----END PUBLIC KEY-----
`,
];

/** Viewers who need signed URLs. */
export const SIGNED = {
  viewers: 'signed',
  signing: { publicKeys: PUBLIC_KEYS.slice(0, 1), privateKeyParameter: '/thumbnail-workflow/viewers-key' },
};

const JWT = { issuer: 'https://id.example.com', audience: ['photos'] };

export const EVERYTHING: Record<string, unknown>[] = [
  {
    notifications: { errors: ['ops@example.com'] },
    presets: [{ name: 'default', variants: [{ name: 'large', width: 1600, lazy: true }] }],
    delivery: { enabled: true, ...SIGNED },
    uploadApi: { enabled: true, jwt: JWT, corsOrigins: ['https://app.example.com'] },
    backfill: { enabled: true, inventoryBucket: 'inventories-of-the-team' },
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
  delivery: { enabled: true, ...SIGNED },
  uploadApi: { enabled: true, jwt: JWT },
  backfill: { enabled: true },
};
