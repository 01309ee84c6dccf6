/** SHA-256 of the placeholder package, base64. */
export const PACKAGE_SHA256 = 'n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=';
