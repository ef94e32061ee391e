// What pages are made of. Texts are only ever set as texts.

export const make = (name, properties, ...children) => {
  const {attributes = {}, ...others} = properties;
  const made = Object.assign(document.createElement(name), others);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
};

// A shape beside a text that says the same.
export const icon = (id) => {
  const [svg, use] = ['svg', 'use'].map((name) => document.createElementNS('http://www.w3.org/2000/svg', name));
  svg.setAttribute('aria-hidden', 'true');
  use.setAttribute('href', `#${id}`);
  svg.append(use);
  return svg;
};

// What a script meets where it may not read.
const REFUSED = new Set(['TypeError', 'NetworkError', 'SecurityError', 'error', 'closed']);

// What a check came to: whether its script could read, and that in a few words. Why it could not, the
// server says.
export const meaning = (reads, why) => {
  const all = reads.split(', ');
  const refused = all.filter((one) => REFUSED.has(one)).length;
  if (refused === all.length) {
    return why?.is_page_allowed === false ? {state: 'out', words: 'kept out'} : {state: 'blocked', words: 'blocked'};
  }
  // Of the check itself: nothing came in time, which is no word of a browser.
  if (/^(nothing within|no answer) /.test(reads)) return {state: 'silent', words: reads};
  const words = reads === 'loaded' ? 'loaded' : `reads ${reads}`;
  return {state: refused ? 'partly' : 'reads', words};
};

export const plural = (count, word) => `${count} ${word}${count === 1 ? '' : 's'}`;

// A text with an origin, which may go on in the next line where its parts end.
export const breakable = (text) => text.split(/(?<=:\/\/)|(?=:\d)/).flatMap((part, number) => number ? [make('wbr', {}), part] : [part]);

// A sentence's first letter.
export const begun = (text) => text.charAt(0).toUpperCase() + text.slice(1);

// Closes by its button, by Escape and by a click beside it.
export const closable = (dialog) => {
  dialog.querySelector('.close').onclick = () => dialog.close();
  dialog.onclick = ({target, clientX, clientY}) => {
    const {bottom, left, right, top} = dialog.getBoundingClientRect();
    const isInside = clientX >= left && clientX <= right && clientY >= top && clientY <= bottom;
    if (target === dialog && !isInside) dialog.close();
  };
  dialog.onkeydown = (event) => {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    dialog.close();
  };
};
