import {Clip, Shared} from './share.js';
import {Details} from './details.js';
import {Editor} from './editor.js';
import {Matrix} from './matrix.js';
import {Views} from './views.js';
import {plural} from './parts.js';

const one = (selector) => document.querySelector(selector);
const setup = await (await fetch('/setup')).json();
const views = new Views(one('.views'), one('main'));
const shared = new Shared(setup);
const cure = ({cure, text}) => {
  matrix.cured(cure);
  editor.put(text, `changed the policy: ${cure}`);
};
const details = new Details(one('.details'), setup, cure);
const matrix = new Matrix(one('.matrix'), setup, {
  cure,
  done: ({blocked}) => views.count('results', blocked ? `${blocked} blocked` : ''),
  open: (cells, cell) => details.open(cells, cell),
  undo: () => editor.undo(),
});
const editor = new Editor(one('.policy'), setup, {
  changed: (text) => {
    shared.put(text);
    matrix.run();
  },
  reveal: () => views.show('policy'),
  // The text is another than the policy in force, and that is wrong.
  wrong: (errors) => {
    views.count('policy', errors ? plural(errors, 'error') : '');
    matrix.outdate(errors > 0);
  },
});
new Clip(one('.clip'), one('.policy'), editor, shared);
addEventListener('hashchange', () => {
  const text = shared.text();
  if (text !== undefined) editor.put(text, 'opened the policy of the address');
});
// What no policy can keep a server from.
await Promise.allSettled(Object.values(setup.servers).map((servers) => login(servers[setup.policy])));
await editor.begin(shared.text());
