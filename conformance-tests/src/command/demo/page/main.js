import {Details} from './details.js';
import {Editor} from './editor.js';
import {Matrix} from './matrix.js';

const setup = await (await fetch('/setup')).json();
const details = new Details(document.querySelector('dialog'), setup);
const matrix = new Matrix(document.querySelector('.matrix'), setup, (cell) => details.open(cell));
const editor = new Editor(document.querySelector('.policy'), setup, () => matrix.run());
// What no policy can keep a server from.
await Promise.allSettled(Object.values(setup.servers).map((servers) => login(servers[setup.policy])));
await editor.begin();
