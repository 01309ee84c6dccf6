/** Which dialog is open: at most one. */
import { AlarmsDialog } from './alarms.js';
import { DeleteDialog, RedriveDialog } from './confirm.js';
import { FaultsDialog } from './faults.js';
import { HelpDialog } from './help.js';
import { ImportDialog } from './import.js';
import { opened } from './opened.js';
import { html } from './preact.js';
import { useStore } from './store.js';
import { UploadDialog } from './upload.js';

const close = () => opened.set(undefined);

/** @param {{ view: import('./router.js').View, info?: import('../api').ConsoleInfo }} props */
export function Dialogs({ view, info }) {
  const dialog = useStore(opened);
  if (!dialog || !info) return null;
  switch (dialog.name) {
    case 'upload':
      return html`<${UploadDialog} files=${dialog.files} info=${info} view=${view} onClose=${close} />`;
    case 'import':
      return html`<${ImportDialog} files=${dialog.files} view=${view} onClose=${close} />`;
    case 'faults':
      return html`<${FaultsDialog} info=${info} onClose=${close} />`;
    case 'delete':
      return html`<${DeleteDialog} run=${dialog.run} onClose=${close} />`;
    case 'redrive':
      return html`<${RedriveDialog} onClose=${close} />`;
    case 'alarms':
      return html`<${AlarmsDialog} onClose=${close} />`;
    case 'help':
      return html`<${HelpDialog} onClose=${close} />`;
  }
}
