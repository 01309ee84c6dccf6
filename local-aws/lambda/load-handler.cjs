/** Finds the function a handler string such as `src/index.handler` names, as Lambda's Node.js runtime does. */

'use strict';

const { existsSync } = require('node:fs');
const path = require('node:path');
const { pathToFileURL } = require('node:url');

const EXTENSIONS = ['.js', '.mjs', '.cjs'];

/**
 * @param root folder of the deployment package
 * @param name the handler string: path of the module, a dot, path of the export
 * @throws an error named as Lambda names it: Runtime.ImportModuleError, Runtime.HandlerNotFound, ...
 */
async function loadHandler(root, name) {
  const [, folder, module, exported] = /^((?:[^/]+\/)*)([^./]+)\.([^/]+)$/.exec(name) ?? [];
  if (!module || name.includes('..'))
    throw errorNamed('MalformedHandlerName', `'${name}' is not a valid handler name`);

  const loaded = await load(path.join(root, folder), module);
  const handler = exported.split('.').reduce((value, key) => value?.[key], loaded);
  if (handler === undefined) throw errorNamed('HandlerNotFound', `${name} is undefined or not exported`);
  if (typeof handler !== 'function') throw errorNamed('HandlerNotFound', `${name} is not a function`);
  if (handler.length > 2) {
    throw errorNamed(
      'CallbackHandlerDeprecated',
      `${name} takes a callback: only async handlers are supported`,
    );
  }
  return handler;
}

async function load(folder, module) {
  const file = EXTENSIONS.map((extension) => path.join(folder, module + extension)).find(existsSync);
  if (!file) throw errorNamed('ImportModuleError', `Error: Cannot find module '${module}' in ${folder}`);
  try {
    return await loadFile(file);
  } catch (error) {
    if (error instanceof SyntaxError) throw errorNamed('UserCodeSyntaxError', String(error), error.stack);
    if (error?.code === 'MODULE_NOT_FOUND' || error?.code === 'ERR_MODULE_NOT_FOUND') {
      throw errorNamed('ImportModuleError', String(error), error.stack);
    }
    throw error;
  }
}

async function loadFile(file) {
  const importIt = () => import(pathToFileURL(file).href);
  if (file.endsWith('.mjs')) return importIt();
  try {
    return require(file);
  } catch (error) {
    if (error?.code === 'ERR_REQUIRE_ESM') return importIt();
    throw error;
  }
}

function errorNamed(name, message, causeStack) {
  const error = new Error(message);
  error.name = `Runtime.${name}`;
  error.stack = `${error.name}: ${message}${causeStack ? `\n${causeStack}` : ''}`;
  return error;
}

module.exports = { loadHandler };
