/** The types of `preact.js`: the package has none for the file that holds everything. */
export { html, render, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'htm/preact';
