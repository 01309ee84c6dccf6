/**
 * Shows the chosen file itself, until there is a thumbnail. It shows nothing where the browser cannot decode the file, as
 * most browsers can't decode HEIC.
 *
 * @param {File} file
 * @param {Element} box
 * @returns {() => void} takes it away
 */
export function preview(file, box) {
  const url = URL.createObjectURL(file);
  // The picture beside it has the name.
  const img = Object.assign(document.createElement('img'), { className: 'preview', alt: '' });
  const end = () => {
    URL.revokeObjectURL(url);
    img.remove();
  };
  img.onerror = end;
  img.src = url;
  box.append(img);
  return end;
}
