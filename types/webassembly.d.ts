/** What Node.js has and its types leave out: only what this project calls. */
declare namespace WebAssembly {
  function compile(bytes: Uint8Array): Promise<Module>;
  function validate(bytes: Uint8Array): boolean;
}
