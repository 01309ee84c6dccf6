/** Preact, its hooks and htm, in one file of the package `htm`. The console's server serves it at this path. */
export {
  html,
  render,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from '../../../node_modules/htm/preact/standalone.module.js';
