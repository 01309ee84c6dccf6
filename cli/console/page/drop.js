/** Files that are dropped anywhere on the page: pictures are uploaded, histories are opened. */

import { notify } from './notices.js';
import { openDialog } from './opened.js';
import { useEffect, useState } from './preact.js';
import { info } from './state.js';

const HISTORY = /\.(jsonl?|ndjson|log|txt)$/i;

/** @param {DragEvent} event */
const hasFiles = (event) => event.dataTransfer?.types.includes('Files') ?? false;

/** @returns whether files are dragged over the page */
export function useDrop() {
  const [dragging, setDragging] = useState(false);
  useEffect(() => {
    const over = (/** @type {DragEvent} */ event) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setDragging(true);
    };
    const leave = (/** @type {DragEvent} */ event) => {
      // It also leaves each element that it crosses, for another one.
      if (event.relatedTarget === null) setDragging(false);
    };
    const drop = (/** @type {DragEvent} */ event) => {
      event.preventDefault();
      setDragging(false);
      take([...(event.dataTransfer?.files ?? [])]);
    };
    addEventListener('dragover', over);
    addEventListener('dragleave', leave);
    addEventListener('drop', drop);
    return () => {
      removeEventListener('dragover', over);
      removeEventListener('dragleave', leave);
      removeEventListener('drop', drop);
    };
  }, []);
  return dragging;
}

/** @param {File[]} files */
function take(files) {
  const histories = files.filter(({ name }) => HISTORY.test(name));
  const pictures = files.filter((file) => !histories.includes(file));
  if (pictures.length > 0 && info.get()?.can.write) openDialog({ name: 'upload', files: pictures });
  else if (histories.length > 0) openDialog({ name: 'import', files: histories });
  else if (pictures.length > 0) {
    notify('This console only reads. Start it with --allow-writes to upload pictures.', { failed: true });
  }
}
